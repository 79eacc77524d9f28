//! What many people have alike, kept once and known by a number: language, enabled and roles together, and the end of the address.
//!
//! A tenant of a hundred thousand has a few hundred combinations of language, enabled and roles, so a filter is asked once for each of
//! them and then once for each person by number. A set of bits for each person was refused: it has to end somewhere, and it cannot tell
//! a section without roles from one that the server did not name.

use std::hash::{DefaultHasher, Hash, Hasher};

use hashbrown::HashTable;

use crate::domain::listed::Listed;
use crate::domain::roles::Roles;

/// One combination of what is filtered by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Traits {
    /// The code of the language; empty where unset.
    pub language: String,
    /// Whether the person can sign in, where the reply said it.
    pub enabled: Option<bool>,
    /// Roles by section.
    pub roles: Roles,
}

/// The same of a person, borrowed: with the same fields in the same order it has the same hash.
#[derive(Hash)]
struct Of<'a> {
    language: &'a str,
    enabled: Option<bool>,
    roles: &'a Roles,
}

impl Shared<Traits> {
    /// The number of a person's combination.
    pub(super) fn number_of(&mut self, listed: &Listed) -> u32 {
        let Listed { language, enabled, roles, .. } = listed;
        let of = Of { language, enabled: *enabled, roles };
        let is_it =
            |traits: &Traits| traits.enabled == *enabled && *traits.language == **language && traits.roles == **roles;
        let make = || Traits { language: language.to_string(), enabled: *enabled, roles: Roles::clone(roles) };
        self.number(hash(&of), is_it, make)
    }
}

impl Shared<Vec<u8>> {
    /// The number of a text.
    pub(super) fn number_of(&mut self, text: &[u8]) -> u32 {
        self.number(hash(text), |one| one == text, || text.to_vec())
    }
}

/// Values that were met, each once, by number. They stay when the last who had one goes: there are few.
#[derive(Clone, Debug)]
pub(super) struct Shared<T> {
    all: Vec<T>,
    numbers: HashTable<u32>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: HashTable::new() }
    }
}

impl<T: Hash> Shared<T> {
    /// The number of a value, which is given one if it has none.
    fn number(&mut self, hash_of: u64, is_it: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> u32 {
        if let Some(number) = self.numbers.find(hash_of, |number| is_it(&self.all[*number as usize])) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(make());
        self.numbers.insert_unique(hash_of, number, |number| hash(&self.all[*number as usize]));
        number
    }

    /// A value by its number.
    pub(super) fn get(&self, number: u32) -> &T {
        &self.all[number as usize]
    }

    /// Every value, in the order of the numbers.
    pub(super) fn all(&self) -> &[T] {
        &self.all
    }
}

/// The same number for the same value in every run.
pub(super) fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_has_the_same_number_and_is_kept_once() {
        let mut shared = Shared::<Vec<u8>>::default();
        let values = [&b"@acme.example"[..], b"", b"@example.org", b"@acme.example"];
        assert_eq!(values.map(|value| shared.number_of(value)), [0, 1, 2, 0]);
        assert_eq!(shared.all().len(), 3);
        assert_eq!(shared.get(2), b"@example.org");
    }

    #[test]
    fn combinations_that_differ_in_one_thing_are_two() {
        let mut shared = Shared::<Traits>::default();
        let user = Roles::from([("play".to_owned(), ["user".to_owned()].into())]);
        let one = Listed { language: "es".into(), enabled: Some(true), roles: user.into(), ..Listed::default() };
        let others = [
            Listed { enabled: None, ..one.clone() },
            Listed { language: "en".into(), ..one.clone() },
            Listed { roles: Roles::from([("play".to_owned(), [].into())]).into(), ..one.clone() },
            Listed { roles: Roles::new().into(), ..one.clone() },
            Listed { username: "somebody else".into(), ..one.clone() },
        ];
        assert_eq!(shared.number_of(&one), 0);
        assert_eq!(others.map(|other| shared.number_of(&other)), [1, 2, 3, 4, 0]);
    }
}
