//! Who is the same person: by id, or by username where there is no id.
//!
//! Two tables of row numbers; what a row is filed under is read from its record, so nothing is kept twice. The table of usernames exists
//! only once somebody without an id was added: services give ids, and then nothing has to be kept for those that do not.

use std::borrow::Cow;

use hashbrown::HashTable;

use crate::app::index::record::Id;
use crate::app::index::shared::hash;
use crate::app::index::{Index, Row, entry, joined};
use crate::domain::listed::Listed;

impl Index {
    /// Where the person with this id is.
    pub fn find_id(&self, id: &str) -> Option<Row> {
        let key = Key::new(id)?;
        let row = self.by_id.find(key.hash(), |row| self.key(Row(*row)).as_ref() == Some(&key));
        row.map(|row| Row(*row))
    }

    /// Where the person with exactly this username is; the first as read, should there be several. Looks at everyone.
    pub fn find_username(&self, username: &str) -> Option<Row> {
        self.living_rows().find(|row| self.username(*row) == username)
    }

    fn username(&self, row: Row) -> Cow<'_, str> {
        let ([username, ..], _) = self.record(row).texts();
        joined(username)
    }

    fn key(&self, row: Row) -> Option<Key<'_>> {
        match self.record(row).texts().1 {
            Id::None => None,
            Id::Beside => Some(Key::Packed(self.ids[row.number()])),
            Id::Here(text) => Key::new(text),
        }
    }

    /// Who a person is taken for.
    pub(super) fn known(&mut self, listed: &Listed) -> Option<Row> {
        if let Some(id) = id_of(listed) {
            let row = self.find_id(id);
            // Someone who came without an id the first time is known by their username only.
            return row.or_else(|| self.find_in_names(&listed.username, |key| key.is_none()));
        }
        self.index_usernames();
        self.find_in_names(&listed.username, |_| true)
    }

    fn find_in_names(&self, username: &str, fits: impl Fn(Option<Key<'_>>) -> bool) -> Option<Row> {
        let names = self.by_username.as_ref()?;
        let is_it = |row: &u32| self.username(Row(*row)) == username && fits(self.key(Row(*row)));
        names.find(hash(username), is_it).map(|row| Row(*row))
    }

    fn index_usernames(&mut self) {
        if self.by_username.is_none() {
            let mut names = HashTable::with_capacity(self.living);
            for row in self.living_rows() {
                names.insert_unique(hash(&*self.username(row)), row.0, |row| hash(&*self.username(Row(*row))));
            }
            self.by_username = Some(names);
        }
    }

    /// Puts a row into the tables.
    pub(super) fn link(&mut self, row: Row) {
        let mut by_id = std::mem::take(&mut self.by_id);
        if let Some(key) = self.key(row) {
            by_id.insert_unique(key.hash(), row.0, |row| self.key(Row(*row)).map_or(0, |key| key.hash()));
        }
        self.by_id = by_id;
        if let Some(mut names) = self.by_username.take() {
            names.insert_unique(hash(&*self.username(row)), row.0, |row| hash(&*self.username(Row(*row))));
            self.by_username = Some(names);
        }
    }

    /// Takes a row out of the tables, while its record still says what it is filed under.
    pub(super) fn unlink(&mut self, row: Row) {
        let mut by_id = std::mem::take(&mut self.by_id);
        if let Some(key) = self.key(row)
            && let Ok(entry) = by_id.find_entry(key.hash(), |one| *one == row.0)
        {
            entry.remove();
        }
        self.by_id = by_id;
        if let Some(mut names) = self.by_username.take() {
            if let Ok(entry) = names.find_entry(hash(&*self.username(row)), |one| *one == row.0) {
                entry.remove();
            }
            self.by_username = Some(names);
        }
    }
}

fn id_of(listed: &Listed) -> Option<&str> {
    listed.id.as_deref().filter(|id| !id.is_empty())
}

/// What a person is filed under.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Packed([u8; 16]),
    Text(&'a str),
}

impl<'a> Key<'a> {
    fn new(id: &'a str) -> Option<Self> {
        entry::pack(id).map(Self::Packed).or((!id.is_empty()).then_some(Self::Text(id)))
    }

    fn hash(&self) -> u64 {
        hash(self)
    }
}
