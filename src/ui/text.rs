//! Text on cells: what may be shown, how wide it is, and how it is cut.

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::domain::untrusted::visible;
use crate::ui::theme::Theme;

/// The width in cells of a text that is safe to show.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Outside text as this terminal may be given it: hidden characters visible, and nothing but ASCII where the locale is not UTF-8.
pub fn safe(text: &str, theme: Theme) -> String {
    let shown = visible(text);
    if theme.look.unicode {
        shown.into_owned()
    } else {
        shown.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
    }
}

/// Writes a safe text at a place, at most so wide; answers the column after it.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, most: u16, text: &str, style: Style) -> u16 {
    if y >= buffer.area.bottom() || x >= buffer.area.right() {
        return x;
    }
    if is_plain(text) {
        put_plain(buffer, x, y, most, text, style)
    } else {
        buffer.set_stringn(x, y, text, most.into(), style).0
    }
}

/// Letters of which each is one cell, so that nobody has to look for their borders: almost everything on a screen, for every key.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn put_plain(buffer: &mut Buffer, x: u16, y: u16, most: u16, text: &str, style: Style) -> u16 {
    let end = buffer.area.right().min(x.saturating_add(most));
    let columns = x..end;
    let after = columns.len().min(text.len());
    for (letter, x) in text.chars().zip(columns) {
        buffer[(x, y)].set_char(letter).set_style(style);
    }
    x + u16::try_from(after).unwrap_or(end - x)
}

/// A safe text cut to a width, with a sign where something is missing.
pub fn fit(text: &str, most: usize, theme: Theme) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let sign = theme.ellipsis();
    let mut out = String::new();
    for letter in text.graphemes(true) {
        if out.width() + letter.width() + sign.width() > most {
            break;
        }
        out.push_str(letter);
    }
    out.push_str(sign);
    out
}

/// Outside text cut and filled to a width, with one blank behind it.
pub fn cell(words: &str, most: usize, theme: Theme) -> String {
    let cut = fit(&safe(words, theme), most.saturating_sub(1), theme);
    let pad = " ".repeat(most.saturating_sub(width(&cut)));
    cut + &pad
}

/// A safe text broken into lines of at most that width, at blanks where there are any.
pub fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(1);
    if text.width() <= most {
        return vec![text.trim_end().to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let line = lines.last().map_or(0, |line| line.width());
        if line > 0 && line + word.trim_end().width() > most {
            lines.push(String::new());
        }
        for letter in word.graphemes(true) {
            if lines.last().is_some_and(|line| line.width() + letter.width() > most) {
                if letter == " " {
                    continue;
                }
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(letter);
            }
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The part of a line that is shown around a cursor, and the cursor's column in it. Both parts of the line are safe text.
pub fn window(before: &str, after: &str, most: usize) -> (String, usize) {
    let most = most.max(2);
    let mut start = 0;
    let letters: Vec<&str> = before.graphemes(true).collect();
    let mut left: usize = before.width();
    while left >= most {
        left -= letters[start].width();
        start += 1;
    }
    (letters[start..].concat() + after, left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::look::{Depth, Look};

    fn theme(unicode: bool) -> Theme {
        Theme::new(Look { depth: Depth::Sixteen, unicode })
    }

    #[test]
    fn what_is_cut_never_splits_a_wide_letter() {
        assert_eq!(fit("山田太郎", 5, theme(true)), "山田…");
        assert_eq!(fit("山田", 4, theme(true)), "山田");
        assert_eq!(fit("abcdef", 4, theme(false)), "abc~");
    }

    #[test]
    fn plain_letters_are_put_as_all_others_are() {
        let area = ratatui::layout::Rect { x: 2, y: 1, width: 8, height: 2 };
        for text in ["", "a", "a b ~", "exactly8", "longer than the room"] {
            for (x, most) in [(2, 0), (2, 3), (2, 8), (4, 100), (9, 1), (9, 5)] {
                let (mut fast, mut slow) = (Buffer::empty(area), Buffer::empty(area));
                let style = Style::new().bold();
                let after = put(&mut fast, x, 1, most, text, style);
                assert_eq!(after, slow.set_stringn(x, 1, text, most.into(), style).0, "{text:?} at {x}, {most}");
                assert_eq!(fast, slow, "{text:?} at {x}, {most}");
            }
        }
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn a_window_keeps_the_cursor_in_sight() {
        assert_eq!(window("abc", "def", 10), ("abcdef".to_owned(), 3));
        assert_eq!(window("abcdefghij", "", 4), ("hij".to_owned(), 3));
        assert_eq!(window("山田太郎", "x", 4), ("郎x".to_owned(), 2));
    }

    #[test]
    fn a_terminal_without_utf8_gets_ascii_alone() {
        assert!(safe("Zoë\u{1b}[2J", theme(false)).is_ascii());
        assert_eq!(safe("Zoë", theme(true)), "Zoë");
    }
}
