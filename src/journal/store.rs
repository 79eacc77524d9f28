//! The database in the hands of its thread: one transaction at a time, begun `IMMEDIATE`, and never retried after the disk failed.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::codec::record;
use crate::domain::record::{ChangeId, Who};
use crate::journal::fault::JournalFault;
use crate::journal::open::{self, Identity};
use crate::journal::reserve::Reserve;
use crate::journal::session::Session;
use crate::journal::{Clock, Place};

/// The journal, opened.
pub struct Store {
    place: Place,
    /// Nothing after the disk failed: what was not synced once is not believed, so the file is opened anew (faults.md 64).
    connection: Option<Connection>,
    /// The file that was opened first: whatever takes its name later is another journal (faults.md 70).
    identity: Identity,
    session: Session,
    reserve: Reserve,
    /// What this program began and has not ended. A change of ours that is on its way and not in here never left: its intent could not be
    /// kept for certain, and stands there all the same.
    pub(in crate::journal) begun: BTreeSet<ChangeId>,
    /// Whether there may be such a change.
    pub(in crate::journal) is_unsure: bool,
}

impl Store {
    pub(in crate::journal) fn open(place: Place) -> Result<Self, JournalFault> {
        let path = place.path();
        let unusable = |error: std::io::Error| JournalFault::unusable(&path, error.to_string());
        let session = Session::begin(&place.folder).map_err(unusable)?;
        let (connection, identity) = open::open(&path)?;
        let reserve = Reserve::open(&place.reserve()).map_err(unusable)?;
        let (connection, begun) = (Some(connection), BTreeSet::new());
        let mut store = Self { place, connection, identity, session, reserve, begun, is_unsure: false };
        store.take_reserve()?;
        store.recover()?;
        Ok(store)
    }

    /// What time it is, in milliseconds since 1970 (UTC).
    pub fn now(&self) -> i64 {
        let clock: Clock = self.place.clock;
        clock()
    }

    /// Who sits at the keyboard.
    pub(in crate::journal) fn who(&self) -> &Who {
        &self.place.who
    }

    /// This program, among those that use the journal.
    pub(in crate::journal) fn session(&self) -> &Session {
        &self.session
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Reads: one picture of the database, whatever another program writes between two questions.
    pub(in crate::journal) fn read<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, JournalFault>,
    ) -> Result<T, JournalFault> {
        self.directly(|connection| work(&*connection.transaction_with_behavior(TransactionBehavior::Deferred)?))
    }

    /// Does what has to be done outside of any transaction.
    pub(in crate::journal) fn directly<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, JournalFault>,
    ) -> Result<T, JournalFault> {
        let path = self.place.path();
        self.connect().and_then(work).map_err(|fault| open::located(fault, &path))
    }

    /// Writes, all or nothing. When it returns, everything is on the disk.
    pub(in crate::journal) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, JournalFault>,
    ) -> Result<T, JournalFault> {
        let path = self.place.path();
        let done = self.connect().and_then(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        });
        if matches!(done, Err(JournalFault::Unwritten(_))) {
            self.connection = None;
        }
        done.map_err(|fault| open::located(fault, &path))
    }

    /// The connection, as long as its file is the one that the name means. Once it is not it never is again: nothing is begun in a
    /// journal that knows nothing of what this program has on its way.
    fn connect(&mut self) -> Result<&mut Connection, JournalFault> {
        let path = self.place.path();
        if open::identity(&path) != Some(self.identity) {
            return Err(JournalFault::Replaced(path));
        }
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => open::open(&path)?.0,
        };
        Ok(self.connection.insert(connection))
    }

    /// Puts an outcome where it needs no room, because the database could not take it.
    pub(in crate::journal) fn put_by(&mut self, id: ChangeId, outcome: &str) -> std::io::Result<()> {
        self.reserve.add(id, outcome)
    }

    /// Takes over what was put by when the database could not be written. A line that was taken over before, by a program that was killed
    /// before it could clear it, is not taken again: the change may stand elsewhere by now.
    pub(in crate::journal) fn take_reserve(&mut self) -> Result<(), JournalFault> {
        if self.reserve.lines().is_empty() {
            return Ok(());
        }
        for (id, text) in self.reserve.lines().to_vec() {
            // A line that is no outcome was cut off while it was written: its change is in doubt, as it would be without it.
            if let Ok(outcome) = record::read_outcome(&text) {
                match self.take_over(id, &outcome) {
                    Ok(()) | Err(JournalFault::NoSuchChange(_)) => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        self.reserve.clear().map_err(|error| JournalFault::Unwritten(error.to_string()))
    }
}
