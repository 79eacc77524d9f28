//! Jobs: the lines of a file, each in exactly one state, whoever is killed and whenever.
//!
//! A line that was sent has no state of its own: it has a change, and stands where that stands. The two are joined in the transaction that
//! keeps the intent ([`crate::journal::changes`]), so that no line is sent twice, also not by two programs.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use rustix::fs::{CWD, FlockOperation, Mode, OFlags};

use crate::codec::record;
use crate::domain::job::{Counts, Job, JobHead, JobId, JobLine, JobState, LineState, NewLine};
use crate::domain::record::{ChangeId, Realm, Standing};
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;

/// How often others may be found who only look at a claim: each look takes some microseconds.
const MOST_LOOKS: u32 = 1_000;

/// The right to carry a job out: the kernel's lock, which ends with the process (faults.md, I-15).
#[derive(Debug)]
pub struct Claim {
    lock: OwnedFd,
}

/// Given back by a word, and not only by closing: a child that is forked at this moment, for a token say, has the descriptor until it is another
/// program.
impl Drop for Claim {
    fn drop(&mut self) {
        // It ends with the process in any case.
        let _ = rustix::fs::flock(&self.lock, FlockOperation::Unlock);
    }
}

/// Which lines are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// All.
    All,
    /// Those that are not finished.
    Open,
    /// Those that somebody has to look at: refused, partly done, in doubt, not sent, or never possible.
    Failed,
}

impl Store {
    /// Begins to write a job down.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn new_job(&mut self, realm: &Realm, head: &JobHead) -> Result<JobId, JournalFault> {
        let at = self.now();
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO job (tenant, origin, at, source, digest, plan, terms, lines, state)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'planning')",
                params![
                    realm.tenant,
                    realm.origin,
                    at,
                    head.source,
                    head.digest,
                    head.plan,
                    head.terms,
                    number(head.lines)?
                ],
            )?;
            Ok(JobId(transaction.last_insert_rowid()))
        })
    }

    /// Writes some lines down. Many at a time: each call is one sync of the disk.
    ///
    /// # Errors
    /// None of them is kept.
    pub fn add_lines(&mut self, job: JobId, lines: &[NewLine]) -> Result<(), JournalFault> {
        self.write(|transaction| {
            let mut insert = transaction.prepare(
                "INSERT INTO job_line (job, line, username, action, digest, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?;
            for line in lines {
                let state = line.state.word();
                insert.execute(params![
                    job.0,
                    number(line.line)?,
                    line.username,
                    line.action,
                    line.digest,
                    state,
                    line.reason
                ])?;
            }
            Ok(())
        })
    }

    /// Says where a job stands, and which plan it has.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn job_stands(&mut self, job: JobId, state: JobState) -> Result<(), JournalFault> {
        self.write(|transaction| {
            transaction.execute("UPDATE job SET state = ? WHERE id = ?", params![state.word(), job.0])?;
            Ok(())
        })
    }

    /// Says which plan a job has, once it is known.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn job_has_plan(&mut self, job: JobId, plan: &str) -> Result<(), JournalFault> {
        self.write(|transaction| {
            Ok(transaction.execute("UPDATE job SET plan = ? WHERE id = ?", params![plan, job.0]).map(drop)?)
        })
    }

    /// The right to carry a job out; nothing where another program has it. What that program left on its way when it was killed is in doubt
    /// from here on.
    ///
    /// # Errors
    /// The lock cannot be made.
    pub fn claim(&mut self, job: JobId) -> Result<Option<Claim>, JournalFault> {
        let lock = self.lock(job)?;
        for _ in 0..MOST_LOOKS {
            if self.flock(job, &lock, FlockOperation::NonBlockingLockExclusive)? {
                return self.recover().map(|()| Some(Claim { lock }));
            }
            if !self.flock(job, &lock, FlockOperation::NonBlockingLockShared)? {
                return Ok(None);
            }
            // Nobody has the job: somebody only looked whether anybody has it, as this look does for others.
            self.flock(job, &lock, FlockOperation::Unlock)?;
            std::thread::yield_now();
        }
        Ok(None)
    }

    /// Whether another program, or another task of this one, carries a job out. To look takes nobody's claim away.
    fn is_claimed(&mut self, job: JobId) -> Result<bool, JournalFault> {
        let lock = self.lock(job)?;
        self.flock(job, &lock, FlockOperation::NonBlockingLockShared).map(|free| !free)
    }

    fn lock_path(&self, job: JobId) -> PathBuf {
        self.place().folder.join("sessions").join(format!("{}-job-{job}.lock", self.place().name))
    }

    fn lock(&self, job: JobId) -> Result<OwnedFd, JournalFault> {
        let path = self.lock_path(job);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(CWD, &path, flags, Mode::RUSR | Mode::WUSR).map_err(|error| unusable(&path, error))
    }

    /// Whether the lock was to be had.
    fn flock(&self, job: JobId, lock: &OwnedFd, operation: FlockOperation) -> Result<bool, JournalFault> {
        match rustix::fs::flock(lock, operation) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
            Err(error) => Err(unusable(&self.lock_path(job), error)),
        }
    }

    /// Says that a line cannot be done, or need not, and why: nothing was sent for it, or what was sent never left.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn line_fails(
        &mut self,
        job: JobId,
        line: u64,
        state: LineState,
        reason: Option<&str>,
    ) -> Result<(), JournalFault> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE job_line SET state = ?, reason = ?, change = NULL WHERE job = ? AND line = ?
                 AND (change IS NULL OR change IN (SELECT id FROM change WHERE standing = 'not sent'))",
                params![state.word(), reason, job.0, number(line)?],
            )?;
            Ok(())
        })
    }

    /// The jobs of a realm, the newest first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn jobs(&mut self, realm: &Realm) -> Result<Vec<Job>, JournalFault> {
        let ids: Vec<i64> = self.read(|connection| {
            let mut statement =
                connection.prepare("SELECT id FROM job WHERE tenant = ? AND origin = ? ORDER BY id DESC")?;
            let rows = statement.query_map([&realm.tenant, &realm.origin], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        ids.into_iter().map(|id| self.job(JobId(id))).collect()
    }

    /// The jobs of a realm that were planned for the file of this digest, the newest first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn jobs_of_file(&mut self, realm: &Realm, digest: &str) -> Result<Vec<Job>, JournalFault> {
        let ids: Vec<i64> = self.read(|connection| {
            let mut statement = connection
                .prepare("SELECT id FROM job WHERE tenant = ? AND origin = ? AND digest = ? ORDER BY id DESC")?;
            let rows = statement.query_map([&realm.tenant, &realm.origin, digest], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        ids.into_iter().map(|id| self.job(JobId(id))).collect()
    }

    /// Takes a job away of which nothing was ever sent. Another one stays: it is part of what happened.
    ///
    /// # Errors
    /// It could not be taken away.
    pub fn forget_job(&mut self, job: JobId) -> Result<(), JournalFault> {
        self.write(|transaction| {
            let sent: i64 = transaction.query_row(
                "SELECT count(*) FROM job_line WHERE job = ? AND change IS NOT NULL",
                [job.0],
                |row| row.get(0),
            )?;
            if sent == 0 {
                transaction.execute("DELETE FROM job_line WHERE job = ?", [job.0])?;
                transaction.execute("DELETE FROM job WHERE id = ?", [job.0])?;
            }
            Ok(())
        })
    }

    /// One job.
    ///
    /// # Errors
    /// It cannot be read, or there is none of this number.
    pub fn job(&mut self, id: JobId) -> Result<Job, JournalFault> {
        let mut job = self.read(|connection| {
            let row = connection
                .query_row(
                    "SELECT tenant, origin, at, source, digest, plan, terms, lines, state FROM job WHERE id = ?",
                    [id.0],
                    |row| {
                        let realm = Realm { tenant: row.get(0)?, origin: row.get(1)? };
                        let (source, digest, plan, terms) = (row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?);
                        let lines: i64 = row.get(7)?;
                        let head = JobHead { source, digest, plan, terms, lines: lines.unsigned_abs() };
                        Ok((realm, row.get(2)?, head, row.get::<_, String>(8)?))
                    },
                )
                .optional()?;
            let (realm, at, head, word) = row.ok_or(JournalFault::NoSuchJob(id))?;
            let state = JobState::from_word(&word).ok_or_else(unknown)?;
            Ok(Job { id, realm, at, head, state, claimed: false, counts: counts(connection, id)? })
        })?;
        job.claimed = job.state == JobState::Running && self.is_claimed(id)?;
        if job.state == JobState::Running && !job.claimed {
            // Its program was killed, maybe since we began: what that left on its way is in doubt.
            self.recover()?;
            job.counts = self.read(|connection| counts(connection, id))?;
        }
        Ok(job)
    }

    /// Some lines of a job, in the order of the file, from after a line on.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn lines(&mut self, job: JobId, which: Lines, after: u64, most: u32) -> Result<Vec<JobLine>, JournalFault> {
        let open = "(job_line.change IS NULL AND job_line.state = 'waiting')
                    OR change.standing IN ('on its way', 'in doubt', 'not sent')";
        let failed = "(job_line.change IS NULL AND job_line.state = 'error')
                      OR change.standing IN ('rejected', 'partly done', 'in doubt', 'not sent', 'on its way')";
        let condition = match which {
            Lines::All => "TRUE",
            Lines::Open => open,
            Lines::Failed => failed,
        };
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT line, job_line.username, action, digest, state, reason, job_line.change, change.standing
                 FROM job_line LEFT JOIN change ON change.id = job_line.change
                 WHERE job = ?1 AND line > ?2 AND ({condition}) ORDER BY line LIMIT ?3"
            ))?;
            let rows = statement.query_map(params![job.0, number(after)?, most], |row| {
                let (line, username, action): (i64, _, _) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let (digest, state, reason): (_, String, _) = (row.get(3)?, row.get(4)?, row.get(5)?);
                let (change, standing): (Option<i64>, Option<String>) = (row.get(6)?, row.get(7)?);
                Ok((line, username, action, digest, state, reason, change, standing))
            })?;
            rows.map(|row| {
                let (line, username, action, digest, word, reason, change, standing) = row?;
                let state = state(&word, change, standing.as_deref()).ok_or_else(unknown)?;
                let plan = NewLine { line: line.unsigned_abs(), username, action, digest, state, reason };
                Ok(JobLine { plan, change: change.map(ChangeId) })
            })
            .collect()
        })
    }
}

/// Gives a line to a change that is about to be sent: only a line that waits, one whose change never left, or one whose change this one
/// replaces. Whoever comes second gets nothing.
pub(in crate::journal) fn take_line(
    transaction: &Transaction<'_>,
    (job, line): (i64, u64),
    change: i64,
    instead_of: Option<ChangeId>,
) -> Result<(), JournalFault> {
    let mut take = transaction.prepare_cached(
        "UPDATE job_line SET change = ?1 WHERE job = ?2 AND line = ?3 AND
         (change IS NULL AND state = 'waiting' OR change = ?4
          OR (SELECT standing FROM change WHERE id = job_line.change) = 'not sent')",
    )?;
    let taken = take.execute(params![change, job, number(line)?, instead_of.map(|id| id.0)])?;
    match taken {
        0 => Err(JournalFault::LineTaken { job: JobId(job), line }),
        _ => Ok(()),
    }
}

fn counts(connection: &Connection, job: JobId) -> Result<Counts, JournalFault> {
    let mut statement = connection.prepare_cached(
        "SELECT state, job_line.change, standing, count(*) FROM job_line LEFT JOIN change ON change.id = job_line.change
         WHERE job = ? GROUP BY state, job_line.change IS NULL, standing",
    )?;
    let rows = statement.query_map([job.0], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?, row.get::<_, i64>(3)?))
    })?;
    let mut counts = Counts::new();
    for row in rows {
        let (word, change, standing, count) = row?;
        let state = state(&word, change, standing.as_deref()).ok_or_else(unknown)?;
        *counts.entry(state).or_default() += count.unsigned_abs();
    }
    Ok(counts)
}

/// A change whose record was purged was finished.
fn state(word: &str, change: Option<i64>, standing: Option<&str>) -> Option<LineState> {
    match (change, standing) {
        (Some(_), Some(standing)) => Standing::from_word(standing).map(LineState::Sent),
        (Some(_), None) => Some(LineState::Sent(Standing::Done)),
        (None, _) => {
            [LineState::Waiting, LineState::Unchanged, LineState::Error].into_iter().find(|state| state.word() == word)
        }
    }
}

fn unusable(path: &Path, error: rustix::io::Errno) -> JournalFault {
    JournalFault::unusable(path, std::io::Error::from(error).to_string())
}

fn number(count: u64) -> Result<i64, JournalFault> {
    i64::try_from(count).map_err(|_| JournalFault::Unwritten("a number is too large".to_owned()))
}

fn unknown() -> JournalFault {
    JournalFault::damaged(Path::new(""), record::Unreadable.to_string())
}
