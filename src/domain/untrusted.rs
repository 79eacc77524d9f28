//! Text from outside (server, files, environment) and how it becomes something a terminal may be given.

use std::borrow::Cow;
use std::fmt;

/// Text from outside. Its `Debug` and `Display` are the shown form, so that it cannot reach a terminal raw by accident.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Untrusted(String);

impl Untrusted {
    /// Takes text from outside.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it came, to compare or to send back; never to show.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The text as a terminal may be given it: see [`visible`].
    pub fn show(&self) -> Cow<'_, str> {
        visible(&self.0)
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({})", self.show())
    }
}

/// Makes hidden characters visible: `ESC` as `␛`, a line feed as `␊`, other controls likewise; direction marks, zero-width and other
/// characters without a glyph as `⟨U+202E⟩`. Dropping them instead would make `ad<ESC>min` read `admin`.
///
/// A zero-width joiner and one variation selector stay where they join an emoji: there they are part of a glyph. A second selector is part of
/// nothing, and a row of them is a way to hide a text behind a heart.
pub fn visible(text: &str) -> Cow<'_, str> {
    let mut chars = text.chars().peekable();
    let mut before = None;
    if text.chars().all(|c| !is_hidden(c) && !is_joiner(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    while let Some(c) = chars.next() {
        let follows = before.is_some_and(is_pictograph);
        let joins = match c {
            '\u{200D}' => follows && chars.peek().copied().is_some_and(|next| is_pictograph(next) && !is_joiner(next)),
            _ => is_joiner(c) && follows && !before.is_some_and(is_joiner),
        };
        if joins || !(is_hidden(c) || is_joiner(c)) {
            out.push(c);
        } else {
            push_visible(&mut out, c);
        }
        before = Some(c);
    }
    Cow::Owned(out)
}

/// The characters that [`visible`] replaces wherever they stand.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The zero-width joiner and the variation selectors: part of a glyph after a pictograph, hidden text elsewhere.
fn is_joiner(c: char) -> bool {
    c == '\u{200D}' || matches!(c, '\u{FE00}'..='\u{FE0F}')
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
}

fn push_visible(out: &mut String, c: char) {
    use fmt::Write as _;
    match c {
        // The control pictures stand in the same order as the control characters.
        '\0'..='\u{1F}' => out.extend(char::from_u32(0x2400 + u32::from(c))),
        '\u{7F}' => out.push('␡'),
        _ => {
            // Writing to a String cannot fail.
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed_as_it_is() {
        assert!(matches!(visible("Zoë Ñúñez 山田 עברית"), Cow::Borrowed(_)));
    }

    #[test]
    fn controls_become_pictures() {
        assert_eq!(visible("ad\u{1b}[2Jmin\r\n\t\u{7f}\u{9b}"), "ad␛[2Jmin␍␊␉␡⟨U+009B⟩");
    }

    #[test]
    fn directions_and_nothings_are_spelled_out() {
        assert_eq!(visible("a\u{202e}b\u{200b}c"), "a⟨U+202E⟩b⟨U+200B⟩c");
    }

    #[test]
    fn a_joiner_stays_inside_an_emoji_and_nowhere_else() {
        assert_eq!(visible("👩\u{200d}👧"), "👩\u{200d}👧");
        assert_eq!(visible("❤\u{fe0f}"), "❤\u{fe0f}");
        assert_eq!(visible("ad\u{200d}min"), "ad⟨U+200D⟩min");
        assert_eq!(visible("❤\u{fe0f}\u{200d}🔥"), "❤\u{fe0f}\u{200d}🔥");
        assert_eq!(visible("❤\u{fe0f}\u{fe0e}\u{fe0f}"), "❤\u{fe0f}⟨U+FE0E⟩⟨U+FE0F⟩");
    }

    #[test]
    fn whatever_comes_in_nothing_hidden_goes_out() {
        let all: String = (0..=0x10_FFFF).filter_map(char::from_u32).collect();
        assert!(!visible(&all).chars().any(is_hidden));
    }
}
