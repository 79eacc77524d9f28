//! SHA-256 of things that have a meaning: a line of a file of people, all its lines, a plan.
//!
//! Every part goes in with its length before it, so that two parts can never be taken for two others. What is digested is the meaning and
//! not the bytes: the same people saved by another program, with another separator, are the same file. A password is never digested: the
//! digest of a short text can be guessed (faults.md, design consequence 6).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::domain::draft::Entry;
use crate::domain::row::{ImageSource, Row};

/// A SHA-256, shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Reads what its `Display` wrote, in small letters.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || text.bytes().any(|b| !matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// The bytes, to keep.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first half, to remember many.
    pub(in crate::codec) fn half(self) -> u128 {
        self.0.iter().take(16).fold(0, |half, byte| (half << 8) | u128::from(*byte))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| Error::custom("a digest of 64 hexadecimal digits is wanted"))
    }
}

/// Takes parts in, and gives their digest.
#[derive(Clone)]
pub struct Hasher(Sha256);

impl Hasher {
    /// A hasher for one kind of thing: digests of different kinds are never alike.
    pub fn new(kind: &str) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.part(kind.as_bytes());
        hasher
    }

    /// Takes a part in.
    pub fn part(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The digest of all parts.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// The digest of bytes alone.
pub fn of(kind: &str, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(kind);
    hasher.part(bytes);
    hasher.finish()
}

/// What a line says, without its number and without the password, whether there is one or not.
pub fn row(row: &Row) -> Digest {
    let mut hasher = Hasher::new("row 1");
    let mut pair = |name: &str, value: &str| {
        hasher.part(name.as_bytes());
        hasher.part(value.as_bytes());
    };
    if let Some(id) = &row.id {
        pair("id", id);
    }
    for (field, entry) in &row.entries {
        let key = field.spec().key;
        match entry {
            Entry::Text(text) => pair(key, text),
            Entry::Switch(on) => pair(key, if *on { "true" } else { "false" }),
            Entry::Cleared => pair(&format!("clear {key}"), ""),
            Entry::Secret(_) => {}
        }
    }
    for (section, roles) in &row.roles {
        pair("roles", section);
        for role in roles {
            pair("role", role);
        }
    }
    for (key, value) in &row.extended {
        pair("extended", key);
        if let Some(value) = value {
            pair("value", value);
        }
    }
    match &row.image {
        Some(ImageSource::Url(url)) => pair("image url", url),
        Some(ImageSource::File(way)) => pair("image file", way),
        Some(ImageSource::Inline(text)) => pair("image base64", text),
        None => {}
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fields::Field;
    use crate::domain::secret::Secret;

    fn line(texts: &[(Field, &str)]) -> Row {
        let entries = texts.iter().map(|(field, text)| (*field, Entry::Text((*text).to_owned()))).collect();
        Row { line: 2, entries, ..Row::default() }
    }

    #[test]
    fn a_digest_is_the_one_of_the_standard_and_reads_back() {
        // printf '\x01\0\0\0\0\0\0\0a\x02\0\0\0\0\0\0\0bc' | sha256sum
        let digest = of("a", b"bc");
        assert_eq!(digest.to_string(), "9a8acca1b6c6c0befd3fbc756aed625da998c998f7252e738c4ef061906b9b21");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        for bad in ["", "8b", &"g".repeat(64), &"A".repeat(64), &"é".repeat(32)] {
            assert_eq!(Digest::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_line_is_its_meaning_without_number_and_password() {
        let plain = line(&[(Field::Username, "marta"), (Field::Name, "Marta")]);
        let mut same = line(&[(Field::Name, "Marta"), (Field::Username, "marta")]);
        same.line = 99;
        same.entries.insert(Field::Password, Entry::Secret(Secret::new("1234".into())));
        assert_eq!(row(&plain), row(&same));
    }

    #[test]
    fn every_difference_of_meaning_is_a_difference() {
        let mut all = vec![
            row(&line(&[(Field::Name, "a"), (Field::Surname, "b")])),
            row(&line(&[(Field::Name, "ab"), (Field::Surname, "")])),
            row(&line(&[(Field::Name, "a")])),
            row(&Row { id: Some("a".into()), ..Row::default() }),
            row(&Row { image: Some(ImageSource::File("a".into())), ..Row::default() }),
            row(&Row { image: Some(ImageSource::Url("a".into())), ..Row::default() }),
            row(&Row { roles: [("a".to_owned(), ["b".to_owned()].into())].into(), ..Row::default() }),
            row(&Row { roles: [("c".to_owned(), ["b".to_owned()].into())].into(), ..Row::default() }),
            row(&Row { roles: [("a".to_owned(), [].into())].into(), ..Row::default() }),
            row(&Row { entries: [(Field::Enabled, Entry::Switch(true))].into(), ..Row::default() }),
            row(&Row { entries: [(Field::Enabled, Entry::Switch(false))].into(), ..Row::default() }),
            row(&Row { entries: [(Field::Location, Entry::Cleared)].into(), ..Row::default() }),
        ];
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
