//! A small picture on character cells: two pixels a cell with half blocks where there is colour, letters by brightness where there is none.
//!
//! This is the seam for terminals that can do better: kitty, sixel and iTerm2 graphics would take the same [`Thumb`] and area, and leave
//! these cells blank. They are not asked for: a question to a terminal that does not answer costs seconds.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use crate::domain::look::Depth;
use crate::domain::photo::Thumb;
use crate::ui::theme::Theme;

/// From dark to bright.
const RAMP: &[u8] = b" .:-=+*#%@";

/// Draws a picture as large as the area and its own pixels allow, at the top left.
pub fn draw(thumb: &Thumb, theme: Theme, area: Rect, buffer: &mut Buffer) {
    if thumb.width == 0 || thumb.height == 0 || area.is_empty() {
        return;
    }
    let (columns, rows) = fitted(thumb, area);
    for row in 0..rows {
        for column in 0..columns {
            let upper = pixel(thumb, column, row * 2, columns, rows * 2);
            let lower = pixel(thumb, column, row * 2 + 1, columns, rows * 2);
            if let Some(cell) = buffer.cell_mut((area.x + column, area.y + row)) {
                if theme.look.depth == Depth::None || !theme.look.unicode {
                    cell.set_char(letter(upper, lower));
                } else {
                    let (above, below) = (colour(upper, theme.look.depth), colour(lower, theme.look.depth));
                    // One colour is half the bytes of two.
                    if above == below {
                        cell.set_char(' ').set_style(Style::new().bg(above));
                    } else {
                        cell.set_char('▀').set_style(Style::new().fg(above).bg(below));
                    }
                }
            }
        }
    }
}

/// Columns and rows: the picture's shape kept, one column a pixel and one row two.
fn fitted(thumb: &Thumb, area: Rect) -> (u16, u16) {
    let (width, height) = (u32::from(thumb.width), u32::from(thumb.height));
    let most_wide = u32::from(area.width).min(width);
    let most_high = (u32::from(area.height) * 2).min(height);
    let (columns, pixels) = if most_wide * height <= most_high * width {
        (most_wide, most_wide * height / width)
    } else {
        (most_high * width / height, most_high)
    };
    let small = |n: u32| u16::try_from(n.max(1)).unwrap_or(u16::MAX);
    (small(columns), small(pixels.div_ceil(2)).min(area.height))
}

fn pixel(thumb: &Thumb, x: u16, y: u16, columns: u16, rows: u16) -> [u8; 3] {
    let at = |n: u16, of: u16, pixels: u16| usize::from(n) * usize::from(pixels) / usize::from(of.max(1));
    let index = at(y, rows, thumb.height) * usize::from(thumb.width) + at(x, columns, thumb.width);
    thumb.pixels.get(index).copied().unwrap_or_default()
}

fn letter(upper: [u8; 3], lower: [u8; 3]) -> char {
    let bright = usize::midpoint(brightness(upper), brightness(lower));
    char::from(RAMP[bright * (RAMP.len() - 1) / 255])
}

fn brightness([red, green, blue]: [u8; 3]) -> usize {
    (usize::from(red) * 299 + usize::from(green) * 587 + usize::from(blue) * 114) / 1000
}

fn colour(rgb: [u8; 3], depth: Depth) -> Color {
    let [red, green, blue] = rgb;
    match depth {
        Depth::True => Color::Rgb(red, green, blue),
        Depth::TwoFiftySix => Color::Indexed(cube(rgb)),
        Depth::Sixteen | Depth::None => Color::Indexed(nearest_of_sixteen(rgb)),
    }
}

/// The nearest colour of xterm's cube of 6x6x6, or of its greys where the colour has none.
fn cube([red, green, blue]: [u8; 3]) -> u8 {
    let spread = red.max(green).max(blue) - red.min(green).min(blue);
    if spread < 12 {
        let bright = u16::from(green);
        return match bright {
            0..4 => 16,
            4..247 => 232 + u8::try_from((bright - 4) * 24 / 243).unwrap_or(23).min(23),
            _ => 231,
        };
    }
    // The steps of the cube are 0, 95, 135, 175, 215, 255.
    let step = |value: u8| match value {
        0..48 => 0,
        48..115 => 1,
        115.. => (value - 35) / 40,
    };
    16 + 36 * step(red) + 6 * step(green) + step(blue)
}

/// The nearest of the sixteen as xterm has them; a theme may have changed them, which is why this is the last resort.
fn nearest_of_sixteen(rgb: [u8; 3]) -> u8 {
    const XTERM: [[u8; 3]; 16] = [
        [0, 0, 0],
        [205, 0, 0],
        [0, 205, 0],
        [205, 205, 0],
        [0, 0, 238],
        [205, 0, 205],
        [0, 205, 205],
        [229, 229, 229],
        [127, 127, 127],
        [255, 0, 0],
        [0, 255, 0],
        [255, 255, 0],
        [92, 92, 255],
        [255, 0, 255],
        [0, 255, 255],
        [255, 255, 255],
    ];
    let distance = |index: &u8| -> u32 {
        XTERM[usize::from(*index)].iter().zip(rgb).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    (0..16_u8).min_by_key(distance).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::look::Look;

    #[test]
    fn colours_keep_to_what_the_terminal_has() {
        assert_eq!(colour([255, 0, 0], Depth::True), Color::Rgb(255, 0, 0));
        assert_eq!(colour([255, 0, 0], Depth::TwoFiftySix), Color::Indexed(196));
        assert_eq!(colour([0, 0, 0], Depth::TwoFiftySix), Color::Indexed(16));
        assert_eq!(colour([128, 128, 128], Depth::TwoFiftySix), Color::Indexed(244));
        assert_eq!(colour([250, 10, 10], Depth::Sixteen), Color::Indexed(9));
    }

    #[test]
    fn without_colour_brightness_becomes_letters() {
        let thumb = Thumb { width: 2, height: 2, pixels: vec![[0; 3], [255; 3], [0; 3], [255; 3]] };
        let area = Rect::new(0, 0, 4, 2);
        let mut buffer = Buffer::empty(area);
        draw(&thumb, Theme::new(Look { depth: Depth::None, unicode: true }), area, &mut buffer);
        assert_eq!(buffer, Buffer::with_lines([" @  ", "    "]));
    }

    #[test]
    fn the_shape_is_kept_in_every_area() {
        let thumb = Thumb { width: 40, height: 20, pixels: vec![[9; 3]; 800] };
        for (width, height) in [(1, 1), (40, 40), (10, 40), (40, 3)] {
            let (columns, rows) = fitted(&thumb, Rect::new(0, 0, width, height));
            assert!(columns <= width && rows <= height && columns >= 1 && rows >= 1);
        }
        assert_eq!(fitted(&thumb, Rect::new(0, 0, 20, 20)), (20, 5));
    }
}
