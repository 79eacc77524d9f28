//! Bytes that may be anything, read as a copy or refused.

use std::sync::Arc;

use crate::codec::people::{CopyFault, ID_DIGITS, ID_NONE, ID_TEXT};
use crate::domain::listed::Listed;
use crate::domain::roles::Roles;

/// What has not been read yet.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Begins at the first of these bytes.
    pub fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// Ends the reading, and says whether everything had been read.
    pub fn finish(&mut self) -> bool {
        std::mem::take(&mut self.rest).is_empty()
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, CopyFault> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// As many bytes as are asked for.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CopyFault> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(CopyFault::Damaged)?;
        self.rest = rest;
        Ok(*array)
    }

    /// A length and a text of so many bytes.
    pub fn text(&mut self) -> Result<&'a str, CopyFault> {
        let length = self.number()?;
        let (text, rest) = self.rest.split_at_checked(length).ok_or(CopyFault::Damaged)?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| CopyFault::Damaged)
    }

    /// How many entries follow. Every entry takes a byte at least, so a number above the bytes that are left is a lie.
    pub fn count(&mut self) -> Result<usize, CopyFault> {
        self.number().and_then(|count| if count <= self.rest.len() { Ok(count) } else { Err(CopyFault::Damaged) })
    }

    /// A number and as many entries.
    pub fn list<T>(&mut self, entry: impl Fn(&mut Self) -> Result<T, CopyFault>) -> Result<Vec<T>, CopyFault> {
        (0..self.count()?).map(|_| entry(self)).collect()
    }

    /// The roles of one combination.
    pub fn combination(&mut self) -> Result<Roles, CopyFault> {
        let section = |reader: &mut Self| {
            let section = reader.text()?.to_owned();
            let roles = reader.list(|reader| reader.text().map(str::to_owned))?;
            Ok((section, roles.into_iter().collect()))
        };
        Ok(self.list(section)?.into_iter().collect())
    }

    /// One person.
    pub fn row(&mut self, roles: &[Arc<Roles>], languages: &[Arc<str>]) -> Result<Listed, CopyFault> {
        let flags = self.byte()?;
        let enabled = match flags >> 2 {
            0 => None,
            1 => Some(false),
            2 => Some(true),
            _ => return Err(CopyFault::Damaged),
        };
        let roles = roles.get(self.number()?).ok_or(CopyFault::Damaged)?;
        let language = languages.get(self.number()?).ok_or(CopyFault::Damaged)?;
        let id = match flags & 3 {
            ID_NONE => None,
            ID_TEXT => Some(self.text()?.into()),
            ID_DIGITS => Some(unpacked(self.array()?)),
            _ => return Err(CopyFault::Damaged),
        };
        Ok(Listed {
            id,
            username: self.text()?.into(),
            name: self.text()?.into(),
            surname: self.text()?.into(),
            email: self.text()?.into(),
            language: Arc::clone(language),
            enabled,
            roles: Arc::clone(roles),
        })
    }

    fn number(&mut self) -> Result<usize, CopyFault> {
        let mut value = 0;
        for shift in (0..usize::BITS - 7).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(CopyFault::Damaged)
    }
}

/// A hundred thousand of these are made at every start, so the digits are set in place and not pushed one by one.
fn unpacked(bytes: [u8; 16]) -> Box<str> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [0; 32];
    for (two, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *two = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    String::from_utf8_lossy(&digits).into()
}
