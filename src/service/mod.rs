//! What the program can do, for people and for scripts alike.
//!
//! Whatever is sent goes through one place ([`Service::submit_with`]): the intent is in the journal before the request leaves, the outcome
//! before anybody hears of it, and without a journal nothing is sent. Nothing here tries twice, except that a page of a list that was not
//! heard is asked for once more ([`directory`]).

use std::borrow::Borrow;
use std::sync::Arc;

use crate::api::Client;
use crate::domain::deed::Deed;
use crate::domain::key::UserKey;
use crate::domain::listed::{Kept, Listed, LocalCopy, Progress};
use crate::domain::order::Order;
use crate::domain::outcome::{Cause, ReadFault, Settlement};
use crate::domain::person::Person;
use crate::domain::record::{ChangeId, Realm, Seen};
use crate::domain::request::{Request, Target};
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;
use crate::journal::Journal;
use crate::service::copy::{CopyFault, Place};

pub mod attention;
pub mod clipboard;
pub mod copy;
pub mod directory;
pub mod drafts;
pub mod history;
pub mod import;
pub mod paging;
pub mod password;
pub mod pasted;
pub mod picture;
mod submit;

/// The acts of one tenant. Cloning shares the client.
#[derive(Clone)]
pub struct Service {
    client: Arc<Client>,
    place: Option<Arc<Place>>,
    desk: Option<Desk>,
}

/// The journal, with whose changes go into it.
#[derive(Clone)]
pub struct Desk {
    /// The journal.
    pub journal: Journal,
    /// Where the changes go.
    pub realm: Realm,
}

impl Service {
    /// The acts that a client can carry out without a journal: it reads, and sends nothing.
    pub fn new(client: Client) -> Self {
        Self { client: Arc::new(client), place: None, desk: None }
    }

    /// The same with a journal, so that changes can be sent.
    #[must_use]
    pub fn journaling(self, desk: Desk) -> Self {
        Self { desk: Some(desk), ..self }
    }

    /// The journal, where there is one.
    pub fn desk(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    /// The same with a place where the list of people is kept. Without one, as in the sandbox, nothing is kept.
    #[must_use]
    pub fn keeping(self, place: Place) -> Self {
        Self { place: Some(Arc::new(place)), ..self }
    }

    /// The request of a deed as it would go out, for the review.
    pub fn deed_transcript(&self, key: &UserKey, deed: &Deed, synchronization: Synchronization) -> String {
        self.client.deed_transcript(key, deed, synchronization)
    }

    /// Reads one user by id or username.
    pub async fn read(&self, key: &UserKey) -> Result<Person, ReadFault> {
        self.client.read(key).await
    }

    /// Looks up what became of a change in doubt: a new user by the username, a known one by the key that was addressed. That somebody is
    /// there proves nothing; [`Request::made`] compares (faults.md, read-back rule). What was seen is kept with the change.
    pub async fn settle(&self, request: &Request, change: Option<ChangeId>) -> Settlement {
        let key = match request.target() {
            Target::New => UserKey::parse(request.username()),
            Target::Known(key) => Ok(key.clone()),
        };
        let found = match key {
            Ok(key) => self.client.read(&key).await,
            Err(fault) => Err(ReadFault::Failed(Cause::Local(Untrusted::new(fault.to_string())))),
        };
        let settlement = settlement(request, found);
        if let Some(id) = change {
            self.keep_seen(id, seen(&settlement)).await;
        }
        settlement
    }

    /// The list of people as it was kept, where it was. It reads a file, so it is for a thread that may wait.
    ///
    /// # Errors
    /// There is a copy, and it cannot be used. It was left alone; the list has to be read from the service.
    pub fn load_copy(&self) -> Result<Option<LocalCopy>, CopyFault> {
        let mut people = Vec::new();
        let kept = self.read_copy(|some| people.extend(some))?;
        Ok(kept.map(|Kept { read_at, progress }| LocalCopy { read_at, progress, people }))
    }

    /// Whether the list of people is kept at all.
    pub fn keeps_copy(&self) -> bool {
        self.place.is_some()
    }

    /// The same a thousand people at a time, for whoever puts them somewhere else: the whole list of 100,000 would take 30 MB more.
    ///
    /// # Errors
    /// As for [`Service::load_copy`]. What was given before a fault has to be thrown away.
    pub fn read_copy(&self, take: impl FnMut(Vec<Listed>)) -> Result<Option<Kept>, CopyFault> {
        self.place.as_ref().map_or(Ok(None), |place| place.load(take))
    }

    /// Keeps the list of people, in the place of the one before. The people may be made one by one. It writes a file, so it is for a thread
    /// that may wait.
    ///
    /// # Errors
    /// It could not be kept. The copy of before is as it was.
    pub fn save_copy<P: Borrow<Listed>>(
        &self,
        read_at: i64,
        progress: Progress,
        people: impl IntoIterator<Item = P>,
    ) -> Result<(), CopyFault> {
        self.place.as_ref().map_or(Ok(()), |place| place.save(read_at, progress, people))
    }

    /// Keeps what a user was before they are deleted. Where nothing is kept, as in the sandbox with its made-up people, it does nothing.
    ///
    /// # Errors
    /// It could not be written to the disk.
    pub fn keep_snapshot(&self, person: &Person) -> std::io::Result<()> {
        self.place.as_ref().map_or(Ok(()), |place| place.keep_snapshot(person))
    }

    /// What would go out, for the review.
    pub fn transcript(&self, order: &Order, synchronization: Synchronization) -> String {
        match order {
            Order::Change(request) => self.client.transcript(request, synchronization),
            Order::Deed(deed) => self.deed_transcript(&deed.key, &deed.deed, synchronization),
        }
    }
}

/// What a settlement says of its change.
fn seen(settlement: &Settlement) -> Seen {
    match settlement {
        Settlement::Ours(_) => Seen::Done,
        Settlement::SomeoneElse(_) => Seen::SomeoneElse,
        Settlement::Nobody => Seen::Nobody,
        Settlement::Unknown(fault) => Seen::Unknown(fault.to_string()),
    }
}

/// A reply about somebody else answers no question, so it settles nothing.
fn settlement(request: &Request, found: Result<Person, ReadFault>) -> Settlement {
    match found {
        Ok(person) if request.made(&person) => Settlement::Ours(Box::new(person)),
        Ok(person) => Settlement::SomeoneElse(Box::new(person)),
        Err(ReadFault::NotFound) => Settlement::Nobody,
        Err(fault @ (ReadFault::NoService(_) | ReadFault::Failed(_) | ReadFault::SomeoneElse(_))) => {
            Settlement::Unknown(fault)
        }
    }
}
