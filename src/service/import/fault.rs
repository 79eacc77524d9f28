//! Why a file of people is not planned or not carried out. Nothing of it was sent, unless the words say otherwise.

use std::fmt;

use crate::domain::job::JobId;
use crate::domain::untrusted::visible;
use crate::journal::fault::JournalFault;

/// Why a file is not planned or not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportFault {
    /// There is no journal, and without one nothing is sent.
    NoJournal,
    /// The journal cannot do its part.
    Journal(JournalFault),
    /// Somebody stopped the planning.
    Stopped,
    /// The service cannot be read, so nobody can say what the file would do; why.
    Unread(String),
    /// The service refused to be read; why.
    Refused(String),
    /// The list of everybody is not to be believed, and people are to be found in it by their e-mail; why.
    NoList(String),
    /// Another program carries the job out.
    Claimed(JobId),
    /// The job was never planned to its end.
    NotPlanned(JobId),
    /// The job is for another tenant, or another revision of it.
    OtherTenant {
        /// The job.
        job: JobId,
        /// What it is for.
        wanted: String,
        /// What this is.
        found: String,
    },
    /// The file is not the one that was planned; in which lines.
    OtherFile(String),
    /// What was kept of the job is nothing that this program can read.
    Unreadable(JobId),
    /// The file that made passwords go into cannot be used.
    Passwords(String),
}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoJournal => f.write_str("there is no journal, and without one nothing is sent"),
            Self::Journal(fault) => fault.fmt(f),
            Self::Stopped => f.write_str("stopped; nothing was sent"),
            Self::Unread(why) => write!(f, "the service cannot be read, and nothing was sent: {}", visible(why)),
            Self::Refused(why) => write!(f, "the service refused, and nothing was sent: {}", visible(why)),
            Self::NoList(why) => {
                write!(f, "people cannot be found by their e-mail, and nothing was sent: {}", visible(why))
            }
            Self::Claimed(job) => write!(f, "job {job} is being carried out by another program"),
            Self::NotPlanned(job) => {
                write!(f, "job {job} was not planned to its end, and nothing of it was sent: import the file again")
            }
            Self::OtherTenant { job, wanted, found } => {
                write!(f, "job {job} is for {}, and this is {}: nothing was sent", visible(wanted), visible(found))
            }
            Self::OtherFile(where_) => {
                write!(f, "the file is not the one that was planned, and nothing was sent: {where_}")
            }
            Self::Unreadable(job) => write!(f, "job {job} was written by another version of netex-users: use that one"),
            Self::Passwords(why) => write!(f, "the file for the made passwords: {}", visible(why)),
        }
    }
}

impl std::error::Error for ImportFault {}

impl From<JournalFault> for ImportFault {
    fn from(fault: JournalFault) -> Self {
        Self::Journal(fault)
    }
}
