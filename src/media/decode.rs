//! Bytes to pixels, within limits that are checked before anything of that size is allocated (faults.md 99 and M11).

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::error::ImageError;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageReader, Limits};

use crate::domain::files::{Format, MOST_MEMORY, MOST_PIXELS, MediaFault};
use crate::domain::photo::LIMIT;
use crate::media::{anatomy, area, kind};

/// A picture as pixels, and what is known of where they came from.
pub struct Decoded {
    /// The format of the original.
    pub format: Format,
    /// How long the original is, in bytes.
    pub bytes: u64,
    /// Pixels of 8 bits, as they lie in the file.
    pub pixels: DynamicImage,
    /// How they have to be turned.
    pub orientation: Orientation,
    /// Whether there was more in it than the picture.
    pub metadata: bool,
    /// Whether there was a colour profile.
    pub profile: bool,
    /// Whether colours had more than 8 bits.
    pub deep: bool,
    /// How many pictures there were; the first one is here.
    pub frames: usize,
    /// The original without anything beside the picture, where it fits into [`LIMIT`] and is known.
    pub bare: Option<Vec<u8>>,
}

impl Decoded {
    /// Pixels across and down, once upright.
    pub fn size(&self) -> (u32, u32) {
        let (width, height) = (self.pixels.width(), self.pixels.height());
        if area::is_quarter(self.orientation) { (height, width) } else { (width, height) }
    }
}

/// Decodes the first picture that is in the bytes.
pub fn decode(bytes: Vec<u8>) -> Result<Decoded, MediaFault> {
    let format = kind::of(&bytes)?;
    let mut anatomy = anatomy::of(format, &bytes)?;
    if let Some(claim) = anatomy.claim {
        check(format, claim, 0)?;
    }
    let length = bytes.len() as u64;
    let bare = anatomy.bare.is_some();
    let source = anatomy.bare.take().unwrap_or(bytes);
    // The decoders are written by people who test against arbitrary bytes, and still a panic must end here, in words.
    let raw = catch_unwind(AssertUnwindSafe(|| pixels(format, &source, anatomy.working)))
        .unwrap_or(Err(MediaFault::Broken(format)))?;
    let deep = !matches!(raw.pixels.color(), ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8);
    Ok(Decoded {
        format,
        bytes: length,
        pixels: narrowed(raw.pixels),
        orientation: anatomy.orientation.unwrap_or(raw.orientation),
        metadata: anatomy.metadata || raw.metadata,
        profile: anatomy.profile || raw.profile,
        deep,
        frames: anatomy.frames,
        bare: (bare && source.len() <= LIMIT).then_some(source),
    })
}

struct Raw {
    pixels: DynamicImage,
    orientation: Orientation,
    metadata: bool,
    profile: bool,
}

fn pixels(format: Format, bytes: &[u8], working: u64) -> Result<Raw, MediaFault> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind::codec(format));
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|e| fault(format, &e))?;
    let claim = decoder.dimensions();
    // More than 8 bits for a colour means a second copy of half the size, with 8.
    let deep = decoder.color_type().bytes_per_pixel() > decoder.color_type().channel_count();
    let needed = decoder.total_bytes().saturating_mul(if deep { 3 } else { 2 }) / 2;
    check(format, claim, needed.saturating_add(working))?;
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    decoder.set_limits(limits).map_err(|e| fault(format, &e))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let some = |found: image::ImageResult<Option<Vec<u8>>>| found.is_ok_and(|found| found.is_some());
    let metadata = some(decoder.exif_metadata()) || some(decoder.xmp_metadata()) || some(decoder.iptc_metadata());
    let profile = some(decoder.icc_profile());
    let pixels = DynamicImage::from_decoder(decoder).map_err(|e| fault(format, &e))?;
    Ok(Raw { pixels, orientation, metadata, profile })
}

fn check(format: Format, (width, height): (u32, u32), needed: u64) -> Result<(), MediaFault> {
    if width == 0 || height == 0 {
        return Err(MediaFault::Broken(format));
    }
    if width > MOST_PIXELS || height > MOST_PIXELS || needed > MOST_MEMORY {
        return Err(MediaFault::TooManyPixels { width, height });
    }
    Ok(())
}

/// The decoders' own words are for programmers and are not shown.
fn fault(format: Format, error: &ImageError) -> MediaFault {
    match error {
        ImageError::Unsupported(_) => MediaFault::Unsupported(format),
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Limits(_)
        | ImageError::IoError(_) => MediaFault::Broken(format),
    }
}

/// Eight bits for each colour: the service shows avatars, and JPEG and GIF know no more.
fn narrowed(image: DynamicImage) -> DynamicImage {
    let colours = image.color();
    if colours.bytes_per_pixel() == colours.channel_count() {
        return image;
    }
    match (colours.has_color(), colours.has_alpha()) {
        (false, false) => image.into_luma8().into(),
        (false, true) => image.into_luma_alpha8().into(),
        (true, false) => image.into_rgb8().into(),
        (true, true) => image.into_rgba8().into(),
    }
}
