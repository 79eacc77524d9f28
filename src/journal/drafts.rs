//! What was typed and not sent: one draft for each form of each session, never a password.
//!
//! A draft is held by the session that has its form open; another session that runs sees it and leaves it alone. Who let go of it, or
//! ended, holds nothing. Deliberately not here: what a draft says ([`crate::codec::draft`]).

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::domain::record::Realm;
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;

/// The holder of a draft that nobody has open. No session has this name.
const NOBODY: &str = "";

/// A draft as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its number.
    pub id: i64,
    /// When it was kept last, in milliseconds since 1970 (UTC).
    pub at: i64,
    /// Whom it is about, for a line of a list.
    pub about: String,
    /// What was typed, as [`crate::codec`] wrote it.
    pub body: String,
    /// It is open in this program.
    pub here: bool,
    /// It is open in another program that runs.
    pub elsewhere: bool,
}

/// What became of reaching for a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is ours now, or gone where that was asked; with its text.
    Ours(String),
    /// It is open in another program that runs.
    Elsewhere,
    /// It was kept anew since it was looked at.
    Changed,
    /// There is none of this number.
    Gone,
}

impl Store {
    /// Keeps a draft, in the place of the one of that number where there is one, and gives its number. It is open in this program then.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn keep_draft(&mut self, realm: &Realm, id: Option<i64>, about: &str, body: &str) -> Result<i64, JournalFault> {
        let (at, session) = (self.now(), self.session().name().to_owned());
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO draft (id, tenant, origin, session, at, about, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                params![id, realm.tenant, realm.origin, session, at, about, body],
            )?;
            Ok(transaction.last_insert_rowid())
        })
    }

    /// Lets go of a draft that is open in this program: it stays, and any session may open it.
    ///
    /// # Errors
    /// It could not be written.
    pub fn release_draft(&mut self, id: i64) -> Result<(), JournalFault> {
        let session = self.session().name().to_owned();
        self.write(|transaction| {
            let sql = "UPDATE draft SET session = ? WHERE id = ? AND session = ?";
            Ok(transaction.execute(sql, params![NOBODY, id, session]).map(drop)?)
        })
    }

    /// Takes a draft away that is open in this program, or that nobody has open: it was sent. One that another program opened since stays.
    ///
    /// # Errors
    /// It could not be taken away.
    pub fn drop_draft(&mut self, id: i64) -> Result<(), JournalFault> {
        let session = self.session().name().to_owned();
        self.write(|transaction| {
            let sql = "DELETE FROM draft WHERE id = ? AND session IN (?, ?)";
            Ok(transaction.execute(sql, params![id, NOBODY, session]).map(drop)?)
        })
    }

    /// Opens a draft in this program, as it was when it was looked at.
    ///
    /// # Errors
    /// It could not be read or written.
    pub fn open_draft(&mut self, realm: &Realm, id: i64, at: i64) -> Result<Claim, JournalFault> {
        let session = self.session().name().to_owned();
        self.claim_draft(realm, id, at, |transaction, holder| {
            let sql = "UPDATE draft SET session = ? WHERE id = ? AND at = ? AND session = ?";
            transaction.execute(sql, params![session, id, at, holder])
        })
    }

    /// Takes a draft away that nobody wants any more, as it was when it was looked at.
    ///
    /// # Errors
    /// It could not be read or written.
    pub fn discard_draft(&mut self, realm: &Realm, id: i64, at: i64) -> Result<Claim, JournalFault> {
        self.claim_draft(realm, id, at, |transaction, holder| {
            let sql = "DELETE FROM draft WHERE id = ? AND at = ? AND session = ?";
            transaction.execute(sql, params![id, at, holder])
        })
    }

    /// Does something to a draft that no other running program has open. Numbers are given again, so the time has to be right as well.
    fn claim_draft(
        &mut self,
        realm: &Realm,
        id: i64,
        at: i64,
        work: impl FnOnce(&Transaction<'_>, &str) -> rusqlite::Result<usize>,
    ) -> Result<Claim, JournalFault> {
        let Some((now, body, holder)) = self.read(|connection| {
            let sql = "SELECT at, body, session FROM draft WHERE id = ? AND tenant = ? AND origin = ?";
            let of = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, String>(2)?));
            Ok(connection.query_row(sql, params![id, realm.tenant, realm.origin], of).optional()?)
        })?
        else {
            return Ok(Claim::Gone);
        };
        if holder != self.session().name() && self.session().is_alive(&holder) {
            return Ok(Claim::Elsewhere);
        }
        if now != at {
            return Ok(Claim::Changed);
        }
        // Another session may have been here since: then nothing matches.
        let done = self.write(|transaction| Ok(work(transaction, &holder)?))?;
        Ok(if done == 1 { Claim::Ours(body) } else { Claim::Changed })
    }

    /// The drafts of a realm, the newest first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn drafts(&mut self, realm: &Realm) -> Result<Vec<Draft>, JournalFault> {
        let rows: Vec<(Draft, String)> = self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT id, at, about, body, session FROM draft WHERE tenant = ? AND origin = ? ORDER BY at DESC, id DESC",
            )?;
            let rows = statement.query_map([&realm.tenant, &realm.origin], |row| {
                let (id, at, about, body) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                Ok((Draft { id, at, about, body, here: false, elsewhere: false }, row.get(4)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let held = |(draft, session): (Draft, String)| {
            let here = session == self.session().name();
            Draft { here, elsewhere: !here && self.session().is_alive(&session), ..draft }
        };
        Ok(rows.into_iter().map(held).collect())
    }
}
