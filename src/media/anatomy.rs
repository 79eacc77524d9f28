//! The outer structure of a PNG, JPEG or GIF, walked without decoding: how large it claims to be, whether it ends, which way up it is,
//! and what there is beside the picture.
//!
//! The decoders are lenient where a sender of pictures must not be: a JPEG that is cut in half decodes to half a picture and grey
//! below, and a few hundred bytes may claim 16 million pixels. What the walk leaves out (`bare`) the decoder never sees, so a colour
//! profile that unpacks to gigabytes costs nothing. Of WebP and TIFF only the outermost part is walked, of BMP nothing: they are always
//! decoded and written anew.

use image::metadata::Orientation;

use crate::domain::files::{Format, MediaFault};

/// The most bytes between two segments of a JPEG that are passed over.
const STRAY: usize = 64 * 1024;

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
    /// How many pictures there are in it; 2 where they are not counted.
    pub frames: usize,
    /// Memory that is needed beside the pixels, in bytes.
    pub working: u64,
    /// What the decoder is to be given instead: the same picture without anything beside it, as far as that can be told without decoding.
    pub bare: Option<Vec<u8>>,
}

/// Walks through bytes of this format.
pub fn of(format: Format, bytes: &[u8]) -> Result<Anatomy, MediaFault> {
    let found = match format {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg(bytes),
        Format::Gif => gif(bytes),
        Format::WebP => webp(bytes),
        Format::Tiff => tiff(bytes),
        Format::Bmp => Some(Anatomy { frames: 1, ..Anatomy::default() }),
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
        // A few bytes that belong to nothing may stand before a marker, and so may any number of 0xFF.
        let marks = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF);
        let mark = at + bytes.get(at..)?.windows(2).take(STRAY).position(marks)?;
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
        0xE0 if body.starts_with(b"JFIF\0") && body.len() == 14 => true,
        0xEE if body.starts_with(b"Adobe") && body.len() == 12 => true,
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
    let (width, height) = (le16(6)?, le16(8)?);
    // Writing it anew takes a copy in full colours, and the numbers of the colours.
    let working = u64::from(width) * u64::from(height) * 6;
    let mut found = Anatomy { claim: Some((width, height)), working, ..Anatomy::default() };
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

/// The first directory. Texts in it are called bytes before the decoder sees them: tiff 0.11.3 writes a line meant for its own authors
/// to the terminal where one is longer than it likes, and no text is a part of the picture.
fn tiff(bytes: &[u8]) -> Option<Anatomy> {
    let little = bytes.starts_with(b"II");
    let two = |at: usize| {
        let pair: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let four = |at: usize| {
        let quad: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(quad) } else { u32::from_be_bytes(quad) })
    };
    let mut found = Anatomy { frames: 1, ..Anatomy::default() };
    let mut bare = bytes.to_vec();
    let begin = usize::try_from(four(4)?).ok()?;
    let end = begin + 2 + 12 * usize::from(two(begin)?);
    for entry in (begin + 2..end).step_by(12) {
        let text = two(entry + 2)? == 2;
        if text {
            let one: u16 = 1;
            bare.get_mut(entry + 2..entry + 4)?.copy_from_slice(&if little {
                one.to_le_bytes()
            } else {
                one.to_be_bytes()
            });
        }
        // XMP, IPTC, Photoshop's own, EXIF, positions
        found.metadata |= text || matches!(two(entry)?, 700 | 33723 | 34377 | 34665 | 34853);
        found.profile |= two(entry)? == 34675;
    }
    found.frames += usize::from(four(end).is_some_and(|next| next != 0));
    found.bare = Some(bare);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_tiff_is_metadata_and_reaches_the_decoder_as_bytes() {
        // One entry, a description of 2^31 characters, and no next picture; then the same with one.
        let tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x0e\0\x02\x80\0\0\0\0\0\0\0\0\0\0\0";
        let found = of(Format::Tiff, tiff).unwrap();
        assert_eq!((found.metadata, found.frames), (true, 1));
        assert_eq!(found.bare.unwrap()[10..14], [1, 0x0E, 0, 1]);
        let second = [&tiff[..25], &[9][..]].concat();
        assert_eq!(of(Format::Tiff, &second).unwrap().frames, 2);
    }

    #[test]
    fn the_segments_that_a_jpeg_keeps_have_no_room_for_more() {
        let segment = |marker: u8, body: &[u8]| {
            let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
            [&[0xFF, marker][..], &length, body].concat()
        };
        let jfif = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        let adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01");
        let rest =
            [segment(0xC0, b"\x08\0\x08\0\x08\x01\x01\x11\0"), segment(0xDA, b""), b"\x55\xff\xd9".to_vec()].concat();
        let plain = [&b"\xff\xd8"[..], &jfif, &adobe, &rest].concat();
        let found = of(Format::Jpeg, &plain).unwrap();
        assert_eq!((found.metadata, found.bare.as_deref()), (false, Some(&plain[..])));
        let more = [segment(0xE0, &[&jfif[4..], b"me"].concat()), segment(0xEE, &[&adobe[4..], b"me"].concat())];
        for extra in more {
            let found = of(Format::Jpeg, &[&b"\xff\xd8"[..], &jfif, &adobe, &extra, &rest].concat()).unwrap();
            assert_eq!((found.metadata, found.bare.as_deref()), (true, Some(&plain[..])));
        }
    }

    #[test]
    fn a_webp_that_is_shorter_than_it_says_is_broken() {
        let webp = b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0";
        assert_eq!(of(Format::WebP, webp).unwrap().frames, 2);
        assert_eq!(of(Format::WebP, &webp[..23]).unwrap_err(), MediaFault::Broken(Format::WebP));
    }

    #[test]
    fn what_a_progressive_jpeg_costs_depends_on_its_sampling() {
        let mut found = Anatomy::default();
        let quarter = [8, 0, 100, 0, 200, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
        frame(0xC0, &quarter, &mut found);
        assert_eq!((found.claim, found.working), (Some((200, 100)), 0));
        frame(0xC2, &quarter, &mut found);
        assert_eq!(found.working, 200 * 100 * 3);
    }
}
