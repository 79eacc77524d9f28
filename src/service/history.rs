//! What was done: found part by part, told, and made ready to be taken back.
//!
//! Deliberately not here: what taking back would be ([`crate::domain::undo`]) and the sending of it, which goes the way of every change.

use std::fmt;

use crate::domain::history::Find;
use crate::domain::key::KeyFault;
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;
use crate::domain::record::{Change, ChangeId};
use crate::domain::undo;
use crate::domain::untrusted::visible;
use crate::journal::fault::JournalFault;
use crate::journal::history::Part;
use crate::service::{Desk, Service};

/// Why a change cannot be looked at, or be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PastFault {
    /// The journal.
    Journal(JournalFault),
    /// It went to another tenant or address than this one.
    Elsewhere {
        /// The change.
        id: ChangeId,
        /// The tenant.
        tenant: String,
        /// Its address.
        origin: String,
    },
    /// It is final, has not ended, or did nothing.
    Refused(&'static str),
    /// What was kept of whom it was about is no key.
    Key(KeyFault),
    /// The person cannot be read, and what would be written over is not known.
    Unread(ReadFault),
}

impl fmt::Display for PastFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(fault) => fault.fmt(f),
            Self::Elsewhere { id, tenant, origin } => {
                write!(f, "change {id} went to {} at {}: open that tenant", visible(tenant), visible(origin))
            }
            Self::Refused(why) => f.write_str(why),
            Self::Key(fault) => write!(f, "the username {fault}"),
            Self::Unread(fault) => write!(f, "the person cannot be read, so nothing is taken back: {fault}"),
        }
    }
}

impl std::error::Error for PastFault {}

impl From<JournalFault> for PastFault {
    fn from(fault: JournalFault) -> Self {
        Self::Journal(fault)
    }
}

impl Service {
    /// A part of this tenant's changes that are looked for, the newest first, beginning before one or at the newest.
    ///
    /// # Errors
    /// There is no journal, or it cannot be read.
    pub async fn history(&self, find: Find, before: Option<ChangeId>) -> Result<Part, PastFault> {
        let desk = self.past()?;
        let find = Find { tenant: Some(desk.realm.tenant.clone()), origin: Some(desk.realm.origin.clone()), ..find };
        Ok(desk.journal.ask(move |store| store.history(&find, before)).await?)
    }

    /// One change of this tenant.
    ///
    /// # Errors
    /// There is no journal, it cannot be read, or there is no such change here.
    pub async fn change(&self, id: ChangeId) -> Result<Change, PastFault> {
        let desk = self.past()?;
        let change = desk.journal.ask(move |store| store.change(id)).await?;
        if change.realm == desk.realm {
            return Ok(change);
        }
        Err(PastFault::Elsewhere { id, tenant: change.realm.tenant, origin: change.realm.origin })
    }

    /// A change that is to be taken back, and the person as they are now.
    ///
    /// # Errors
    /// It cannot be taken back whatever the person has, or the person cannot be read.
    pub async fn for_undo(&self, id: ChangeId) -> Result<(Change, Person), PastFault> {
        let change = self.change(id).await?;
        if let Some(why) = undo::forbids(&change) {
            return Err(PastFault::Refused(why));
        }
        let key = undo::whom(&change).map_err(PastFault::Key)?;
        let person = self.read(&key).await.map_err(PastFault::Unread)?;
        Ok((change, person))
    }

    fn past(&self) -> Result<&Desk, PastFault> {
        self.desk().ok_or(PastFault::Journal(JournalFault::Missing))
    }
}
