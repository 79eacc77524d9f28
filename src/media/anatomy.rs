//! The outer structure of a PNG, JPEG or GIF, walked without decoding: how large it claims to be, whether it ends, which way up it is,
//! and what there is beside the picture.
//!
//! The decoders are lenient where a sender of pictures must not be: a JPEG that is cut in half decodes to half a picture and grey
//! below, and a few hundred bytes may claim 16 million pixels. What the walk leaves out (`bare`) the decoder never sees, so a colour
//! profile that unpacks to gigabytes costs nothing. WebP, BMP and TIFF have no walk of their own: they are always decoded and written anew.

use image::metadata::Orientation;

use crate::domain::files::{Format, MediaFault};

/// What a walk found.
#[derive(Debug, Default)]
pub struct Anatomy {
    /// Pixels across and down, as the header claims.
    pub claim: Option<(u32, u32)>,
    /// How it has to be turned, by its EXIF data.
    pub orientation: Option<Orientation>,
    /// Anything beside the picture: EXIF, XMP, comments, bytes behind the end.
    pub metadata: bool,
    /// A colour profile.
    pub profile: bool,
    /// How many pictures there are in it: more than one in an animation.
    pub frames: usize,
    /// Memory that the decoder needs beside the pixels, in bytes.
    pub working: u64,
    /// The same picture without anything beside it, where that can be told without decoding.
    pub bare: Option<Vec<u8>>,
}

/// Walks through bytes of this format.
pub fn of(format: Format, bytes: &[u8]) -> Result<Anatomy, MediaFault> {
    let found = match format {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg(bytes),
        Format::Gif => gif(bytes),
        Format::WebP => webp(bytes),
        Format::Bmp | Format::Tiff => Some(Anatomy { frames: 1, ..Anatomy::default() }),
    };
    found.ok_or(MediaFault::Broken(format))
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u32::from(u16::from_be_bytes(pair.try_into().ok()?)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Chunks until `IEND`. Kept are those that make pixels, and the two of fixed length that say how light they are.
fn png(bytes: &[u8]) -> Option<Anatomy> {
    let mut found = Anatomy {
        claim: Some((be32(bytes, 16)?, be32(bytes, 20)?)).filter(|_| bytes.get(12..16) == Some(b"IHDR")),
        frames: 1,
        ..Anatomy::default()
    };
    found.claim?;
    let mut bare = bytes.get(..8)?.to_vec();
    let mut at = 8_usize;
    loop {
        let length = usize::try_from(be32(bytes, at)?).ok()?;
        let body = at + 8..at.checked_add(8)?.checked_add(length)?;
        let end = body.end.checked_add(4)?;
        let content = bytes.get(body)?;
        match (bytes.get(at + 4..at + 8)?, length) {
            (b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT", _) | (b"gAMA", 4) | (b"sRGB", 1) => {
                bare.extend_from_slice(bytes.get(at..end)?);
            }
            (b"IEND", 0) => {
                bare.extend_from_slice(bytes.get(at..end)?);
                found.metadata |= end < bytes.len();
                found.bare = Some(bare);
                return Some(found);
            }
            (b"IEND", _) => return None,
            (b"iCCP", _) => found.profile = true,
            (b"acTL", _) => found.frames = usize::try_from(be32(content, 0)?).ok()?.max(1),
            (b"eXIf", _) => {
                found.metadata = true;
                found.orientation = Orientation::from_exif_chunk(content);
            }
            // Of no interest to anybody: resolution, background, palettes to fall back on, frames behind the first.
            (b"pHYs" | b"bKGD" | b"sBIT" | b"cHRM" | b"hIST" | b"sPLT" | b"cICP" | b"fcTL" | b"fdAT", _) => {}
            (_, _) => found.metadata = true,
        }
        at = end;
    }
}

/// Segments until the end marker, over all scans.
fn jpeg(bytes: &[u8]) -> Option<Anatomy> {
    let mut found = Anatomy { frames: 1, ..Anatomy::default() };
    let mut bare = bytes.get(..2)?.to_vec();
    let mut coded = 0;
    let mut at = 2_usize;
    loop {
        // Bytes that belong to nothing may stand before a marker, and so may any number of 0xFF.
        let mark = at + bytes.get(at..)?.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF))?;
        let marker = *bytes.get(mark + 1)?;
        if marker == 0xD9 {
            bare.extend_from_slice(&bytes[mark..mark + 2]);
            found.metadata |= bytes[mark + 2..].iter().any(|b| *b != 0);
            break;
        }
        if matches!(marker, 0x01 | 0xD0..=0xD8) {
            at = mark + 2;
            continue;
        }
        let length = usize::try_from(be16(bytes, mark + 2)?).ok().filter(|length| *length >= 2)?;
        let mut end = mark + 2 + length;
        let body = bytes.get(mark + 4..end)?;
        let keep = segment(marker, body, &mut found);
        if marker == 0xDA {
            let scan = bytes.get(end..)?;
            let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF | 0xD0..=0xD7);
            let stop = scan.windows(2).position(ends)?;
            coded += stop;
            end += stop;
        }
        if keep {
            bare.extend_from_slice(&bytes[mark..end]);
        }
        at = end;
    }
    let (width, height) = found.claim?;
    // Each block of 8x8 pixels of the finest component costs one bit at the very least.
    let blocks = u64::from(width.div_ceil(8)) * u64::from(height.div_ceil(8));
    if blocks > coded as u64 * 8 {
        return None;
    }
    found.bare = Some(bare);
    Some(found)
}

/// Notes what a JPEG segment says, and tells whether the picture needs it.
fn segment(marker: u8, body: &[u8], found: &mut Anatomy) -> bool {
    match marker {
        // DHT, DQT, DRI, SOS
        0xC4 | 0xDB | 0xDD | 0xDA => true,
        0xC0..=0xC7 | 0xC9..=0xCF => {
            frame(marker, body, found);
            true
        }
        // The two application segments that change how colours are read, at the only length at which nothing can hide in them.
        0xE0 if body.starts_with(b"JFIF\0") => body.len() == 14,
        0xEE if body.starts_with(b"Adobe") => body.len() == 12,
        0xE1 if body.starts_with(b"Exif\0\0") => {
            found.metadata = true;
            found.orientation = found.orientation.or_else(|| Orientation::from_exif_chunk(&body[6..]));
            false
        }
        0xE2 if body.starts_with(b"ICC_PROFILE\0") => {
            found.profile = true;
            false
        }
        _ => {
            found.metadata = true;
            false
        }
    }
}

/// Dimensions, and the coefficients that a decoder keeps of a progressive picture until its last scan: two bytes each.
fn frame(marker: u8, body: &[u8], found: &mut Anatomy) {
    let (Some(height), Some(width)) = (be16(body, 1), be16(body, 3)) else { return };
    let factors = |at: usize| body.get(at).map_or(1, |b| u64::from(b >> 4) * u64::from(b & 15));
    let sampling: Vec<u64> = (0..usize::from(body.get(5).copied().unwrap_or(0))).map(|n| factors(7 + 3 * n)).collect();
    let finest = sampling.iter().copied().max().unwrap_or(1).max(1);
    let pixels = u64::from(width) * u64::from(height);
    // A file with two frames is none that a decoder takes; the larger claim counts all the same.
    found.claim = found.claim.max(Some((width, height)));
    if !matches!(marker, 0xC0 | 0xC1) {
        found.working = found.working.max(pixels * 2 * sampling.iter().sum::<u64>() / finest);
    }
}

/// Blocks until the trailer.
fn gif(bytes: &[u8]) -> Option<Anatomy> {
    let le16 = |at: usize| Some(u32::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut found = Anatomy { claim: Some((le16(6)?, le16(8)?)), ..Anatomy::default() };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            0x3B => {
                found.metadata |= bytes[at + 1..].iter().any(|b| *b != 0);
                return (found.frames > 0).then_some(found);
            }
            0x21 => {
                let looping =
                    bytes.get(at + 3..at + 14).is_some_and(|name| name == b"NETSCAPE2.0" || name == b"ANIMEXTS1.0");
                // 0xF9 is timing and transparency; 0xFF an application's own, of which only the number of rounds is harmless.
                found.metadata |= !matches!((bytes.get(at + 1)?, looping), (0xF9, _) | (0xFF, true));
                at = blocks(bytes, at + 2)?;
            }
            0x2C => {
                found.frames += 1;
                at = blocks(bytes, at + 11 + table(*bytes.get(at + 9)?))?;
            }
            // Some programs write one end too many.
            0 => at += 1,
            _ => return None,
        }
    }
}

/// Behind a row of sub-blocks, each with its length in front.
fn blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match usize::from(*bytes.get(at)?) {
            0 => return Some(at + 1),
            length => at += 1 + length,
        }
    }
}

/// The container has to be as long as it says, and one flag tells an animation.
fn webp(bytes: &[u8]) -> Option<Anatomy> {
    let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    let moving = bytes.get(12..16)? == b"VP8X" && bytes.get(20)? & 2 != 0;
    let whole = usize::try_from(length).ok()?.checked_add(8)? <= bytes.len();
    whole.then(|| Anatomy { frames: if moving { 2 } else { 1 }, ..Anatomy::default() })
}
