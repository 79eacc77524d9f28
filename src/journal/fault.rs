//! Why the journal cannot do what was asked, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::domain::job::JobId;
use crate::domain::record::ChangeId;
use crate::domain::untrusted::visible;

/// Why the journal cannot do what was asked. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalFault {
    /// The built-in `SQLite` is one that can lose what two programs write at once (faults.md 68).
    OldSqlite(String),
    /// It cannot be opened: its folder, its permissions, the disk.
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is in the way.
        why: String,
    },
    /// The file is damaged, or another program's. It was left alone.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A newer program wrote it. It was left alone.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// Somebody removed or replaced the file while the program ran (faults.md 70).
    Replaced(PathBuf),
    /// It could not be written: the disk is full, say.
    Unwritten(String),
    /// A create of this username is on its way or in doubt already.
    InFlight {
        /// Its number.
        id: ChangeId,
        /// When it was sent, in milliseconds since 1970.
        since: i64,
    },
    /// A create of this username was done a moment ago: the person is there.
    Created(ChangeId),
    /// Another program has sent this line of a job, or is about to.
    LineTaken {
        /// The job.
        job: JobId,
        /// The line of its file.
        line: u64,
    },
    /// There is no such job.
    NoSuchJob(JobId),
    /// There is no such change.
    NoSuchChange(ChangeId),
    /// There is no journal.
    Missing,
    /// The journal's thread has ended, which only a fault of this program does.
    Gone,
}

impl JournalFault {
    pub(in crate::journal) fn unusable(path: &Path, why: impl Into<String>) -> Self {
        Self::Unusable { path: path.to_owned(), why: why.into() }
    }

    pub(in crate::journal) fn damaged(path: &Path, why: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.into() }
    }
}

impl fmt::Display for JournalFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |path: &Path| visible(&path.to_string_lossy()).into_owned();
        match self {
            Self::OldSqlite(version) => {
                write!(f, "the built-in SQLite {version} can lose records; this program needs 3.51.3 or newer")
            }
            Self::Unusable { path, why } => write!(f, "the journal {} cannot be used: {}", shown(path), visible(why)),
            Self::Damaged { path, why } => {
                let why = visible(why);
                write!(
                    f,
                    "the journal {} is damaged: {why}; \"netex-users journal set-aside\" keeps it under another name and begins anew",
                    shown(path)
                )
            }
            Self::Newer { path, found, known } => write!(
                f,
                "the journal {} was written by a newer netex-users (version {found}, this one knows {known}): use that one",
                shown(path)
            ),
            Self::Replaced(path) => {
                write!(f, "the journal {} was removed or replaced while the program ran: start it again", shown(path))
            }
            Self::Unwritten(why) => write!(f, "the journal could not be written: {}", visible(why)),
            Self::InFlight { id, .. } => {
                write!(
                    f,
                    "a request to create this user is on its way or in doubt ({id}): settle it before another is sent"
                )
            }
            Self::Created(id) => {
                write!(f, "this user was created a moment ago ({id}): nothing was sent; open the user to change it")
            }
            Self::LineTaken { job, line } => {
                write!(f, "line {line} of job {job} was sent already, or is being sent by another program")
            }
            Self::NoSuchJob(id) => write!(f, "there is no job {id}"),
            Self::NoSuchChange(id) => write!(f, "there is no change {id}"),
            Self::Missing => f.write_str("there is no journal"),
            Self::Gone => f.write_str("the journal has stopped"),
        }
    }
}

impl std::error::Error for JournalFault {}
