//! What was typed and not sent: one draft for each form of each session, never a password.

use rusqlite::params;

use crate::domain::record::Realm;
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;

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
    /// It is open in another program that runs.
    pub elsewhere: bool,
}

impl Store {
    /// Keeps a draft, in the place of the one of that number where there is one, and gives its number.
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

    /// Takes a draft away: it was sent, or nobody wants it.
    ///
    /// # Errors
    /// It could not be taken away.
    pub fn drop_draft(&mut self, id: i64) -> Result<(), JournalFault> {
        self.write(|transaction| Ok(transaction.execute("DELETE FROM draft WHERE id = ?", [id]).map(drop)?))
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
                Ok((Draft { id, at, about, body, elsewhere: false }, row.get(4)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        let elsewhere = |session: &str| session != self.session().name() && self.session().is_alive(session);
        Ok(rows.into_iter().map(|(draft, session)| Draft { elsewhere: elsewhere(&session), ..draft }).collect())
    }
}
