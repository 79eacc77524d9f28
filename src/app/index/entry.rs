//! One person of the index, borrowed.

use std::borrow::Cow;

use crate::app::index::Row;
use crate::domain::listed::Listed;
use crate::domain::roles::Roles;

/// A person as the index holds them. Texts are byte for byte what the service sent; show them only through
/// [`crate::domain::untrusted::visible`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where they are; the same for as long as they are in the index.
    pub row: Row,
    pub(super) id: EntryId<'a>,
    /// The name that signs in.
    pub username: Cow<'a, str>,
    /// Given name; empty where unset.
    pub name: &'a str,
    /// Family name; empty where unset.
    pub surname: &'a str,
    /// Work address; empty where unset.
    pub email: Cow<'a, str>,
    /// The code of the language; empty where unset.
    pub language: &'a str,
    /// Whether the person can sign in, where the reply said it.
    pub enabled: Option<bool>,
    /// Roles by section.
    pub roles: &'a Roles,
}

/// An id in the form that it is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryId<'a> {
    None,
    Packed([u8; 16]),
    Text(&'a str),
}

impl Entry<'_> {
    /// The service's id; none where it gave none.
    pub fn id(&self) -> Option<String> {
        match self.id {
            EntryId::None => None,
            EntryId::Packed(bytes) => Some(unpack(bytes)),
            EntryId::Text(text) => Some(text.to_owned()),
        }
    }

    /// Given and family name, or the username where the service has neither.
    pub fn full_name(&self) -> String {
        let name = format!("{} {}", self.name, self.surname);
        if name.trim().is_empty() { self.username.clone().into_owned() } else { name.trim().to_owned() }
    }

    /// The person as a value of its own.
    pub fn listed(&self) -> Listed {
        Listed {
            id: self.id().map(String::into_boxed_str),
            username: (&*self.username).into(),
            name: self.name.into(),
            surname: self.surname.into(),
            email: (&*self.email).into(),
            language: self.language.into(),
            enabled: self.enabled,
            roles: self.roles.clone().into(),
        }
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The id in half its length, where it is 32 hexadecimal digits in lower case as the service makes them; any other form could not be
/// given back byte for byte.
pub(super) fn pack(id: &str) -> Option<[u8; 16]> {
    let digits: &[u8; 32] = id.as_bytes().try_into().ok()?;
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

fn unpack(bytes: [u8; 16]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_packed_only_where_it_comes_back_as_it_was() {
        let id = "0123456789abcdef00ff7a1e5d3c9b80";
        assert_eq!(pack(id).map(unpack).as_deref(), Some(id));
        for other in
            ["", "7", "0123456789ABCDEF00ff7a1e5d3c9b80", "0123456789abcdef00ff7a1e5d3c9b8g", "ééééééééééééééééé"]
        {
            assert_eq!(pack(other), None, "{other}");
        }
    }
}
