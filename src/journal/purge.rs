//! Taking personal data out of the journal for good, with its chain intact (faults.md 73, M10).

use rusqlite::params;

use crate::domain::record::Standing;
use crate::journal::chain::{PURGE, append};
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;

impl Store {
    /// Purges every change that is finished and began before a time (milliseconds since 1970): its bodies and its row. What happened when
    /// stays in the chain, without a name. What still needs attention stays, however old.
    ///
    /// Gives how many were purged.
    ///
    /// # Errors
    /// Nothing was purged; or, with the words of the last step, the purged bodies are still in the write-ahead log because another session
    /// reads it, and a second purge takes them out.
    pub fn purge(&mut self, before: i64) -> Result<usize, JournalFault> {
        let open: Vec<_> = Standing::ALL.into_iter().filter(|standing| standing.needs_attention()).collect();
        let words = open.iter().map(|standing| format!("'{}'", standing.word())).collect::<Vec<_>>().join(", ");
        let at = self.now();
        let purged = self.write(|transaction| {
            let condition = format!("at < ? AND standing NOT IN ({words})");
            let ids: Vec<i64> = {
                let mut statement =
                    transaction.prepare(&format!("SELECT id FROM change WHERE {condition} ORDER BY id"))?;
                let rows = statement.query_map([before], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            if ids.is_empty() {
                return Ok(0);
            }
            let mut clear =
                transaction.prepare("UPDATE entry SET salt = NULL, body = NULL WHERE change = ? AND kind <> ?")?;
            for id in &ids {
                clear.execute(params![id, PURGE])?;
            }
            transaction.execute(&format!("DELETE FROM change WHERE {condition}"), [before])?;
            let list = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
            append(transaction, at, PURGE, None, &list)?;
            Ok(ids.len())
        })?;
        self.empty_log()?;
        Ok(purged)
    }

    /// Takes the write-ahead log back to nothing: `secure_delete` reaches the database only, and the log has what was deleted (M10).
    fn empty_log(&mut self) -> Result<(), JournalFault> {
        let busy: i64 = self.directly(|connection| {
            Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?)
        })?;
        match busy {
            0 => Ok(()),
            _ => Err(JournalFault::Unwritten(
                "another session reads the journal: purge again when it has ended".to_owned(),
            )),
        }
    }
}
