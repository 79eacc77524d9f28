//! The list of people as bytes, for the copy that is kept between two runs.
//!
//! ```text
//! magic 8 | version u16 | checksum u64 | tenant, address | read at i64 | progress u8 u32 | roles | languages | rows
//! row: flags u8 | roles, language (places in the tables) | id | username | name | surname | e-mail
//! ```
//!
//! Numbers of the head are little-endian, all others and all lengths are LEB128. An id of 32 small hexadecimal digits, which is what the
//! vendor's are, takes 16 bytes. Not JSON lines: 100,000 people are to be there before the first picture of the screen, and this is one
//! pass without a parser.
//!
//! Deliberately not here: files, and anything of a person that the list does not show.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use crate::codec::people::reader::Reader;
use crate::domain::listed::{Kept, Listed, Progress};
use crate::domain::roles::Roles;

mod reader;

/// The first bytes of every copy.
const MAGIC: &[u8; 8] = b"nxpeople";

/// The version of what follows.
pub const VERSION: u16 = 1;

/// What a row of the vendor's examples takes, so that the buffer seldom grows.
const ROW: usize = 110;

/// The magic, the version and the checksum.
const HEAD: usize = 18;

/// Whose people they are. A copy of another tenant or address is refused even under the right name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// The tenant's name in the configuration.
    pub tenant: &'a str,
    /// Its address.
    pub base_url: &'a str,
}

/// Why bytes are not a copy that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyFault {
    /// Something else altogether.
    NotOurs,
    /// Another version of this program made it.
    Version(u16),
    /// Cut short, or changed since it was written.
    Damaged,
    /// Another tenant's, or of another address.
    Elsewhere,
}

impl fmt::Display for CopyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOurs => f.write_str("is not a list of people that this program has kept"),
            Self::Version(version) => write!(f, "was kept by another version of this program (format {version})"),
            Self::Damaged => f.write_str("is damaged"),
            Self::Elsewhere => f.write_str("is of another tenant or address"),
        }
    }
}

impl std::error::Error for CopyFault {}

/// Writes a copy. The people may be made one by one: no two of them are held at the same time.
pub fn encode<P: Borrow<Listed>>(
    source: Source<'_>,
    read_at: i64,
    progress: Progress,
    people: impl IntoIterator<Item = P>,
) -> Vec<u8> {
    let people = people.into_iter();
    let mut rows = Vec::with_capacity(people.size_hint().0 * ROW);
    let (mut roles, mut languages, mut count) = (Table::new(), Table::new(), 0);
    for person in people {
        let person = person.borrow();
        row(&mut rows, person, roles.place(&person.roles), languages.place(&person.language));
        count += 1;
    }
    let mut out = Vec::with_capacity(rows.len() + 4096);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    text(&mut out, source.tenant);
    text(&mut out, source.base_url);
    out.extend_from_slice(&read_at.to_le_bytes());
    let (kind, next) = match progress {
        Progress::Complete => (0, 0),
        Progress::UpTo(next) => (1, next),
    };
    out.push(kind);
    out.extend_from_slice(&next.to_le_bytes());
    number(&mut out, roles.entries.len());
    roles.entries.iter().for_each(|roles| combination(&mut out, roles));
    number(&mut out, languages.entries.len());
    languages.entries.iter().for_each(|language| text(&mut out, language));
    number(&mut out, count);
    out.append(&mut rows);
    let sum = checksum(&out[HEAD..]);
    out[HEAD - 8..HEAD].copy_from_slice(&sum.to_le_bytes());
    out
}

/// Opens a copy: everything but the people, who come one by one.
///
/// # Errors
/// The bytes are no copy of this version and source. Whatever they are, no memory is taken for more than they hold.
pub fn open<'a>(bytes: &'a [u8], source: Source<'_>) -> Result<People<'a>, CopyFault> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(CopyFault::NotOurs)?;
    let (version, rest) = rest.split_first_chunk().ok_or(CopyFault::Damaged)?;
    let version = u16::from_le_bytes(*version);
    if version != VERSION {
        return Err(CopyFault::Version(version));
    }
    let (sum, rest) = rest.split_first_chunk().ok_or(CopyFault::Damaged)?;
    if u64::from_le_bytes(*sum) != checksum(rest) {
        return Err(CopyFault::Damaged);
    }
    let mut reader = Reader::new(rest);
    if reader.text()? != source.tenant || reader.text()? != source.base_url {
        return Err(CopyFault::Elsewhere);
    }
    let read_at = i64::from_le_bytes(reader.array()?);
    let progress = match (reader.byte()?, u32::from_le_bytes(reader.array()?)) {
        (0, _) => Progress::Complete,
        (1, next) => Progress::UpTo(next),
        _ => return Err(CopyFault::Damaged),
    };
    let roles = reader.list(|reader| reader.combination().map(Arc::new))?;
    let languages = reader.list(|reader| reader.text().map(Arc::<str>::from))?;
    let left = reader.count()?;
    Ok(People { kept: Kept { read_at, progress }, reader, roles, languages, left })
}

/// The people of a copy, one after the other. A fault ends them. After a right checksum there is none unless the writer was wrong.
pub struct People<'a> {
    /// When and how far they were read.
    pub kept: Kept,
    reader: Reader<'a>,
    roles: Vec<Arc<Roles>>,
    languages: Vec<Arc<str>>,
    left: usize,
}

impl Iterator for People<'_> {
    type Item = Result<Listed, CopyFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(left) = self.left.checked_sub(1) else {
            return (!self.reader.finish()).then_some(Err(CopyFault::Damaged));
        };
        let row = self.reader.row(&self.roles, &self.languages);
        self.left = if row.is_ok() { left } else { 0 };
        if row.is_err() {
            self.reader.finish();
        }
        Some(row)
    }
}

/// Every different value once, in the order of their first appearance.
struct Table<T: ?Sized> {
    entries: Vec<Arc<T>>,
    places: HashMap<Arc<T>, usize>,
    last: usize,
}

impl<T: Hash + Eq + ?Sized> Table<T> {
    fn new() -> Self {
        Self { entries: Vec::new(), places: HashMap::new(), last: 0 }
    }

    fn place(&mut self, value: &Arc<T>) -> usize {
        // Most rows share what they have with the one before, and comparing two pointers is quicker than hashing a map.
        if self.entries.get(self.last).is_some_and(|last| Arc::ptr_eq(last, value)) {
            return self.last;
        }
        self.last = self.places.get(value).copied().unwrap_or_else(|| {
            self.places.insert(Arc::clone(value), self.entries.len());
            self.entries.push(Arc::clone(value));
            self.entries.len() - 1
        });
        self.last
    }
}

/// Eight bytes at a time, because it is done at every start. It finds accidents; against malice there is the mode of the file.
fn checksum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(PRIME).rotate_left(29);
    let sum = words.iter().fold(0xcbf2_9ce4_8422_2325, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(mix(sum, bytes.len() as u64), |sum, byte| mix(sum, u64::from(*byte)))
}

fn number(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn combination(out: &mut Vec<u8>, roles: &Roles) {
    number(out, roles.len());
    for (section, roles) in roles {
        text(out, section);
        number(out, roles.len());
        for role in roles {
            text(out, role);
        }
    }
}

/// What the id of a row is: none, a text, or 32 digits in 16 bytes.
const ID_NONE: u8 = 0;
const ID_TEXT: u8 = 1;
const ID_DIGITS: u8 = 2;

fn row(out: &mut Vec<u8>, person: &Listed, roles: usize, language: usize) {
    let enabled = match person.enabled {
        None => 0,
        Some(false) => 1,
        Some(true) => 2,
    };
    let digits = person.id.as_deref().and_then(packed);
    let id = match (&person.id, digits) {
        (None, _) => ID_NONE,
        (Some(_), None) => ID_TEXT,
        (Some(_), Some(_)) => ID_DIGITS,
    };
    out.push(id | enabled << 2);
    number(out, roles);
    number(out, language);
    match (&person.id, digits) {
        (_, Some(digits)) => out.extend_from_slice(&digits),
        (Some(id), None) => text(out, id),
        (None, None) => {}
    }
    for part in [&person.username, &person.name, &person.surname, &person.email] {
        text(out, part);
    }
}

/// 32 small hexadecimal digits as 16 bytes; nothing for any other text, so that unpacking gives back the very same.
fn packed(id: &str) -> Option<[u8; 16]> {
    let is_small = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    if id.len() != 32 || !id.as_bytes().iter().all(is_small) {
        return None;
    }
    u128::from_str_radix(id, 16).ok().map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests;
