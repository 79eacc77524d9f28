//! Pixels to bytes that can be sent: a type that the service takes, within its limit, upright, and nothing but the picture.
//!
//! Everything is written anew, so that no EXIF position, no comment and nothing behind the end of the picture gets out (faults.md 99).
//! The one exception: where writing anew would take a picture over the limit that was within it, or take more memory than one picture
//! may have, the original goes, reduced to the parts that `anatomy` knows to make pixels.
//!
//! Of an animation the first picture is kept, and a note says so: it is a portrait, and the frames of a stranger's animation are many
//! pictures to vouch for. Colour profiles are dropped too: they can name a person's screen, and the service promises nothing of them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType};

use crate::domain::files::{Format, MediaFault, Wish};
use crate::domain::photo::{LIMIT, MediaType};
use crate::media::area;
use crate::media::decode::Decoded;

/// The quality of a JPEG that was a JPEG, and how far it may go down for one that was within the limit before.
const QUALITY: [u8; 3] = [90, 82, 75];
/// The quality of a JPEG that is made smaller, which is seen less than missing pixels.
const SMALLER: u8 = 85;
/// The longest sides that are tried, in pixels.
const SIDES: [u32; 10] = [2048, 1600, 1280, 1024, 800, 640, 512, 400, 320, 256];
/// A PNG smaller than this is worth less than a JPEG of full size.
const PNG_SIDE: u32 = 1024;
/// More pixels than this are written anew at full size only where that is cheap.
const LARGE: u64 = 4 * 1024 * 1024;

/// A picture that can be sent.
pub struct Encoded {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its type.
    pub media_type: MediaType,
    /// Pixels across and down.
    pub size: (u32, u32),
    /// What was done, in words.
    pub notes: Vec<String>,
}

/// Makes a picture that can be sent, doing no more to it than was agreed to.
pub fn encode(decoded: &Decoded, wish: Wish) -> Result<Encoded, MediaFault> {
    let media_type = match decoded.format.accepted() {
        Some(media_type) => media_type,
        None if wish.convert => target(decoded),
        None => return Err(MediaFault::NeedsConverting(decoded.format)),
    };
    let made = whole(decoded, media_type)
        .or_else(|| wish.shrink.then(|| smaller(decoded, media_type)).flatten())
        .ok_or(MediaFault::TooLarge(decoded.bytes))?;
    let mut notes = origins(decoded, made.media_type);
    if made.size != decoded.size() {
        let (width, height) = decoded.size();
        notes.push(format!("shrunk from {width}x{height}"));
    }
    notes.extend(made.notes);
    Ok(Encoded { notes, ..made })
}

/// What a format that the service does not take becomes: PNG where JPEG would lose transparency or smear a drawing.
pub fn target(decoded: &Decoded) -> MediaType {
    if is_opaque(&decoded.pixels) && !is_drawing(&decoded.pixels) { MediaType::Jpeg } else { MediaType::Png }
}

fn origins(decoded: &Decoded, media_type: MediaType) -> Vec<String> {
    let mut notes = Vec::new();
    match (decoded.format, decoded.format.accepted()) {
        (_, Some(same)) if same == media_type => {}
        (from, _) => notes.push(format!("converted from {from}")),
    }
    match (decoded.frames, decoded.format) {
        (0 | 1, _) => {}
        // Counting these would mean reading them.
        (_, Format::WebP | Format::Tiff) => notes.push("only the first of several pictures kept".to_owned()),
        (frames, _) => notes.push(format!("only the first of {frames} pictures kept")),
    }
    if decoded.orientation != Orientation::NoTransforms {
        notes.push("turned upright".to_owned());
    }
    for (is, note) in [
        (decoded.metadata, "metadata removed"),
        (decoded.profile, "colour profile removed"),
        (decoded.deep, "reduced to 8 bits a colour"),
    ] {
        notes.extend(is.then(|| note.to_owned()));
    }
    notes
}

/// All pixels, in the best quality that fits, if any does.
fn whole(decoded: &Decoded, media_type: MediaType) -> Option<Encoded> {
    let over = decoded.bytes > LIMIT as u64;
    let upright = decoded.orientation == Orientation::NoTransforms;
    let same = decoded.format.accepted() == Some(media_type) && upright;
    let bare = decoded.bare.clone().filter(|_| same);
    // Turning and PNG take as much memory again, and what was over the limit would take long in vain.
    let costly = is_large(decoded) && (over || !upright || media_type == MediaType::Png);
    let made = |bytes: Vec<u8>, note: Option<String>| Encoded {
        bytes,
        media_type,
        size: decoded.size(),
        notes: note.into_iter().collect(),
    };
    if costly {
        return bare.map(|bare| made(bare, None));
    }
    let image = turned(&decoded.pixels, decoded.orientation);
    if let Some(bytes) = written(&image, media_type, QUALITY[0]) {
        return Some(made(bytes, None));
    }
    if let Some(bare) = bare {
        return Some(made(bare, None));
    }
    if over || media_type != MediaType::Jpeg {
        return None;
    }
    let again = QUALITY[1..].iter().find_map(|quality| Some((quality, written(&image, media_type, *quality)?)));
    again.map(|(quality, bytes)| made(bytes, Some(format!("compressed to quality {quality}"))))
}

/// Fewer pixels, as many as fit.
fn smaller(decoded: &Decoded, media_type: MediaType) -> Option<Encoded> {
    let jpeg = || {
        let (width, height) = decoded.size();
        let full = (!is_large(decoded)).then_some(width.max(height));
        full.into_iter().chain(SIDES).find_map(|side| reduced(decoded, MediaType::Jpeg, side))
    };
    match media_type {
        MediaType::Jpeg => jpeg(),
        MediaType::Gif => SIDES.into_iter().find_map(|side| reduced(decoded, MediaType::Gif, side)),
        MediaType::Png => {
            let (fine, coarse): (Vec<u32>, Vec<u32>) = SIDES.into_iter().partition(|side| *side >= PNG_SIDE);
            let png = |sides: Vec<u32>| sides.into_iter().find_map(|side| reduced(decoded, MediaType::Png, side));
            let photo = || is_opaque(&decoded.pixels).then(jpeg).flatten();
            png(fine).or_else(photo).or_else(|| png(coarse))
        }
    }
}

fn reduced(decoded: &Decoded, media_type: MediaType, side: u32) -> Option<Encoded> {
    let from = (decoded.pixels.width(), decoded.pixels.height());
    let to = area::fitted(from, (side, side));
    if media_type != MediaType::Jpeg && (to == from || is_hopeless(decoded, media_type, to)) {
        return None;
    }
    let mut image = area::shrunk(&decoded.pixels, to);
    image.apply_orientation(decoded.orientation);
    let bytes = written(&image, media_type, SMALLER)?;
    let notes = if to == from { vec![format!("compressed to quality {SMALLER}")] } else { Vec::new() };
    Some(Encoded { bytes, media_type, size: (image.width(), image.height()), notes })
}

/// A PNG of fewer pixels needs about as many bytes for each as the original: what would be twice too long is not tried, since that takes
/// a second each time.
fn is_hopeless(decoded: &Decoded, media_type: MediaType, to: (u32, u32)) -> bool {
    let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let whole = area(decoded.pixels.width(), decoded.pixels.height()).max(1);
    media_type == MediaType::Png
        && decoded.format == Format::Png
        && decoded.bytes * area(to.0, to.1) / whole > 2 * LIMIT as u64
}

fn is_large(decoded: &Decoded) -> bool {
    u64::from(decoded.pixels.width()) * u64::from(decoded.pixels.height()) > LARGE
}

/// Without a copy where nothing has to be turned.
fn turned(image: &DynamicImage, orientation: Orientation) -> Cow<'_, DynamicImage> {
    if orientation == Orientation::NoTransforms {
        return Cow::Borrowed(image);
    }
    let mut copy = match orientation {
        Orientation::Rotate90 | Orientation::Rotate90FlipH => image.rotate90(),
        Orientation::Rotate270 | Orientation::Rotate270FlipH => image.rotate270(),
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => image.clone(),
    };
    copy.apply_orientation(match orientation {
        Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => Orientation::FlipHorizontal,
        Orientation::Rotate90 | Orientation::Rotate270 => Orientation::NoTransforms,
        other @ (Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical) => other,
    });
    Cow::Owned(copy)
}

fn is_opaque(image: &DynamicImage) -> bool {
    match (image.as_luma_alpha8(), image.as_rgba8()) {
        (Some(pixels), _) => pixels.pixels().all(|p| p[1] == 255),
        (_, Some(pixels)) => pixels.pixels().all(|p| p[3] == 255),
        (None, None) => !image.color().has_alpha(),
    }
}

/// Few colours: a logo or a screen, not a photograph. A grey photograph has no more than 256 greys in any case.
fn is_drawing(image: &DynamicImage) -> bool {
    let width = usize::from(image.color().bytes_per_pixel());
    let few = if image.color().has_color() { 256 } else { 16 };
    let mut colours = HashSet::new();
    let mut last = &[][..];
    image.as_bytes().chunks_exact(width).all(|pixel| {
        // In a drawing most pixels are like the one before, and looking each up would take longer than all the rest.
        if pixel != last {
            colours.insert(pixel);
            last = pixel;
        }
        colours.len() <= few
    })
}

/// The file, if it fits into [`LIMIT`].
fn written(image: &DynamicImage, media_type: MediaType, quality: u8) -> Option<Vec<u8>> {
    let mut out = Bounded(Vec::new());
    let done = match media_type {
        MediaType::Png => image.write_with_encoder(PngEncoder::new_with_quality(
            &mut out,
            CompressionType::Default,
            FilterType::Adaptive,
        )),
        MediaType::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)),
        MediaType::Gif => {
            let pixels = image.to_rgba8();
            GifEncoder::new_with_speed(&mut out, 10).encode(
                &pixels,
                pixels.width(),
                pixels.height(),
                ExtendedColorType::Rgba8,
            )
        }
    };
    done.ok().map(|()| out.0)
}

/// A file that refuses to grow beyond [`LIMIT`], so that an encoder stops there instead of finishing in vain.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LIMIT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
