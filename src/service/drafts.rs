//! Drafts: what was typed and not sent, put by and taken up again.
//!
//! Everything here waits for the disk, so it is for a thread that may wait. Deliberately not here: when a draft is put by
//! ([`crate::runtime`]), and what is in it ([`crate::app`]).

use crate::codec::draft;
use crate::domain::kept::{DraftFault, DraftId, Held, KeptDraft, KeptRow, Whom};
use crate::domain::record::{Act, ChangeId, Realm, Standing};
use crate::journal::changes::Wish;
use crate::journal::drafts::{Claim, Draft};
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;
use crate::service::{Desk, Service};

/// The drafts of one tenant.
#[derive(Clone)]
pub struct Shelf {
    desk: Desk,
}

impl Service {
    /// Where the drafts are; nothing where there is no journal to keep them in.
    pub fn shelf(&self) -> Option<Shelf> {
        self.desk().cloned().map(|desk| Shelf { desk })
    }
}

impl Shelf {
    /// Keeps a draft, in the place of the one of that number where there is one, and gives its number. When it returns, the draft is on the
    /// disk.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn keep(&self, id: Option<DraftId>, draft: &KeptDraft) -> Result<DraftId, DraftFault> {
        let (about, body) = (draft.about(), draft::write(draft));
        self.ask(move |store, realm| store.keep_draft(realm, id.map(|id| id.0), &about, &body)).map(DraftId)
    }

    /// Lets go of a draft: it stays, and any session may open it.
    ///
    /// # Errors
    /// It could not be written.
    pub fn release(&self, id: DraftId) -> Result<(), DraftFault> {
        self.ask(move |store, _| store.release_draft(id.0))
    }

    /// Takes a draft away that was sent.
    ///
    /// # Errors
    /// It could not be taken away.
    pub fn remove(&self, id: DraftId) -> Result<(), DraftFault> {
        self.ask(move |store, _| store.drop_draft(id.0))
    }

    /// Opens a draft here, as the list showed it.
    ///
    /// # Errors
    /// It is open in another session, is not as it was, or cannot be read. It was left as it is.
    pub fn open(&self, id: DraftId, at: i64) -> Result<KeptDraft, DraftFault> {
        let body = ours(self.ask(move |store, realm| store.open_draft(realm, id.0, at))?)?;
        let draft = draft::read(&body);
        if draft.is_err() {
            self.release(id)?;
        }
        draft
    }

    /// Takes a draft away that nobody wants any more, as the list showed it.
    ///
    /// # Errors
    /// It is open in another session, or is not as it was.
    pub fn discard(&self, id: DraftId, at: i64) -> Result<(), DraftFault> {
        ours(self.ask(move |store, realm| store.discard_draft(realm, id.0, at))?).map(drop)
    }

    /// The list, the newest first.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn rows(&self) -> Result<Vec<KeptRow>, DraftFault> {
        self.ask(|store, realm| {
            let drafts = store.drafts(realm)?;
            drafts.into_iter().map(|draft| row(store, realm, draft)).collect()
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store, &Realm) -> Result<T, JournalFault> + Send + 'static,
    ) -> Result<T, DraftFault> {
        let realm = self.desk.realm.clone();
        let done = self.desk.journal.ask_and_wait(move |store| work(store, &realm));
        done.map_err(|fault| DraftFault::Journal(fault.to_string()))
    }
}

fn ours(claim: Claim) -> Result<String, DraftFault> {
    match claim {
        Claim::Ours(body) => Ok(body),
        Claim::Elsewhere => Err(DraftFault::Elsewhere),
        Claim::Changed => Err(DraftFault::Changed),
        Claim::Gone => Err(DraftFault::Gone),
    }
}

fn row(store: &mut Store, realm: &Realm, kept: Draft) -> Result<KeptRow, JournalFault> {
    let read = draft::read(&kept.body);
    let held = match (kept.here, kept.elsewhere) {
        (true, _) => Held::Here,
        (false, true) => Held::Elsewhere,
        (false, false) => Held::Nobody,
    };
    let username = read.as_ref().ok().and_then(KeptDraft::username).map(str::to_owned);
    let sent = match (&read, &username) {
        (Ok(KeptDraft { whom: Whom::New, .. }), Some(username)) => created(store, realm, username)?,
        (Ok(_) | Err(_), _) => None,
    };
    Ok(KeptRow { id: DraftId(kept.id), at: kept.at, about: kept.about, username, held, fault: read.err(), sent })
}

/// The newest create of a username that may have been done. A kill between its answer and the end of its draft leaves both.
fn created(store: &mut Store, realm: &Realm, username: &str) -> Result<Option<(ChangeId, Standing)>, JournalFault> {
    let wish = Wish { username: Some(username.to_owned()), most: 20, ..Wish::default() };
    let changes = store.changes(realm, &wish)?.into_iter();
    let done = |standing: Standing| match standing {
        Standing::Open
        | Standing::InDoubt
        | Standing::Partial
        | Standing::Queued
        | Standing::Done
        | Standing::Mended => true,
        Standing::Rejected | Standing::NotSent | Standing::Dismissed => false,
    };
    let mut creates = changes.filter(|change| change.intent.act == Act::Create && done(change.standing));
    Ok(creates.next().map(|change| (change.id, change.standing)))
}
