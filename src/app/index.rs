//! Everyone who was read, in one piece of memory that is quick to look through: what the People screen searches.
//!
//! A hundred thousand people as a hundred thousand structures of strings are 60 MB and as many places in memory to visit for each letter
//! typed. Here their texts lie in one arena one after the other ([`record`]), folded for searching ([`fold`]) and as they were sent; what
//! people share is kept once ([`shared`]); ids are 16 bytes. [`search::Search`] is what somebody looks for and what was found,
//! [`marks::Marks`] who is marked. `cargo bench --bench people` says what it costs.
//!
//! A person has a [`Row`], and keeps it: rows are not given again when somebody goes, so that marks, a cursor and an earlier result
//! cannot end up at somebody else.
//!
//! Deliberately not here: reading pages, files, the age of the copy, drawing. The index is a value and the same people make the same one.

use std::borrow::Cow;
use std::fmt;

use hashbrown::HashTable;

use crate::domain::listed::Listed;

pub mod entry;
pub mod fold;
mod identity;
mod letters;
pub mod marks;
mod order;
mod record;
mod score;
pub mod search;
pub mod shared;

use entry::{Entry, EntryId};
use letters::Letters;
use marks::Marks;
use record::{Id, Record};
use shared::{Shared, Traits};

/// Where a person is, for as long as the index exists. Counted in the order of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(u32);

impl Row {
    /// How many were read before them.
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// What became of a person who was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landed {
    /// Nobody with that id, or that username where there is no id, was there.
    New(Row),
    /// They were there, with other values.
    Changed(Row),
    /// They were there exactly so. A page of nothing else has nothing new (api.md 7, row 10).
    Same(Row),
}

impl Landed {
    /// Where they are.
    pub fn row(self) -> Row {
        let (Self::New(row) | Self::Changed(row) | Self::Same(row)) = self;
        row
    }
}

/// Everyone who was read. See the module's page.
#[derive(Clone, Default)]
pub struct Index {
    arena: Vec<u8>,
    /// Where each row's record begins; [`GONE`] for who was removed.
    at: Vec<usize>,
    letters: Vec<Letters>,
    traits_of: Vec<u32>,
    traits: Shared<Traits>,
    domain_of: Vec<u32>,
    domains: Shared<Vec<u8>>,
    ids: Vec<[u8; 16]>,
    by_id: HashTable<u32>,
    /// Only once somebody without an id was added ([`identity`]).
    by_username: Option<HashTable<u32>>,
    living: usize,
    /// Bytes of the arena that belong to nobody any more.
    waste: usize,
    changes: Changes,
    scratch: Vec<u8>,
}

const GONE: usize = usize::MAX;

/// Who was changed or removed, so that a result can follow without being made again.
#[derive(Clone, Debug, Default)]
struct Changes {
    rows: Vec<Row>,
    forgotten: usize,
}

/// A longer list is dropped: looking at everyone again is quicker than following it.
const CHANGES_KEPT: usize = 4096;

/// Below this much waste the arena is not worth copying.
const WASTE_ALLOWED: usize = 64 * 1024;

impl Index {
    /// Adds a person, or takes them for the newer state of someone who is there: by id, or by username where either has none. An id
    /// that is empty is none; else a service that leaves ids empty would have one user.
    pub fn add(&mut self, listed: &Listed) -> Landed {
        match self.known(listed) {
            Some(row) if self.put(row, listed) => Landed::Changed(row),
            Some(row) => Landed::Same(row),
            None => Landed::New(self.append(listed)),
        }
    }

    /// Writes a person over a row, whoever was there; answers whether anything is different now. Somebody else with the same id goes.
    pub fn replace(&mut self, row: Row, listed: &Listed) -> bool {
        if let Some(twin) = self.known(listed).filter(|twin| *twin != row) {
            self.remove_row(twin);
        }
        self.get(row).is_some() && self.put(row, listed)
    }

    /// Forgets a person, by id; answers where they were.
    pub fn remove(&mut self, id: &str) -> Option<Row> {
        let row = self.find_id(id)?;
        self.remove_row(row);
        Some(row)
    }

    /// Forgets a person, by row.
    pub fn remove_row(&mut self, row: Row) {
        if self.get(row).is_some() {
            self.unlink(row);
            self.waste += self.record(row).size();
            self.at[row.number()] = GONE;
            self.living -= 1;
            self.changed(row);
        }
    }

    /// Forgets everyone who is not in the set, and answers how many those were. After reading all pages again, who was not met is no
    /// longer there; collecting the rows of [`Index::add`] on the way costs a bit a person where a second index would cost all of it again.
    pub fn keep_only(&mut self, met: &Marks) -> usize {
        let gone: Vec<Row> = self.living_rows().filter(|row| !met.contains(*row)).collect();
        for row in &gone {
            self.remove_row(*row);
        }
        gone.len()
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.living
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.living == 0
    }

    /// How many rows were ever given; rows below it may be of people who are gone.
    pub fn rows(&self) -> usize {
        self.at.len()
    }

    /// A person; none where they are gone.
    pub fn get(&self, row: Row) -> Option<Entry<'_>> {
        if !self.is_living(row) {
            return None;
        }
        let ([username, name, surname, email], id) = self.record(row).texts();
        let Traits { language, enabled, roles } = self.traits.get(self.traits_of[row.number()]);
        let id = match id {
            Id::None => EntryId::None,
            Id::Beside => EntryId::Packed(self.ids[row.number()]),
            Id::Here(text) => EntryId::Text(text),
        };
        let [[name, _], [surname, _]] = [name, surname];
        let [username, email] = [username, email].map(joined);
        Some(Entry { row, id, username, name, surname, email, language, enabled: *enabled, roles })
    }

    /// Everyone, as read.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.living_rows().filter_map(|row| self.get(row))
    }

    /// The languages, enabled states and roles that people have or had, each combination once: what a filter can be chosen from.
    pub fn combinations(&self) -> &[Traits] {
        self.traits.all()
    }

    /// Bytes of memory that the people take: what is allocated, not what the system has given so far.
    pub fn bytes(&self) -> usize {
        let tables = [Some(&self.by_id), self.by_username.as_ref()].into_iter().flatten();
        self.arena.capacity()
            + self.at.capacity() * size_of::<usize>()
            + self.letters.capacity() * size_of::<Letters>()
            + (self.traits_of.capacity() + self.domain_of.capacity()) * size_of::<u32>()
            + self.ids.capacity() * size_of::<[u8; 16]>()
            + tables.map(HashTable::allocation_size).sum::<usize>()
    }

    /// Gives back memory that was taken for more people than came. Worth it once everyone was read.
    pub fn shrink(&mut self) {
        self.arena.shrink_to_fit();
        self.at.shrink_to_fit();
        self.letters.shrink_to_fit();
        self.traits_of.shrink_to_fit();
        self.domain_of.shrink_to_fit();
        self.ids.shrink_to_fit();
    }

    fn is_living(&self, row: Row) -> bool {
        self.at.get(row.number()).is_some_and(|at| *at != GONE)
    }

    fn living_rows(&self) -> impl Iterator<Item = Row> {
        (0..self.at.len()).map(row_of).filter(|row| self.is_living(*row))
    }

    fn record(&self, row: Row) -> Record<'_> {
        let domain = self.domains.get(self.domain_of[row.number()]);
        Record::read(&self.arena[self.at[row.number()]..], domain)
    }

    fn append(&mut self, listed: &Listed) -> Row {
        let row = row_of(self.at.len());
        self.at.push(GONE);
        self.letters.push(Letters::default());
        self.traits_of.push(0);
        self.domain_of.push(0);
        self.ids.push([0; 16]);
        self.living += 1;
        let written = self.write(listed);
        self.take(row, &written);
        self.scratch = written.record;
        row
    }

    /// Writes a person over a row; answers whether anything is different now.
    fn put(&mut self, row: Row, listed: &Listed) -> bool {
        let written = self.write(listed);
        let number = row.number();
        let same_texts = self.arena[self.at[number]..].starts_with(&written.record)
            && self.ids[number] == written.id
            && self.domain_of[number] == written.domain;
        let same = same_texts && self.traits_of[number] == written.traits;
        if same_texts {
            self.traits_of[number] = written.traits;
        } else {
            self.unlink(row);
            self.waste += self.record(row).size();
            self.take(row, &written);
        }
        self.scratch = written.record;
        if !same {
            self.changed(row);
        }
        !same
    }

    /// A person in the form that is kept. The record's memory is the scratch memory, and is given back by the caller.
    fn write(&mut self, listed: &Listed) -> Written {
        let mut record = std::mem::take(&mut self.scratch);
        record.clear();
        let packed = listed.id.as_deref().and_then(entry::pack);
        let id = match (packed, listed.id.as_deref()) {
            (Some(_), _) => Id::Beside,
            (None, Some(text)) => Id::Here(text),
            (None, None) => Id::None,
        };
        let domain = record::write(listed, id, &mut record);
        Written {
            record,
            id: packed.unwrap_or_default(),
            domain: self.domains.number_of(&domain),
            traits: self.traits.number_of(listed),
        }
    }

    /// Puts what was written into a row and into the tables.
    fn take(&mut self, row: Row, written: &Written) {
        let number = row.number();
        self.at[number] = self.arena.len();
        self.arena.extend_from_slice(&written.record);
        self.ids[number] = written.id;
        self.domain_of[number] = written.domain;
        self.traits_of[number] = written.traits;
        self.letters[number] = Letters::of(self.record(row).searched);
        self.link(row);
    }

    fn changed(&mut self, row: Row) {
        if self.changes.rows.len() == CHANGES_KEPT {
            self.changes.forgotten += CHANGES_KEPT;
            self.changes.rows.clear();
        }
        self.changes.rows.push(row);
        if self.waste > WASTE_ALLOWED && self.waste > self.arena.len() / 2 {
            self.compact();
        }
    }

    /// How many changes there were so far.
    fn clock(&self) -> usize {
        self.changes.forgotten + self.changes.rows.len()
    }

    /// Who changed since then; none where that is no longer known.
    fn changed_since(&self, clock: usize) -> Option<&[Row]> {
        self.changes.rows.get(clock.checked_sub(self.changes.forgotten)?..)
    }

    /// Writes the arena again without what belongs to nobody.
    fn compact(&mut self) {
        let mut arena = Vec::with_capacity(self.arena.len() - self.waste);
        for at in self.at.iter_mut().filter(|at| **at != GONE) {
            let bytes = &self.arena[*at..];
            *at = arena.len();
            arena.extend_from_slice(&bytes[..Record::read(bytes, &[]).size()]);
        }
        self.arena = arena;
        self.waste = 0;
    }
}

/// Says how many people, and none of their names: a model that is printed must not print a tenant's people.
impl fmt::Debug for Index {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Index({} people)", self.living)
    }
}

/// A row by its number. Four thousand million people do not fit into any memory that this runs in.
fn row_of(number: usize) -> Row {
    Row(u32::try_from(number).unwrap_or(u32::MAX))
}

/// A person in the form that is kept.
struct Written {
    record: Vec<u8>,
    id: [u8; 16],
    domain: u32,
    traits: u32,
}

/// A text of two pieces as one, copied only where there are two.
fn joined([one, other]: [&str; 2]) -> Cow<'_, str> {
    if other.is_empty() { Cow::Borrowed(one) } else { Cow::Owned(format!("{one}{other}")) }
}

#[cfg(test)]
mod tests;
