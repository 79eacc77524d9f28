//! Changes that are not finished: listing them, looking one up, taking one off the list, and saying which of them a repair finished.
//!
//! Nothing here sends a change. Deliberately not here: what a look shows and what may be sent again ([`crate::domain::look_up`],
//! [`crate::domain::repair`]), and when somebody looks ([`crate::app`]).

use crate::domain::look_up;
use crate::domain::person::Person;
use crate::domain::record::{Act, Change, ChangeId, Intent, Purpose, Seen, Sequel, Standing};
use crate::domain::repair;
use crate::journal::changes::Wish;
use crate::journal::fault::JournalFault;
use crate::service::{Desk, Service};

/// A change that was looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// The change, with what was seen.
    pub change: Change,
    /// Whom the service showed.
    pub person: Option<Box<Person>>,
}

impl Service {
    /// Everything that somebody still has to look at, the newest first. What another program left on its way when it ended is in doubt from
    /// here on.
    ///
    /// # Errors
    /// There is no journal, or it cannot be read; in words.
    pub async fn attention(&self) -> Result<Vec<Change>, String> {
        let desk = self.at_desk()?;
        let realm = desk.realm.clone();
        let asked = desk.journal.ask(move |store| {
            // Where that cannot be kept they are listed all the same, as on their way.
            let _ = store.recover();
            store.changes(&realm, &Wish { needs_attention: true, ..Wish::default() })
        });
        asked.await.map_err(|fault| fault.to_string())
    }

    /// Looks up what became of a change, by reading whom it is about, once, and keeps what that showed. It sends nothing.
    ///
    /// # Errors
    /// It cannot be looked up, or the journal cannot be read; in words.
    pub async fn look_up(&self, id: ChangeId) -> Result<Looked, String> {
        let change = self.change(id).await.map_err(|fault| fault.to_string())?;
        if let Some(why) = look_up::refusal(&change) {
            return Err(why.to_owned());
        }
        let key = look_up::key(&change).map_err(|fault| format!("{}: {fault}", change.intent.username))?;
        let found = self.read(&key).await;
        let seen = look_up::seen(&change.intent, change.standing, found.as_ref());
        if is_news(&change, &seen) {
            self.keep_seen(id, seen).await;
        }
        Ok(Looked {
            change: self.change(id).await.map_err(|fault| fault.to_string())?,
            person: found.ok().map(Box::new),
        })
    }

    /// Takes a change off the list because somebody said so. It stays in the journal, with the reason.
    ///
    /// # Errors
    /// It is on its way, or it could not be kept; in words.
    pub async fn dismiss(&self, id: ChangeId, reason: String) -> Result<(), String> {
        let change = self.change(id).await.map_err(|fault| fault.to_string())?;
        if change.elsewhere {
            return Err("another session is sending it: wait for its answer".to_owned());
        }
        if change.standing == Standing::Open {
            return Err("it is on its way: wait for its answer".to_owned());
        }
        if !change.standing.needs_attention() {
            return Err(format!("it needs no more attention: it is {}", change.standing.word()));
        }
        let kept = self.at_desk()?.journal.ask(move |store| store.follow(id, &Sequel::Dismissed(reason)));
        kept.await.map(drop).map_err(|fault| fault.to_string())
    }

    /// Keeps with every open change that a repair finished which one it was. Where that cannot be kept they stay on the list, which loses
    /// nothing.
    pub(in crate::service) async fn mend(&self, by: ChangeId, intent: &Intent) {
        let (Purpose::Repair(_), Ok(desk)) = (intent.purpose, self.at_desk()) else { return };
        let (realm, intent) = (desk.realm.clone(), intent.clone());
        let kept = desk.journal.ask(move |store| {
            let open = store.changes(&realm, &Wish { needs_attention: true, ..Wish::default() })?;
            let open: Vec<_> = open.into_iter().filter(|change| change.id != by && !change.elsewhere).collect();
            for id in repair::mended(&open, &intent) {
                store.follow(id, &Sequel::Mended(by))?;
            }
            Ok(())
        });
        drop(kept.await);
    }

    fn at_desk(&self) -> Result<&Desk, String> {
        self.desk.as_ref().ok_or_else(|| JournalFault::Missing.to_string())
    }
}

/// Whether a look has to be kept. One that shows what the last one showed would fill the journal; but of a create in doubt the time of every
/// look counts ([`look_up::is_gone`]).
fn is_news(change: &Change, seen: &Seen) -> bool {
    let counts = change.intent.act == Act::Create && change.standing == Standing::InDoubt;
    counts || look_up::last(change) != Some(seen)
}
