//! Bytes of pictures to base64, and what people paste back to bytes.
//!
//! What the bytes are is not asked here: a `data:` URI's own word for it is a claim like the name of a file.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::domain::untrusted::visible;

/// The longest text that is taken, in bytes: base64 of the largest file that is read, with room for line ends and a prefix.
pub const MOST_TEXT: usize = 48 * 1024 * 1024;

/// Plain base64 with padding and without a `data:` prefix, as `base64Image` wants it (api.md 7, row 30).
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Why a pasted text holds no bytes. The words stand behind "The pasted text".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base64Fault {
    /// Nothing but blanks.
    Empty,
    /// Longer than [`MOST_TEXT`], in bytes.
    TooLong(usize),
    /// A URL: it has a place of its own in the form.
    Url,
    /// A `data:` URI without its comma.
    NoComma,
    /// A `data:` URI whose content is not in base64.
    NotEncoded,
    /// A character that base64 does not have, and where it stands, counted from 1 without blanks and prefix.
    Stranger(char, usize),
    /// It stops in the middle of a byte: the end was not copied.
    CutShort,
}

impl fmt::Display for Base64Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong(bytes) => {
                write!(f, "is {} MB long; at most {} MB are read", bytes / 1_000_000, MOST_TEXT / 1_000_000)
            }
            Self::Url => f.write_str("is a URL, not a picture; give it as a URL instead"),
            Self::NoComma => f.write_str("begins with data: and has no comma, so no picture follows"),
            Self::NotEncoded => f.write_str("is a data: URI without ;base64, which is not how a picture is written"),
            Self::Stranger(c, at) => {
                write!(f, "is not base64: its character {at} is \"{}\"", visible(c.encode_utf8(&mut [0; 4])))
            }
            Self::CutShort => f.write_str("is base64 that stops in the middle; copy it to its end"),
        }
    }
}

impl std::error::Error for Base64Fault {}

/// The bytes in a text that a person pasted: plain base64 or a `data:` URI, in quotation marks or not.
///
/// Line ends and blanks do not count, the alphabet for URLs is taken, and the `=` at the end may be missing: mail programs, browsers and
/// web services write all of these.
pub fn pasted(text: &str) -> Result<Vec<u8>, Base64Fault> {
    pasted_up_to(text, MOST_TEXT)
}

fn pasted_up_to(text: &str, most: usize) -> Result<Vec<u8>, Base64Fault> {
    if text.len() > most {
        return Err(Base64Fault::TooLong(text.len()));
    }
    let text = text.trim();
    let text = ['"', '\''].iter().find_map(|q| text.strip_prefix(*q)?.strip_suffix(*q)).unwrap_or(text);
    let signs = signs(content(text)?)?;
    if signs.is_empty() {
        return Err(Base64Fault::Empty);
    }
    STANDARD_NO_PAD.decode(signs).map_err(|_| Base64Fault::CutShort)
}

/// What stands behind the prefix of a `data:` URI, or everything.
fn content(text: &str) -> Result<&str, Base64Fault> {
    let scheme = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if scheme("http://") || scheme("https://") || scheme("file:") {
        return Err(Base64Fault::Url);
    }
    if !scheme("data:") {
        return Ok(text);
    }
    let (prefix, content) = text.split_once(',').ok_or(Base64Fault::NoComma)?;
    let encoded = prefix.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
    if encoded { Ok(content) } else { Err(Base64Fault::NotEncoded) }
}

/// The signs of the standard alphabet, without blanks and padding.
fn signs(text: &str) -> Result<Vec<u8>, Base64Fault> {
    let mut signs = Vec::with_capacity(text.len());
    let mut ended = false;
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let sign = match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' => u8::try_from(c).ok(),
            '-' => Some(b'+'),
            '_' => Some(b'/'),
            _ => None,
        };
        match sign {
            Some(sign) if !ended => signs.push(sign),
            None if c == '=' => ended = true,
            Some(_) | None => return Err(Base64Fault::Stranger(c, signs.len() + 1)),
        }
    }
    Ok(signs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_sent_is_plain_and_padded() {
        assert_eq!(encode(b"\xfb\xff\xfe\x01"), "+//+AQ==");
    }

    #[test]
    fn what_people_paste_is_taken() {
        for text in [
            "+//+AQ==",
            "+//+AQ",
            "-__-AQ",
            "  +//+\r\n  AQ==\n",
            "data:image/png;base64,+//+AQ==",
            "DATA:image/svg+xml;charset=utf-8;BASE64, +//+AQ",
            "\"data:;base64,+//+AQ==\"",
        ] {
            assert_eq!(pasted(text), Ok(b"\xfb\xff\xfe\x01".to_vec()), "{text}");
        }
    }

    #[test]
    fn what_is_not_base64_is_said_in_words() {
        for (text, fault, words) in [
            (" \n", Base64Fault::Empty, "is empty"),
            ("data:image/png;base64,", Base64Fault::Empty, "is empty"),
            ("https://acme.example/a.png", Base64Fault::Url, "is a URL, not a picture; give it as a URL instead"),
            (
                "data:image/png;base64",
                Base64Fault::NoComma,
                "begins with data: and has no comma, so no picture follows",
            ),
            (
                "data:image/png,%89PNG",
                Base64Fault::NotEncoded,
                "is a data: URI without ;base64, which is not how a picture is written",
            ),
            ("AAAA\u{1b}", Base64Fault::Stranger('\u{1b}', 5), "is not base64: its character 5 is \"␛\""),
            ("AA=A", Base64Fault::Stranger('A', 3), "is not base64: its character 3 is \"A\""),
            ("AAAAA", Base64Fault::CutShort, "is base64 that stops in the middle; copy it to its end"),
        ] {
            assert_eq!(pasted(text), Err(fault.clone()), "{text}");
            assert_eq!(fault.to_string(), words);
        }
    }

    #[test]
    fn a_text_over_the_limit_is_not_looked_at() {
        assert_eq!(pasted_up_to("AAA=", 3), Err(Base64Fault::TooLong(4)));
        assert_eq!(pasted_up_to("AAA=", 4), Ok(vec![0, 0]));
        let long = Base64Fault::TooLong(60_000_000).to_string();
        assert_eq!(long, "is 60 MB long; at most 50 MB are read");
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
            prop_assert_eq!(pasted(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            if let Err(fault) = pasted(&text) {
                prop_assert!(!fault.to_string().is_empty());
            }
        }
    }
}
