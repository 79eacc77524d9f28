//! The key that addresses one user in a path: an id or a username.

use std::fmt;

use crate::domain::untrusted::visible;

/// An id or a username that is safe as the last segment of a path, byte for byte (api.md 7, row 22).
///
/// `..` would address the collection, and a URL parser drops line feeds and tabs in silence, which would address another
/// person: such keys are refused here, before any URL is built.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserKey(String);

/// Why a text cannot be a [`UserKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// Nothing there.
    Empty,
    /// `.` or `..`, which a path resolves away.
    Dots,
    /// A character that changes the meaning of a path, or that cannot be seen.
    Character(char),
    /// A blank at either end.
    Blank,
    /// More than [`UserKey::MAX`] bytes.
    Long,
}

impl UserKey {
    /// The longest key in bytes. The vendor states no limit; a path much longer than this is cut by gateways.
    pub const MAX: usize = 255;

    /// Takes a key that is safe in a path.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        if text.is_empty() {
            return Err(KeyFault::Empty);
        }
        if text == "." || text == ".." {
            return Err(KeyFault::Dots);
        }
        if let Some(c) =
            text.chars().find(|c| matches!(c, '/' | '\\' | '?' | '#' | '%') || crate::domain::untrusted::is_hidden(*c))
        {
            return Err(KeyFault::Character(c));
        }
        if text.trim() != text {
            return Err(KeyFault::Blank);
        }
        if text.len() > Self::MAX {
            return Err(KeyFault::Long);
        }
        Ok(Self(text.to_owned()))
    }

    /// The key, as it goes into the path before percent-encoding.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this has the shape of the vendor's ids: 32 hexadecimal digits (api.md 4).
    pub fn is_id(&self) -> bool {
        self.0.len() == 32 && self.0.bytes().all(|b| b.is_ascii_hexdigit())
    }
}

impl fmt::Display for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("needs a username"),
            Self::Dots => f.write_str("dots alone would address something else"),
            Self::Character(c) => write!(f, "{} cannot stand in a username", visible(&c.to_string())),
            Self::Blank => f.write_str("has a blank at an end"),
            Self::Long => write!(f, "is longer than {} bytes", UserKey::MAX),
        }
    }
}

impl std::error::Error for KeyFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_change_the_path_are_refused() {
        for bad in ["", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2e", "x\r\ny", "x\ty", " a", "a ", "a\u{202e}b"] {
            assert!(UserKey::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(UserKey::parse(&"a".repeat(256)), Err(KeyFault::Long));
    }

    #[test]
    fn keys_of_people_are_taken_as_they_are() {
        for good in
            ["restuser.acme", "...", "ñandú", "a b", "o'neil+x@acme.example", "ff808181556ee70e015572136a250012"]
        {
            assert_eq!(UserKey::parse(good).map(|key| key.as_str().to_owned()), Ok(good.to_owned()));
        }
        assert!(UserKey::parse("ff808181556ee70e015572136a250012").is_ok_and(|key| key.is_id()));
        assert!(UserKey::parse("restuser.acme").is_ok_and(|key| !key.is_id()));
    }
}
