//! Which letters a text has, in 32 bits: to tell without looking at the text that a word cannot be in it.
//!
//! Of two letters typed, four in five people lack one. Eight bytes a person say so for a hundred thousand in a tenth of a millisecond;
//! only whoever is left is looked at.

use crate::app::index::record::BETWEEN;

/// A letter that is not ASCII is among them.
pub(super) const NOT_ASCII: u32 = 1 << 31;

/// The letters of a searched text, and those that begin a word in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Letters {
    /// Every letter.
    pub(super) any: u32,
    /// `a` to `z` at the beginning of a word.
    pub(super) first: u32,
}

impl Letters {
    /// Looks at a folded text.
    pub(super) fn of(text: &[u8]) -> Self {
        let (mut letters, mut before) = (Self::default(), BETWEEN);
        for byte in text {
            letters.any |= bit(*byte);
            if byte.is_ascii_lowercase() && is_sign(before) {
                letters.first |= bit(*byte);
            }
            before = *byte;
        }
        letters
    }

    /// Whether all of these are among them.
    pub(super) fn has(self, other: Self) -> bool {
        self.any & other.any == other.any && self.first & other.first == other.first
    }
}

/// `a` to `z` have a bit each, digits one for four of them, all signs one. The bytes of other letters share the bits of `a` to `z`: then a
/// letter that is not there may seem to be, never the other way round.
fn bit(byte: u8) -> u32 {
    match byte {
        BETWEEN | b' ' => 0,
        b'a'..=b'z' => 1 << (byte - b'a'),
        b'0'..=b'9' => 1 << (26 + byte % 4),
        0x00..=0x7F => 1 << 30,
        0x80..=0xFF => NOT_ASCII | 1 << (byte % 26),
    }
}

/// Whether what comes after this is the beginning of a word, and what comes before it the end of one.
pub(super) fn is_sign(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_text_has_no_letter_that_the_text_lacks() {
        let text = "ada o'neill-43\nαδα.9z";
        let all = Letters::of(text.as_bytes());
        for (from, _) in text.char_indices() {
            for part in (from..=text.len()).filter_map(|to| text.get(from..to)) {
                assert_eq!(Letters::of(part.as_bytes()).any & !all.any, 0, "{part}");
            }
        }
        assert_ne!(all.any & NOT_ASCII, 0);
    }

    #[test]
    fn the_first_letters_are_those_after_a_sign_a_blank_or_nothing() {
        let of = |text: &str| Letters::of(text.as_bytes()).any;
        assert_eq!(Letters::of(b"marta lopez\nm.o'neill-9q").first, of("mlon"));
    }
}
