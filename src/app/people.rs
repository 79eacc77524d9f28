//! The first screen: everybody who was read, found as one types.
//!
//! The service cannot search, so its list is read in pages in the background into a copy of ours ([`Index`]), whose age is always said. No key
//! waits for it: a page is a message like any other.

use crate::app::batch;
use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::index::entry::Entry;
use crate::app::index::marks::Marks;
use crate::app::index::search::{Filter, Search, Sort};
use crate::app::index::{Index, Row};
use crate::domain::bulk::Bulk;
use crate::domain::key::UserKey;
use crate::domain::listed::Listed;
use crate::domain::outcome::ReadFault;

/// What a person does in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// By lines; down where positive.
    Move(i32),
    /// Begin to type what is looked for.
    Find,
    /// Keep what was found and go back to the list.
    Found,
    /// Forget what was looked for.
    Forget,
    /// Mark the person, or take the mark away, and go on to the next.
    Mark,
    /// Mark everybody who was found, or nobody where all are marked.
    MarkFound,
    /// Open the person.
    Open,
    /// Open the person although something was not sent.
    OpenAnyway,
    /// Begin somebody new from the person.
    Clone,
    /// Begin somebody new from the person although something was not sent.
    CloneAnyway,
    /// Let the person sign in, or keep them from it.
    OnOff,
    /// Change the person's password.
    Password,
    /// Send the person the welcome mail.
    Welcome,
    /// Delete the person.
    Delete,
    /// Show the person's groups.
    Groups,
    /// Change everybody who is marked.
    Change,
    /// Read everybody anew.
    Refresh,
    /// Stop reading, or go on.
    Pause,
    /// Choose whom to show.
    Filter,
    /// Another order.
    Order,
}

/// The list.
#[derive(Clone, Debug)]
pub struct People {
    /// Everybody who was read.
    pub index: Index,
    /// Who is shown, in which order.
    pub search: Search,
    /// What is looked for.
    pub query: TextEditor,
    /// Letters go into what is looked for.
    pub finding: bool,
    /// The line under the cursor.
    pub at: usize,
    /// Whom to show.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Who is marked.
    pub marks: Marks,
    /// How far the reading is.
    pub reading: Reading,
    /// When what is shown was read, in words; nothing before the first page.
    pub read_at: Option<String>,
    /// What is odd about what was read, in words.
    pub remark: Option<String>,
    /// Who was met since the reading began anew: at its end the others are not there any more.
    met: Option<Marks>,
}

/// How far the reading of everybody is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Reading {
    /// Not begun.
    #[default]
    Not,
    /// The copy of the last time is being loaded.
    Copy(Ticket),
    /// A page is being read.
    Page(Ticket),
    /// Stopped by the agent; goes on where it was.
    Stopped,
    /// Ended by a fault; goes on where it was.
    Failed(ReadFault),
    /// Everybody was read.
    Done,
}

/// One page of people, as the world answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRead {
    /// Who is on it.
    pub people: Vec<Listed>,
    /// Whether it was the last; with what is odd about that, in words.
    pub end: Option<Option<String>>,
    /// When it was read, in words.
    pub when: String,
}

/// The copy of the last time, as the world answers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Copied {
    /// A part of the people of it. The parts are asked for one by one, so that no key waits.
    pub people: Vec<Listed>,
    /// When it was read, in words: said with the last part.
    pub when: Option<String>,
}

impl People {
    /// An empty list.
    pub fn new() -> Self {
        Self {
            index: Index::default(),
            search: Search::default(),
            query: TextEditor::new("", false),
            finding: false,
            at: 0,
            filter: Filter::default(),
            sort: Sort::default(),
            marks: Marks::default(),
            reading: Reading::Not,
            read_at: None,
            remark: None,
            met: None,
        }
    }

    /// The rows that are shown, in order.
    pub fn rows(&self) -> &[Row] {
        self.search.rows()
    }

    /// The person under the cursor.
    pub fn here(&self) -> Option<Entry<'_>> {
        self.rows().get(self.at).and_then(|row| self.index.get(*row))
    }

    /// The key of the person under the cursor: the id where the service gave one.
    pub fn key(&self) -> Option<UserKey> {
        self.here().and_then(|entry| key_of(&entry))
    }

    /// Whom to show changed.
    pub fn refilter(&mut self) {
        self.search.set(&self.index, &self.query.text(), &self.filter, self.sort);
        self.at = 0;
    }

    /// More people are there. What is shown stays where it is.
    pub fn add(&mut self, people: &[Listed]) {
        let here = self.rows().get(self.at).copied();
        for person in people {
            let landed = self.index.add(person);
            if let Some(met) = &mut self.met {
                met.set(landed.row(), true);
            }
        }
        self.search.extend(&self.index);
        if let Some(line) = here.and_then(|row| self.search.line_of(row)) {
            self.at = line;
        }
        self.at = self.at.min(self.rows().len().saturating_sub(1));
    }

    /// The reading has come to its end: who was not met is not there any more. Where the end is odd nobody is taken away.
    pub fn end(&mut self, remark: Option<String>) {
        self.reading = Reading::Done;
        if let Some(met) = self.met.take()
            && remark.is_none()
        {
            self.index.keep_only(&met);
            self.marks.keep_present(&self.index);
            self.search.extend(&self.index);
            self.go(0);
        }
        self.remark = remark;
    }

    /// Forgets everybody, as before the first page.
    pub fn clear(&mut self) {
        *self = Self { sort: self.sort, filter: std::mem::take(&mut self.filter), ..Self::new() };
        self.refilter();
    }

    /// Somebody by their username.
    pub fn entry(&self, username: &str) -> Option<Entry<'_>> {
        self.index.find_username(username).and_then(|row| self.index.get(row))
    }

    /// Somebody is known to be different now.
    pub fn change(&mut self, username: &str, change: impl FnOnce(&Listed) -> Listed) {
        let listed = self.entry(username).map(|entry| entry.listed());
        if let Some(listed) = listed {
            self.add(&[change(&listed)]);
        }
    }

    /// Somebody is not there any more.
    pub fn forget(&mut self, id: &str, username: &str) {
        let row = self.index.find_id(id).or_else(|| self.index.find_username(username));
        if let Some(row) = row {
            self.index.remove_row(row);
            self.marks.set(row, false);
            self.search.extend(&self.index);
            self.go(0);
        }
    }

    /// Moves the cursor.
    pub fn go(&mut self, by: i32) {
        let by = isize::try_from(by).unwrap_or_default();
        self.at = self.at.saturating_add_signed(by).min(self.rows().len().saturating_sub(1));
    }

    /// Marks the person under the cursor, or takes the mark away.
    pub fn mark(&mut self) {
        if let Some(row) = self.rows().get(self.at).copied() {
            self.marks.toggle(row);
            self.go(1);
        }
    }

    /// Marks everybody who is shown, or nobody where all of them are marked.
    pub fn mark_found(&mut self) {
        let rows = self.search.rows();
        let all = rows.iter().all(|row| self.marks.contains(*row));
        for row in rows {
            self.marks.set(*row, !all);
        }
    }

    /// What a bulk change would be for everybody who is marked.
    pub fn plan(&self, bulk: &Bulk) -> Vec<batch::Row> {
        let row = |row: Row| {
            let entry = self.index.get(row)?;
            let change = bulk.change(entry.enabled, entry.roles, Some(entry.language));
            Some(batch::row(bulk, key_of(&entry)?, entry.username.clone().into_owned(), change))
        };
        self.marks.rows().filter_map(row).collect()
    }

    /// Begins, or goes on with, the reading.
    pub fn read(&mut self, anew: bool, ticket: Ticket) -> Effects {
        if anew {
            self.met = Some(Marks::default());
        }
        self.reading = Reading::Page(ticket);
        self.remark = None;
        Effects::one(Effect::ReadPage { ticket, anew })
    }
}

impl Default for People {
    fn default() -> Self {
        Self::new()
    }
}

/// The key that addresses an entry: the id where the service gave one.
fn key_of(entry: &Entry<'_>) -> Option<UserKey> {
    UserKey::parse(entry.id().as_deref().unwrap_or(&entry.username)).ok()
}
