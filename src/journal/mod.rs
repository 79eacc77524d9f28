//! The local journal: every intent before the first byte of its request leaves, every outcome before the screen says so.
//!
//! ```text
//! Journal (a handle, cloned freely) ──work──▶ one thread ──▶ Store ──▶ journal.db
//!                                                            entry   append-only, hash-chained: the audit
//!                                                            change  where each change stands now
//!                                                            draft   typed and not sent
//!                                                            job     files of people, line by line
//! ```
//!
//! `SQLite` in WAL mode with `synchronous=FULL`: a commit that returned is on the disk. All writing is done by one thread, in short
//! transactions that begin `IMMEDIATE` and never span a network call; several changes that begin or end at once share one. Where the journal cannot be written nothing is sent
//! ([`crate::service`]). Deliberately not here: what a record says ([`crate::codec::record`]) and what follows from it.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use crate::domain::record::{ChangeId, Intent, Outcome, Realm, Who};
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;
use crate::journal::together::Keep;

mod chain;
pub mod changes;
pub mod drafts;
pub mod fault;
pub mod history;
pub mod jobs;
pub mod marks;
mod migrations;
pub mod open;
pub mod purge;
mod reserve;
pub mod session;
pub mod store;
mod ties;
mod together;
pub mod verify;

/// Something that the journal's thread does.
enum Work {
    /// Anything, alone.
    Any(Box<dyn FnOnce(&mut Store) + Send>),
    /// The beginning or the end of a change: what waits together is written together.
    Keep(Keep),
}

/// The clock of the journal: milliseconds since 1970 (UTC). The caller's, because only one module reads a clock.
pub type Clock = fn() -> i64;

/// Where a journal is, and who writes in it.
#[derive(Clone, Debug)]
pub struct Place {
    /// A folder that is there and that only we can use.
    pub folder: PathBuf,
    /// The first part of its files' names: `journal`, or `sandbox` for the look-alike inside the program.
    pub name: &'static str,
    /// Who sits at the keyboard.
    pub who: Who,
    /// The clock.
    pub clock: Clock,
}

/// A handle on the journal. Cloning shares the thread; when the last is dropped the thread ends.
#[derive(Clone)]
pub struct Journal {
    work: mpsc::Sender<Work>,
    path: PathBuf,
}

impl Journal {
    /// Opens the journal, or makes it, and starts its thread. Changes that a program left on their way when it ended are in doubt from
    /// here on.
    ///
    /// # Errors
    /// It cannot be used. It was left alone, and without it nothing can be sent.
    pub fn open(place: Place) -> Result<Self, JournalFault> {
        let path = place.path();
        let (work, todo) = mpsc::channel::<Work>();
        let (opened, is_open) = mpsc::channel();
        let thread = thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let mut store = match Store::open(place) {
                Ok(store) => store,
                Err(fault) => return opened.send(Err(fault)).unwrap_or_default(),
            };
            if opened.send(Ok(())).is_ok() {
                work_through(&mut store, &todo);
            }
        });
        thread.map_err(|error| JournalFault::unusable(&path, error.to_string()))?;
        is_open.recv().map_err(|_| JournalFault::Gone)??;
        Ok(Self { work, path })
    }

    /// The database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Has the journal's thread do something, after everything that was asked before.
    ///
    /// # Errors
    /// As of the work itself; or the thread has ended.
    pub async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, JournalFault> + Send + 'static,
    ) -> Result<T, JournalFault> {
        let (answer, answered) = oneshot::channel();
        self.put(Work::Any(Box::new(move |store| drop(answer.send(work(store))))))?;
        answered.await.map_err(|_| JournalFault::Gone)?
    }

    /// The same for a thread that may wait.
    ///
    /// # Errors
    /// As of [`Journal::ask`].
    pub fn ask_and_wait<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, JournalFault> + Send + 'static,
    ) -> Result<T, JournalFault> {
        let (answer, answered) = mpsc::channel();
        self.put(Work::Any(Box::new(move |store| drop(answer.send(work(store))))))?;
        answered.recv().map_err(|_| JournalFault::Gone)?
    }

    /// Keeps what is about to be sent ([`Store::begin`]). What is asked for while the disk is busy shares the next sync: the more is on its way
    /// at a time, the fewer syncs each takes.
    ///
    /// # Errors
    /// It could not be kept, or may not be begun. Nothing may be sent.
    pub async fn begin(&self, realm: Realm, intent: Intent) -> Result<(ChangeId, i64), JournalFault> {
        let (answer, answered) = oneshot::channel();
        self.put(Work::Keep(Keep::Begin { realm, intent: Box::new(intent), answer }))?;
        answered.await.map_err(|_| JournalFault::Gone)?
    }

    /// Keeps what became of a change ([`Store::end`]), in the same way.
    ///
    /// # Errors
    /// It is kept nowhere.
    pub async fn end(&self, id: ChangeId, outcome: Outcome) -> Result<(), JournalFault> {
        let (answer, answered) = oneshot::channel();
        self.put(Work::Keep(Keep::End { id, outcome: Box::new(outcome), answer }))?;
        answered.await.map_err(|_| JournalFault::Gone)?
    }

    /// Has the journal's thread purge what is older than a number of days, and waits for nothing. 0 keeps everything.
    pub fn retain(&self, days: u32) {
        let purge = Box::new(move |store: &mut Store| match store.retain(days) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, days, "old changes were purged"),
            // The words may name a folder, and with it a person: "journal purge" says them.
            Err(_) => tracing::warn!(days, "old changes could not be purged in full"),
        });
        if days > 0 {
            // A thread that has ended is said where something is to be sent.
            drop(self.put(Work::Any(purge)));
        }
    }

    fn put(&self, work: Work) -> Result<(), JournalFault> {
        self.work.send(work).map_err(|_| JournalFault::Gone)
    }
}

/// Does what is asked for, in that order, until nobody can ask any more.
fn work_through(store: &mut Store, todo: &mpsc::Receiver<Work>) {
    let mut next = None;
    while let Some(work) = next.take().or_else(|| todo.recv().ok()) {
        match work {
            Work::Any(work) => work(store),
            Work::Keep(first) => {
                let mut together = vec![first];
                while together.len() < together::MOST && next.is_none() {
                    match todo.try_recv() {
                        Ok(Work::Keep(more)) => together.push(more),
                        Ok(other @ Work::Any(_)) => next = Some(other),
                        Err(_) => break,
                    }
                }
                together::keep(store, together);
            }
        }
    }
}

#[cfg(test)]
mod tests;
