//! The bytes of one person in the arena: first the texts as they are searched, then what cannot be told from them.
//!
//! ```text
//! flags | lengths of the folded username, name, surname, e-mail before its @ | searched | own texts | id
//! searched:  [username \n] name surname \n e-mail before its @
//! own text:  length, bytes as the service sent them
//! ```
//!
//! Three things keep it short. A text that is its own folding, as nearly every username and address is, is not written twice. Where the
//! address is the username or begins with it (`marta.lopez`, `marta.lopez@acme.example`), the username is not written apart: less to keep
//! and less to look through. And what stands behind the `@` is kept once for everyone who has it ([`crate::app::index::shared`]). Lengths
//! are written in as few bytes as they need, so that no text is too long.

use crate::app::index::fold::fold;
use crate::domain::listed::Listed;

/// Stands between the searched texts. No folded text contains it, so nothing that is searched for reaches across.
pub(super) const BETWEEN: u8 = b'\n';

const USERNAME: usize = 0;
const NAME: usize = 1;
const SURNAME: usize = 2;
const EMAIL: usize = 3;

// Bits 0 to 3: the text of that number has an own form.
/// The username is the beginning of the address, before its `@`.
const BEGINS_EMAIL: u8 = 1 << 4;
/// The username is the address.
const IS_EMAIL: u8 = 1 << 5;
const ID_HERE: u8 = 1 << 6;
const ID_BESIDE: u8 = 1 << 7;

/// Where the id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Id<'a> {
    /// The service gave none.
    None,
    /// Packed, outside the arena.
    Beside,
    /// As text, in the record.
    Here(&'a str),
}

/// Writes a person, and answers with what stands behind the last `@` of the folded address, and with the `@`; empty where there is none.
pub(super) fn write(listed: &Listed, id: Id<'_>, out: &mut Vec<u8>) -> Vec<u8> {
    let texts: [&str; 4] = [&listed.username, &listed.name, &listed.surname, &listed.email];
    let mut folded = texts.map(fold);
    let has_own = [0, 1, 2, 3].map(|at: usize| texts[at].as_bytes() != folded[at]);
    let is_email = folded[USERNAME] == folded[EMAIL];
    let at = memchr::memrchr(b'@', &folded[EMAIL]).unwrap_or(folded[EMAIL].len());
    let domain = folded[EMAIL].split_off(at);
    let begins_email = !is_email && folded[EMAIL].starts_with(&folded[USERNAME]);

    let mut flags = (0..4).filter(|at| has_own[*at]).fold(0, |flags, at| flags | 1 << at);
    flags |= if is_email { IS_EMAIL } else { 0 };
    flags |= if begins_email { BEGINS_EMAIL } else { 0 };
    let (id_flag, id) = match id {
        Id::None => (0, None),
        Id::Beside => (ID_BESIDE, None),
        Id::Here(text) => (ID_HERE, Some(text)),
    };
    out.push(flags | id_flag);
    for text in &folded {
        write_length(text.len(), out);
    }

    if !is_email && !begins_email {
        out.extend_from_slice(&folded[USERNAME]);
        out.push(BETWEEN);
    }
    out.extend_from_slice(&folded[NAME]);
    if !folded[NAME].is_empty() && !folded[SURNAME].is_empty() {
        out.push(b' ');
    }
    out.extend_from_slice(&folded[SURNAME]);
    out.push(BETWEEN);
    out.extend_from_slice(&folded[EMAIL]);

    let own = (0..4).filter(|at| has_own[*at]).map(|at| texts[at]);
    for text in own.chain(id) {
        write_length(text.len(), out);
        out.extend_from_slice(text.as_bytes());
    }
    domain
}

fn write_length(mut length: usize, out: &mut Vec<u8>) {
    while length > 0x7F {
        out.push(0x80 | u8::try_from(length & 0x7F).unwrap_or(0));
        length >>= 7;
    }
    out.push(u8::try_from(length).unwrap_or(0));
}

/// A length, and what comes after it.
fn read_length(bytes: &[u8]) -> (usize, &[u8]) {
    // Nearly every length is one byte, and this is read for every person who is looked at.
    let first = usize::from(bytes[0]);
    if first < 0x80 {
        return (first, &bytes[1..]);
    }
    let (mut length, mut at) = (first & 0x7F, 1);
    loop {
        let byte = usize::from(bytes[at]);
        length |= (byte & 0x7F) << (7 * at);
        at += 1;
        if byte < 0x80 {
            return (length, &bytes[at..]);
        }
    }
}

/// A person in the arena. Reads what [`write()`] wrote, and nothing else is ever there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    flags: u8,
    lengths: [usize; 4],
    /// The folded texts, as the module's page draws them.
    pub(super) searched: &'a [u8],
    rest: &'a [u8],
    domain: &'a [u8],
    arena: usize,
}

impl<'a> Record<'a> {
    /// The record that begins where these bytes begin, of somebody whose address ends like this.
    pub(super) fn read(bytes: &'a [u8], domain: &'a [u8]) -> Self {
        let flags = bytes[0];
        let (username, rest) = read_length(&bytes[1..]);
        let (name, rest) = read_length(rest);
        let (surname, rest) = read_length(rest);
        let (email, rest) = read_length(rest);
        let alone = if flags & (IS_EMAIL | BEGINS_EMAIL) == 0 { username + 1 } else { 0 };
        let full = name + surname + usize::from(name > 0 && surname > 0);
        let (searched, rest) = rest.split_at(alone + full + 1 + email);
        Self { flags, lengths: [username, name, surname, email], searched, rest, domain, arena: bytes.len() }
    }

    /// The folded texts that letters may be scattered over: the username where it is written apart, the full name, the address up to its
    /// `@`. What stands behind that is alike for most people, and letters of it would find everyone.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a [u8]> {
        let alone = (self.flags & (IS_EMAIL | BEGINS_EMAIL) == 0).then(|| &self.searched[..self.lengths[USERNAME]]);
        alone.into_iter().chain([self.full_name(), self.before_at()])
    }

    /// The folded username, in two pieces that belong together.
    pub(super) fn username(&self) -> [&'a [u8]; 2] {
        if self.flags & IS_EMAIL != 0 {
            return self.email();
        }
        let text = if self.flags & BEGINS_EMAIL == 0 { self.searched } else { self.before_at() };
        [&text[..self.lengths[USERNAME]], &[]]
    }

    /// The folded given and family name, with a blank between.
    pub(super) fn full_name(&self) -> &'a [u8] {
        let end = self.searched.len() - self.lengths[EMAIL] - 1;
        let begin = if self.flags & (IS_EMAIL | BEGINS_EMAIL) == 0 { self.lengths[USERNAME] + 1 } else { 0 };
        &self.searched[begin..end]
    }

    /// The folded family name.
    pub(super) fn surname(&self) -> &'a [u8] {
        let full = self.full_name();
        &full[full.len() - self.lengths[SURNAME]..]
    }

    /// The folded address, up to the last `@` and from there.
    pub(super) fn email(&self) -> [&'a [u8]; 2] {
        [self.before_at(), self.domain]
    }

    fn before_at(&self) -> &'a [u8] {
        &self.searched[self.searched.len() - self.lengths[EMAIL]..]
    }

    /// Username, name, surname and e-mail as the service sent them, each in two pieces that belong together, and where the id is.
    pub(super) fn texts(&self) -> ([[&'a str; 2]; 4], Id<'a>) {
        let name = &self.full_name()[..self.lengths[NAME]];
        let folded = [self.username(), [name, &[]], [self.surname(), &[]], self.email()];
        let mut rest = self.rest;
        let mut next = |is_there: bool| {
            is_there.then(|| {
                let (length, text) = read_length(rest);
                let (text, after) = text.split_at(length);
                rest = after;
                text
            })
        };
        let mut texts = [[""; 2]; 4];
        for (at, folded) in folded.into_iter().enumerate() {
            let own = next(self.flags & 1 << at != 0).map(|text| [text, &[]]);
            texts[at] = own.unwrap_or(folded).map(as_text);
        }
        let id = next(self.flags & ID_HERE != 0).map(as_text);
        (texts, id.map_or(if self.flags & ID_BESIDE == 0 { Id::None } else { Id::Beside }, Id::Here))
    }

    /// How many bytes of the arena it takes.
    pub(super) fn size(&self) -> usize {
        let own = (self.flags & 0x0F).count_ones() + u32::from(self.flags & ID_HERE != 0);
        let rest = (0..own).fold(self.rest, |rest, _| {
            let (length, text) = read_length(rest);
            &text[length..]
        });
        self.arena - rest.len()
    }
}

/// Only whole texts are written, and an `@` never parts a letter, so the check never fails; it is made all the same because safe code has
/// no way around it, and it runs only for the lines that a screen shows.
fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed([username, name, surname, email]: [&str; 4]) -> Listed {
        let [username, name, surname, email] = [username, name, surname, email].map(Box::from);
        Listed { username, name, surname, email, ..Listed::default() }
    }

    fn searched(texts: [&str; 4]) -> (String, usize) {
        let mut bytes = Vec::new();
        let domain = write(&listed(texts), Id::Beside, &mut bytes);
        let record = Record::read(&bytes, &domain);
        (as_text(record.searched).to_owned(), record.fields().count())
    }

    #[test]
    fn a_username_is_written_apart_only_where_the_address_does_not_say_it() {
        for (texts, expected) in [
            (["marta.lopez", "Marta", "López", "marta.lopez@acme.example"], ("marta lopez\nmarta.lopez", 2)),
            (["Marta@Acme.example", "Marta", "", "marta@acme.example"], ("marta\nmarta", 2)),
            (["marta@acme", "Marta", "", "marta@acme.example"], ("marta@acme\nmarta\nmarta", 3)),
            (["u7", "", "Vidal", "nora@acme.example"], ("u7\nvidal\nnora", 3)),
            (["u7", "", "", ""], ("u7\n\n", 3)),
        ] {
            assert_eq!(searched(texts), (expected.0.to_owned(), expected.1), "{texts:?}");
        }
    }

    #[test]
    fn no_text_is_too_long() {
        for length in [127, 128, 16_383, 16_384, 70_000] {
            let long = "x".repeat(length);
            let mut bytes = Vec::new();
            write(&listed(["u", &long, "É", ""]), Id::Here(&long), &mut bytes);
            let (texts, id) = Record::read(&bytes, &[]).texts();
            assert_eq!((texts[1].concat(), texts[2].concat(), id), (long.clone(), "É".to_owned(), Id::Here(&long)));
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_byte_for_byte(
            texts in proptest::array::uniform4("\\PC{0,9}|[A-Za-z .@\\t\\n]{0,9}|[ab@]{0,3}|x{120,140}|é{62,66}"),
            id in proptest::option::of(".{0,40}"),
            after in any::<Vec<u8>>(),
        ) {
            let id = id.as_deref().map_or(Id::None, Id::Here);
            let mut bytes = Vec::new();
            let domain = write(&listed(texts.each_ref().map(String::as_str)), id, &mut bytes);
            let size = bytes.len();
            bytes.extend(after);
            let record = Record::read(&bytes, &domain);
            let (read, read_id) = record.texts();
            prop_assert_eq!(read.map(|pieces| pieces.concat()), texts.clone());
            prop_assert_eq!(read_id, id);
            prop_assert_eq!(record.size(), size);
            prop_assert_eq!(record.username().concat(), fold(&texts[0]));
            prop_assert_eq!(record.surname(), fold(&texts[2]));
            prop_assert_eq!(record.email().concat(), fold(&texts[3]));
        }
    }
}
