//! Fewer pixels: each new pixel is the average of the area that it covers.
//!
//! The filters of the image crate are not used: the good ones keep four floating point numbers for each pixel of the original, and none
//! minds transparency, so that the invisible black of an empty corner bleeds into the edges.

use std::borrow::Cow;

use image::metadata::Orientation;
use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};

use crate::domain::photo::Thumb;

/// What shows through in a preview: a middle grey, which differs from a black and from a white figure on any terminal.
const BEHIND: u32 = 128;

/// A small rendering, upright, the proportions kept, never larger than the original. A cell of the terminal is one pixel across and two down.
pub fn thumb(image: &DynamicImage, orientation: Orientation, most: (u16, u16)) -> Thumb {
    let most = if is_quarter(orientation) { (most.1, most.0) } else { most };
    let to = fitted((image.width(), image.height()), (u32::from(most.0), u32::from(most.1)));
    let mut small = shrunk(image, to);
    small.apply_orientation(orientation);
    let small = small.into_rgba8();
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    let over = |colour: u8, alpha: u8| {
        byte(u64::from((u32::from(colour) * u32::from(alpha) + BEHIND * (255 - u32::from(alpha)) + 127) / 255))
    };
    Thumb {
        width: side(small.width()),
        height: side(small.height()),
        pixels: small.pixels().map(|p| [over(p[0], p[3]), over(p[1], p[3]), over(p[2], p[3])]).collect(),
    }
}

/// Whether across becomes down.
pub fn is_quarter(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            true
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

/// The largest size of the same proportions within `most`, at least one pixel each way and never larger than `size`.
pub fn fitted(size: (u32, u32), most: (u32, u32)) -> (u32, u32) {
    if size.0 <= most.0 && size.1 <= most.1 {
        return size;
    }
    let [width, height, across, down] = [size.0, size.1, most.0.max(1), most.1.max(1)].map(u64::from);
    let part = |of: u64, by: u64, whole: u64| u32::try_from(((of * by + whole / 2) / whole).max(1)).unwrap_or(u32::MAX);
    if width * down >= height * across {
        (most.0.max(1), part(height, across, width).min(most.1.max(1)))
    } else {
        (part(width, down, height).min(most.0.max(1)), most.1.max(1))
    }
}

/// The image with this many pixels, none of them new: a side cannot grow. Colours keep 8 bits.
pub fn shrunk(image: &DynamicImage, to: (u32, u32)) -> DynamicImage {
    let from = (image.width(), image.height());
    let to = (to.0.clamp(1, from.0.max(1)), to.1.clamp(1, from.1.max(1)));
    let made = if let Some(pixels) = image.as_luma8() {
        GrayImage::from_raw(to.0, to.1, averaged::<1>(pixels, from, to, false)).map(DynamicImage::from)
    } else if let Some(pixels) = image.as_luma_alpha8() {
        GrayAlphaImage::from_raw(to.0, to.1, averaged::<2>(pixels, from, to, true)).map(DynamicImage::from)
    } else if let Some(pixels) = image.as_rgb8() {
        RgbImage::from_raw(to.0, to.1, averaged::<3>(pixels, from, to, false)).map(DynamicImage::from)
    } else {
        let pixels = image.as_rgba8().map_or_else(|| Cow::Owned(image.to_rgba8()), Cow::Borrowed);
        RgbaImage::from_raw(to.0, to.1, averaged::<4>(&pixels, from, to, true)).map(DynamicImage::from)
    };
    made.unwrap_or_default()
}

/// Which pixels of a row make one new pixel, and how much of each, in 256ths.
struct Span {
    start: usize,
    weights: Vec<u64>,
}

fn spans(from: u32, to: u32) -> Vec<Span> {
    let edge = |n: u32| u64::from(n) * u64::from(from) * 256 / u64::from(to);
    let span = |n: u32| {
        let (begin, end) = (edge(n), edge(n + 1));
        let weights = (begin / 256..end.div_ceil(256)).map(|p| end.min((p + 1) * 256) - begin.max(p * 256)).collect();
        Span { start: usize::try_from(begin / 256).unwrap_or(usize::MAX), weights }
    };
    (0..to).map(span).collect()
}

/// With `alpha`, the last sample of a pixel says how much the others count.
fn averaged<const N: usize>(samples: &[u8], from: (u32, u32), to: (u32, u32), alpha: bool) -> Vec<u8> {
    let (columns, rows) = (spans(from.0, to.0), spans(from.1, to.1));
    let (pixels, _) = samples.as_chunks::<N>();
    let across = from.0 as usize;
    let mut out = Vec::with_capacity(columns.len() * rows.len() * N);
    for row in &rows {
        for column in &columns {
            let (mut sums, mut all) = ([0_u64; N], 0_u64);
            for (y, down) in row.weights.iter().enumerate() {
                let line = (row.start + y) * across + column.start;
                for (pixel, along) in pixels[line..].iter().zip(&column.weights) {
                    let weight = down * along;
                    all += weight;
                    add(&mut sums, pixel, weight, alpha);
                }
            }
            finish(&mut out, sums, all.max(1), alpha);
        }
    }
    out
}

fn add<const N: usize>(sums: &mut [u64; N], pixel: &[u8; N], weight: u64, alpha: bool) {
    let seen = if alpha { weight * u64::from(pixel[N - 1]) } else { weight };
    let colours = if alpha { N - 1 } else { N };
    for (sum, sample) in sums.iter_mut().zip(pixel).take(colours) {
        *sum += seen * u64::from(*sample);
    }
    if alpha {
        sums[N - 1] += seen;
    }
}

fn finish<const N: usize>(out: &mut Vec<u8>, sums: [u64; N], all: u64, alpha: bool) {
    let mean = |sum: u64, over: u64| byte((sum + over / 2) / over.max(1));
    if alpha {
        let seen = sums[N - 1];
        out.extend(sums[..N - 1].iter().map(|sum| mean(*sum, seen)));
        out.push(mean(seen, all));
    } else {
        out.extend(sums.iter().map(|sum| mean(*sum, all)));
    }
}

fn byte(value: u64) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, Rgba};

    #[test]
    fn sizes_keep_their_proportions_and_never_grow() {
        assert_eq!(fitted((4000, 3000), (40, 40)), (40, 30));
        assert_eq!(fitted((3000, 4000), (40, 40)), (30, 40));
        assert_eq!(fitted((16, 16), (40, 40)), (16, 16));
        assert_eq!(fitted((4096, 1), (40, 40)), (40, 1));
        assert_eq!(fitted((1, 4096), (40, 0)), (1, 1));
    }

    #[test]
    fn a_new_pixel_is_the_mean_of_what_it_covers_even_by_parts() {
        // Three columns become two: the middle one counts half for each side.
        let image = RgbImage::from_fn(3, 1, |x, _| Rgb([[0, 90, 255][x as usize]; 3]));
        let small = shrunk(&image.into(), (2, 1)).into_rgb8();
        assert_eq!((small.get_pixel(0, 0)[0], small.get_pixel(1, 0)[0]), (30, 200));
    }

    #[test]
    fn what_is_invisible_does_not_bleed() {
        let image =
            RgbaImage::from_fn(2, 1, |x, _| if x == 0 { Rgba([200, 100, 50, 255]) } else { Rgba([0, 0, 0, 0]) });
        assert_eq!(*shrunk(&image.clone().into(), (1, 1)).into_rgba8().get_pixel(0, 0), Rgba([200, 100, 50, 128]));
        let thumb = thumb(&image.into(), Orientation::NoTransforms, (9, 9));
        assert_eq!(thumb.pixels, [[200, 100, 50], [128, 128, 128]]);
    }

    #[test]
    fn a_turned_picture_has_a_turned_preview() {
        let image = RgbImage::from_fn(40, 20, |x, _| Rgb([if x < 20 { 255 } else { 0 }; 3]));
        let thumb = thumb(&image.into(), Orientation::Rotate90, (10, 8));
        assert_eq!((thumb.width, thumb.height), (4, 8));
        assert_eq!((thumb.pixels[0], thumb.pixels[31]), ([255; 3], [0; 3]));
    }
}
