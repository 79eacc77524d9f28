//! What bytes are, by how they begin: the name of a file is a claim, and a wrong one often enough.

use image::ImageFormat;

use crate::domain::files::{Format, MediaFault};

/// How many bytes are enough to tell: a declaration and a comment may stand before `<svg`.
pub const HEAD: u64 = 1024;

/// The format of bytes that begin like a picture, or what they are instead.
pub fn of(bytes: &[u8]) -> Result<Format, MediaFault> {
    if bytes.is_empty() {
        return Err(MediaFault::Empty);
    }
    picture(bytes).ok_or_else(|| MediaFault::NotAPicture(other(bytes)))
}

/// The decoder's name for a format.
pub fn codec(format: Format) -> ImageFormat {
    match format {
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Gif => ImageFormat::Gif,
        Format::WebP => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Tiff => ImageFormat::Tiff,
    }
}

fn picture(bytes: &[u8]) -> Option<Format> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if starts(b"\xff\xd8\xff") {
        Some(Format::Jpeg)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(Format::Gif)
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::WebP)
    } else if starts(b"BM") && bytes.get(14).is_some_and(|size| matches!(size, 12 | 40 | 52 | 56 | 64 | 108 | 124)) {
        // Two letters are too few to believe: the length of the second header says more.
        Some(Format::Bmp)
    } else if starts(b"II*\0") || starts(b"MM\0*") {
        Some(Format::Tiff)
    } else {
        None
    }
}

/// Names what people take for a picture, so that they know what to do about it.
fn other(bytes: &[u8]) -> &'static str {
    const KNOWN: [(usize, &[u8], &str); 16] = [
        (0, b"%PDF", "a PDF document"),
        (0, b"%!PS", "a PostScript document"),
        (0, b"8BPS", "a Photoshop document"),
        (0, b"PK\x03\x04", "a ZIP archive or an office document"),
        (0, b"\x1f\x8b", "a compressed archive"),
        (0, b"\x7fELF", "a program"),
        (0, b"MZ", "a program"),
        (0, b"#!", "a script"),
        (0, b"\0\0\x01\0", "an icon (ICO)"),
        (0, b"\xff\x0a", "a JPEG XL picture"),
        (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
        (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
        (4, b"ftypavi", "an AVIF picture"),
        (4, b"ftyphe", "a HEIC picture"),
        (4, b"ftypmif1", "a HEIC picture"),
        (4, b"ftyp", "a film"),
    ];
    let known = KNOWN.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    known.map_or_else(|| text(bytes), |(_, _, what)| what)
}

fn text(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(1024)];
    let lower = String::from_utf8_lossy(head).to_lowercase();
    if lower.contains("<svg") {
        "an SVG drawing"
    } else if lower.contains("<!doctype html") || lower.contains("<html") {
        "a web page"
    } else if head.iter().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()) {
        "plain text"
    } else {
        "nothing that is known here as a picture"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_decides() {
        for (bytes, format) in [
            (&b"\x89PNG\r\n\x1a\nxyz"[..], Format::Png),
            (b"\xff\xd8\xff\xe0", Format::Jpeg),
            (b"GIF89a", Format::Gif),
            (b"RIFF\0\0\0\0WEBPVP8 ", Format::WebP),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", Format::Bmp),
            (b"MM\0*\0\0\0\x08", Format::Tiff),
        ] {
            assert_eq!(of(bytes), Ok(format));
        }
    }

    #[test]
    fn what_is_no_picture_is_named() {
        for (bytes, what) in [
            (&b"<?xml version=\"1.0\"?>\n<!-- x -->\n<SVG>"[..], "an SVG drawing"),
            (b"\n<!DOCTYPE html><p>GIF89a", "a web page"),
            (b"%PDF-1.7", "a PDF document"),
            (b"\0\0\0\x18ftypheic", "a HEIC picture"),
            (b"\0\0\0\x1cftypavif", "an AVIF picture"),
            (b"\0\0\0\x1cftypisom", "a film"),
            (b"BMW is a car", "plain text"),
            (b"\x01\x02\x03", "nothing that is known here as a picture"),
        ] {
            assert_eq!(of(bytes), Err(MediaFault::NotAPicture(what)));
        }
        assert_eq!(of(b""), Err(MediaFault::Empty));
    }
}
