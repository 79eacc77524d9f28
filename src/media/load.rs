//! A chosen file or pasted bytes, made into a picture that can be sent.

use std::path::Path;

use crate::domain::files::{MOST_FILE, MediaFault, Wish};
use crate::domain::photo::Picture;
use crate::domain::untrusted::visible;
use crate::media::decode::{Decoded, decode};
use crate::media::{area, beneath, encode, open};

/// The most pixels across and down of the rendering that a [`Picture`] carries: what the form's pane can show.
pub const THUMB: (u16, u16) = (40, 40);

/// The picture in a file. [`MediaFault::NeedsConverting`] and [`MediaFault::TooLarge`] are questions: asked again with a `wish` that
/// agrees, it is done.
pub fn load(path: &Path, wish: Wish) -> Result<Picture, MediaFault> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    picture(&decode(open::read(path)?)?, &name, wish)
}

/// The picture in a file below a folder, where somebody else wrote the way to it: no link is followed.
pub fn load_beneath(folder: &Path, way: &str, wish: Wish) -> Result<Picture, MediaFault> {
    let file = beneath::open(folder, way)?;
    let name = way.rsplit('/').next().unwrap_or(way);
    picture(&decode(open::read_opened(file)?)?, name, wish)
}

/// The picture in bytes that did not come from a file; `name` says for the screen where they came from.
pub fn from_bytes(bytes: Vec<u8>, name: &str, wish: Wish) -> Result<Picture, MediaFault> {
    let length = bytes.len() as u64;
    if length > MOST_FILE {
        return Err(MediaFault::TooMuch(length));
    }
    picture(&decode(bytes)?, name, wish)
}

fn picture(decoded: &Decoded, name: &str, wish: Wish) -> Result<Picture, MediaFault> {
    let made = encode::encode(decoded, wish)?;
    Ok(Picture {
        name: visible(name).into_owned(),
        bytes: made.bytes.into(),
        media_type: made.media_type,
        width: made.size.0,
        height: made.size.1,
        notes: made.notes,
        thumb: area::thumb(&decoded.pixels, decoded.orientation, THUMB),
    })
}
