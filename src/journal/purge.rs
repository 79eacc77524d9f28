//! Taking personal data out of the journal for good, with its chain intact (faults.md 73, M10).

use rusqlite::{Connection, params};

use crate::domain::job::JobState;
use crate::domain::record::Standing;
use crate::journal::chain::{PURGE, append};
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;

/// What a purge would take, and what it would leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// How many finished changes began before the time.
    pub finished: usize,
    /// How many began before it and stay: they still need attention, or a job needs them.
    pub open: usize,
    /// How many changes there are at all.
    pub all: usize,
    /// How many drafts were kept last before it, and are open in no program that runs.
    pub drafts: usize,
}

impl Store {
    /// What a purge of that time (milliseconds since 1970) would take.
    ///
    /// # Errors
    /// It cannot be counted.
    pub fn reach(&mut self, before: i64) -> Result<Reach, JournalFault> {
        let drafts = self.old_drafts(before)?.len();
        self.read(|connection| {
            let count = |condition: &str| -> Result<usize, JournalFault> {
                let query = format!("SELECT count(*) FROM change WHERE ?1 NOT NULL AND {condition}");
                Ok(connection.query_row(&query, [before], |row| row.get::<_, i64>(0))?.try_into().unwrap_or_default())
            };
            let (old, finished, all) = (count("at < ?1")?, count(&finished())?, count("TRUE")?);
            Ok(Reach { finished, open: old - finished, all, drafts })
        })
    }

    /// Purges every change that is finished and began before a time (milliseconds since 1970): its bodies and its row, and the jobs of which
    /// it was the last. What happened when stays in the chain, without a name. What still needs attention stays, however old, and so does
    /// what was sent for a job that has not ended: without it the job would not know what was done. A draft that nobody has open and nobody
    /// typed in since goes as well: it holds the same data of the same people.
    ///
    /// Gives how many changes were purged.
    ///
    /// # Errors
    /// Nothing was purged; or, with the words of the last step, traces of what was purged may still be in the file, and a second purge
    /// takes them out.
    pub fn purge(&mut self, before: i64) -> Result<usize, JournalFault> {
        let purged = self.take_out(before)?;
        self.leave_no_trace()?;
        Ok(purged)
    }

    /// The same for the changes that are older than a number of days, as it is done at every start: nothing is rewritten where nothing is
    /// so old, and no purge before this one was killed. Days are counted whole, so that this happens once a day at the most.
    ///
    /// # Errors
    /// As of [`Store::purge`].
    pub fn retain(&mut self, days: u32) -> Result<usize, JournalFault> {
        let today = self.now() - self.now().rem_euclid(DAY);
        let purged = self.take_out(today.saturating_sub(i64::from(days).saturating_mul(DAY)))?;
        let traces = |connection: &Connection| {
            Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM trace)", [], |row| row.get::<_, bool>(0))?)
        };
        if self.read(traces)? {
            self.leave_no_trace()?;
        }
        Ok(purged)
    }

    /// How large the database is, in bytes.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn size(&mut self) -> Result<u64, JournalFault> {
        self.read(|connection| {
            let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
            let size = number("page_count")?.saturating_mul(number("page_size")?);
            Ok(u64::try_from(size).unwrap_or_default())
        })
    }

    /// The drafts that go, each with who had it open last.
    fn old_drafts(&mut self, before: i64) -> Result<Vec<(i64, String)>, JournalFault> {
        let mut drafts: Vec<(i64, String)> = self.read(|connection| {
            let mut statement = connection.prepare("SELECT id, session FROM draft WHERE at < ?")?;
            let rows = statement.query_map([before], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        drafts.retain(|(_, session)| !self.session().is_alive(session));
        Ok(drafts)
    }

    fn take_out(&mut self, before: i64) -> Result<usize, JournalFault> {
        let (at, drafts) = (self.now(), self.old_drafts(before)?);
        self.write(|transaction| {
            let ids: Vec<i64> = {
                let query = format!("SELECT id FROM change WHERE {} ORDER BY id", finished());
                let mut statement = transaction.prepare(&query)?;
                let rows = statement.query_map([before], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            let jobs = transaction.execute(&format!("DELETE FROM job WHERE {}", ended_jobs()), [before])?;
            let mut discarded = 0;
            for (id, session) in &drafts {
                // Whoever opened it meanwhile keeps it.
                let sql = "DELETE FROM draft WHERE id = ? AND at < ? AND session = ?";
                discarded += transaction.execute(sql, params![id, before, session])?;
            }
            if ids.is_empty() && jobs == 0 && discarded == 0 {
                return Ok(0);
            }
            transaction.execute("DELETE FROM job_line WHERE job NOT IN (SELECT id FROM job)", [])?;
            let mut clear =
                transaction.prepare("UPDATE entry SET salt = NULL, body = NULL WHERE change = ? AND kind <> ?")?;
            let mut remove = transaction.prepare("DELETE FROM change WHERE id = ?")?;
            for id in &ids {
                clear.execute(params![id, PURGE])?;
                remove.execute([id])?;
            }
            if !ids.is_empty() {
                let list = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
                append(transaction, at, PURGE, None, &list)?;
            }
            transaction.execute("INSERT OR IGNORE INTO trace VALUES (1)", [])?;
            Ok(ids.len())
        })
    }

    /// Writes the database anew and takes the write-ahead log back to nothing. `secure_delete` overwrites what is deleted, and not the
    /// copies that stay behind in a page whose rows were moved to another; the log has whatever it was not yet emptied of (M10).
    fn leave_no_trace(&mut self) -> Result<(), JournalFault> {
        let traces = |why: String| {
            JournalFault::Unwritten(format!(
                "the texts were taken out, and traces of them may still be in the file ({why}): purge again"
            ))
        };
        let busy = self.directly(|connection| {
            connection.execute_batch("VACUUM")?;
            Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))?)
        });
        match busy {
            Ok(0) => self.write(|transaction| Ok(transaction.execute("DELETE FROM trace", []).map(drop)?)),
            Ok(_) => Err(traces("another session reads the journal".to_owned())),
            Err(fault) => Err(traces(fault.to_string())),
        }
    }
}

/// The jobs that go: ended, begun before the time, and with every change of theirs finished and begun before it too.
fn ended_jobs() -> String {
    format!(
        "job.state = '{}' AND job.at < ?1 AND NOT EXISTS (
            SELECT 1 FROM job_line JOIN change ON change.id = job_line.change
            WHERE job_line.job = job.id AND (change.at >= ?1 OR change.standing IN ({})))",
        JobState::Ended.word(),
        open_words()
    )
}

/// The changes that go: finished, begun before the time, and of no job that stays.
fn finished() -> String {
    format!(
        "at < ?1 AND standing NOT IN ({}) AND NOT EXISTS (
            SELECT 1 FROM job_line JOIN job ON job.id = job_line.job
            WHERE job_line.change = change.id AND NOT ({}))",
        open_words(),
        ended_jobs()
    )
}

/// A day, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The standings that need attention, for a statement.
fn open_words() -> String {
    let open = Standing::ALL.into_iter().filter(|standing| standing.needs_attention());
    open.map(|standing| format!("'{}'", standing.word())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
