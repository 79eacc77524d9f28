//! What the picker shows of the file under the cursor, and what choosing that file would take.
//!
//! The offer is found by trying: what is said to fit does fit when it is chosen. The trial stops at the limit, so it costs little beside
//! decoding.

use std::path::{Path, PathBuf};

use crate::domain::files::{Look, MOST_FILE, MediaFault, Offer, Wish};
use crate::domain::photo::Thumb;
use crate::domain::untrusted::Untrusted;
use crate::media::decode::{Decoded, decode};
use crate::media::{area, encode, open};

/// Looks at a file; the rendering has at most `most` pixels across and down, where a cell of the terminal is one across and two down.
pub fn look(path: &Path, most: (u16, u16)) -> Result<Look, MediaFault> {
    let decoded = decode(open::read(path)?)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    seen(&decoded, path.to_path_buf(), &name, most)
}

/// Looks at bytes that did not come from a file.
pub fn look_bytes(bytes: Vec<u8>, name: &str, most: (u16, u16)) -> Result<Look, MediaFault> {
    let length = bytes.len() as u64;
    if length > MOST_FILE {
        return Err(MediaFault::TooMuch(length));
    }
    seen(&decode(bytes)?, PathBuf::new(), name, most)
}

fn seen(decoded: &Decoded, path: PathBuf, name: &str, most: (u16, u16)) -> Result<Look, MediaFault> {
    let (offer, notes) = offered(decoded)?;
    let (width, height) = decoded.size();
    let thumb: Thumb = area::thumb(&decoded.pixels, decoded.orientation, most);
    let name = Untrusted::new(name);
    Ok(Look { path, name, format: decoded.format, width, height, bytes: decoded.bytes, thumb, offer, notes })
}

fn offered(decoded: &Decoded) -> Result<(Offer, Vec<String>), MediaFault> {
    let accepted = decoded.format.accepted();
    let wish = Wish { convert: accepted.is_none(), shrink: false };
    match (encode::encode(decoded, wish), accepted) {
        (Ok(made), Some(_)) => Ok((Offer::AsIs, made.notes)),
        (Ok(made), None) => Ok((Offer::Convert(made.media_type), made.notes)),
        (Err(MediaFault::TooLarge(_)), Some(_)) => Ok((Offer::Shrink, Vec::new())),
        (Err(MediaFault::TooLarge(_)), None) => Ok((Offer::ConvertAndShrink(encode::target(decoded)), Vec::new())),
        (Err(fault), _) => Err(fault),
    }
}
