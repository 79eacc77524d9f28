//! Pictures made by the tests themselves, good ones and bad ones.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// Four quarters: red and green above, blue and white below.
pub fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x * 2 < width, y * 2 < height) {
        (true, true) => Rgb([250, 0, 0]),
        (false, true) => Rgb([0, 250, 0]),
        (true, false) => Rgb([0, 0, 250]),
        (false, false) => Rgb([250, 250, 250]),
    })
}

/// A picture that no format makes much smaller.
pub fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 7_u32;
    RgbImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, r, g, b] = state.to_le_bytes();
        Rgb([r, g, b])
    })
}

/// Soft colours, more than 256 of them, as in a photograph.
pub fn gradient(width: u32, height: u32) -> RgbImage {
    let part = |n: u32, of: u32| u8::try_from(n * 255 / of).expect("below 256");
    RgbImage::from_fn(width, height, |x, y| Rgb([part(x, width), part(y, height), part(x + y, width + height)]))
}

/// A coloured disc on nothing.
pub fn disc(side: u32) -> RgbaImage {
    let half = i64::from(side / 2);
    RgbaImage::from_fn(side, side, |x, y| {
        let far = (i64::from(x) - half).pow(2) + (i64::from(y) - half).pow(2);
        if far < half * half { Rgba([200, 40, 40, 255]) } else { Rgba([0, 0, 0, 0]) }
    })
}

pub fn file(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.into().write_to(&mut out, format).expect("the test's own picture is encoded");
    out.into_inner()
}

pub fn animation(frames: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new(&mut out);
    for n in 0..frames {
        let shade = if n == 0 { 200 } else { 10 };
        let picture = RgbaImage::from_pixel(8, 8, Rgba([shade, shade, shade, 255]));
        let frame = Frame::from_parts(picture, 0, 0, Delay::from_numer_denom_ms(100, 1));
        encoder.encode_frame(frame).expect("the test's own animation is encoded");
    }
    drop(encoder);
    out
}

/// EXIF data by hand: an orientation, a description and a position.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    tiff.extend(b"\x0e\x01\x02\0\x0c\0\0\0\x40\0\0\0"); // ImageDescription, 12 characters at 64
    tiff.extend([0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend(b"\x25\x88\x04\0\x01\0\0\0\x50\0\0\0"); // GPSInfo, at 80
    tiff.resize(64, 0);
    tiff.extend(b"Marta's home");
    tiff.resize(80, 0);
    tiff.extend(b"\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0"); // GPSLatitudeRef: north
    tiff
}

/// The JPEG with a segment behind its beginning.
pub fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).expect("a segment is short").to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, body, &jpeg[2..]].concat()
}

pub fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    with_segment(jpeg, 0xE1, &[&b"Exif\0\0"[..], &exif(orientation)].concat())
}

/// The PNG with a chunk behind its header. Checksums are not looked at in chunks that are thrown away.
pub fn with_chunk(png: &[u8], name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a chunk is short").to_be_bytes();
    [&png[..33], &length, &name, body, &[0; 4], &png[33..]].concat()
}

/// A JPEG that lies on its side or its head in the way that this orientation repairs, by the definition of EXIF: where the first row
/// and the first column of the file belong in the upright picture.
pub fn laid(upright: &RgbImage, orientation: u8) -> Vec<u8> {
    let (width, height) = upright.dimensions();
    let (across, down) = if orientation < 5 { (width, height) } else { (height, width) };
    let stored = RgbImage::from_fn(across, down, |x, y| {
        let (right, bottom) = (width - 1, height - 1);
        let (x, y) = match orientation {
            1 => (x, y),
            2 => (right - x, y),
            3 => (right - x, bottom - y),
            4 => (x, bottom - y),
            5 => (y, x),
            6 => (right - y, x),
            7 => (right - y, bottom - x),
            _ => (y, bottom - x),
        };
        *upright.get_pixel(x, y)
    });
    with_exif(&file(stored, ImageFormat::Jpeg), orientation)
}

/// A PNG that claims a size and bits for each colour in a header of which everything else is right, and has one pixel behind it.
pub fn claiming((width, height): (u32, u32), bits: u8) -> Vec<u8> {
    let mut png = file(quarters(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    png[24] = bits;
    let sum = checksum(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&sum);
    png
}

fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}
