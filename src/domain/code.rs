//! The stable names of everything that can go wrong, and what each means: the one table behind complaints, the status in full, the log,
//! `explain` and README.md.
//!
//! A name is for scripts, tickets and searches, and never changes. The words of the moment (which file, which status) are those of the
//! error itself. Deliberately not here: exit codes, which follow from verdicts (faults.md, I-20), and a name for success.

use std::fmt;

use crate::domain::files::MediaFault;
use crate::domain::outcome::{BulkAnswer, Cause, ReadFault, Report, Sent, Verdict};

mod table;

/// The name of a failure. There are at most thirty (faults.md, I-21), so that somebody can know them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Accepted, not confirmed.
    Queued,
    /// Some platforms did it, some did not.
    PartlyDone,
    /// The service refused.
    Rejected,
    /// The token was not accepted.
    TokenRefused,
    /// The server points elsewhere.
    Redirected,
    /// The server asks to wait.
    TooManyRequests,
    /// A status that does not say whether it was done.
    GatewayFault,
    /// The host was not reached.
    NoConnection,
    /// TLS failed.
    TlsRefused,
    /// No answer in time.
    Timeout,
    /// The connection broke.
    ConnectionBroken,
    /// A web page came back.
    NotTheApi,
    /// The answer cannot be understood.
    AnswerUnclear,
    /// The program ended before the answer.
    Interrupted,
    /// The tenant is read-only.
    ReadOnly,
    /// What was to be sent could not be made.
    NotPrepared,
    /// A fault of this program.
    OwnFault,
    /// There is no such user.
    NoSuchUser,
    /// The tenant does not read users.
    NoReadService,
    /// Somebody else than was meant.
    SomeoneElse,
    /// Changed by somebody else since it was read.
    ChangedMeanwhile,
    /// Another session works on it.
    Claimed,
    /// The configuration has faults.
    ConfigFaulty,
    /// There is no token.
    NoToken,
    /// Called in a way that cannot work.
    Usage,
    /// A file, folder or device of this machine.
    LocalFault,
    /// There is no journal.
    NoJournal,
    /// The journal is damaged.
    JournalDamaged,
    /// The disk is full.
    DiskFull,
    /// A file of people has faults.
    CsvFaulty,
}

/// What a name means. Every text is made of whole sentences.
#[derive(Debug)]
pub struct Entry {
    /// Which.
    pub code: Code,
    /// Its name: small letters and hyphens.
    pub name: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What the server is known to have done.
    pub server: &'static str,
    /// What was kept.
    pub kept: &'static str,
    /// What to do next.
    pub next: &'static str,
    /// What else there is to know.
    pub more: &'static str,
}

impl Code {
    /// Every name with its meaning, in the order of the table.
    pub fn entries() -> &'static [Entry] {
        &table::ENTRIES
    }

    /// What it means.
    pub fn entry(self) -> &'static Entry {
        &table::ENTRIES[self as usize]
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The code of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::entries().iter().find(|entry| entry.name == name).map(|entry| entry.code)
    }

    /// The name of what became of a request; nothing where it was done.
    pub fn of(verdict: Verdict, cause: &Cause) -> Option<Self> {
        match verdict {
            Verdict::Applied => None,
            Verdict::Pending => Some(Self::Queued),
            Verdict::Partial => Some(Self::PartlyDone),
            Verdict::NotSent => Some(Self::of_cause(cause)),
            Verdict::Rejected if *cause == Cause::Platforms => Some(Self::Rejected),
            // Looked up, and it is another person's.
            Verdict::Rejected if *cause == Cause::ReadBack => Some(Self::SomeoneElse),
            // It had been handed over when the program stumbled.
            Verdict::InDoubt if matches!(cause, Cause::Local(_)) => Some(Self::OwnFault),
            // Looked up, and nothing was found that settles it.
            Verdict::InDoubt if *cause == Cause::ReadBack => Some(Self::Interrupted),
            Verdict::Rejected | Verdict::InDoubt => Some(Self::of_cause(cause)),
        }
    }

    /// The name of a cause, as a read has it. The match names every cause, so that a new one cannot be without a name.
    pub fn of_cause(cause: &Cause) -> Self {
        match cause {
            Cause::Platforms | Cause::TooLong(_) | Cause::Nonsense(_) | Cause::ReadBack => Self::AnswerUnclear,
            Cause::Refused(_) => Self::Rejected,
            Cause::Token(_) => Self::TokenRefused,
            Cause::Redirect(_) => Self::Redirected,
            Cause::TooMany(_) => Self::TooManyRequests,
            Cause::Gateway(_) => Self::GatewayFault,
            Cause::Lookup | Cause::Connect => Self::NoConnection,
            Cause::Tls(_) => Self::TlsRefused,
            Cause::Timeout(_) => Self::Timeout,
            Cause::Broken => Self::ConnectionBroken,
            Cause::WebPage => Self::NotTheApi,
            Cause::ReadOnly => Self::ReadOnly,
            Cause::Local(_) => Self::NotPrepared,
            Cause::NoJournal(_) => Self::NoJournal,
            Cause::InFlight(_) => Self::Claimed,
        }
    }

    /// The name of what became of a request; nothing where it was done.
    pub fn of_report(report: &Report) -> Option<Self> {
        Self::of(report.verdict, &report.cause)
    }

    /// The name of why a user could not be read.
    pub fn of_read(fault: &ReadFault) -> Self {
        match fault {
            ReadFault::NotFound => Self::NoSuchUser,
            ReadFault::NoService(_) => Self::NoReadService,
            ReadFault::Failed(cause) => Self::of_cause(cause),
            ReadFault::SomeoneElse(_) => Self::SomeoneElse,
        }
    }

    /// The name of what became of an order; nothing where it was done.
    pub fn of_sent(sent: &Sent) -> Option<Self> {
        match sent {
            Sent::Report(report) => Self::of_report(report),
            Sent::Conflict(_) => Some(Self::ChangedMeanwhile),
        }
    }

    /// The name of what became of one person of a bulk change; nothing where there was nothing to do, or it was done.
    pub fn of_bulk(answer: &BulkAnswer) -> Option<Self> {
        match answer {
            BulkAnswer::Report(report) => Self::of_report(report),
            BulkAnswer::Same => None,
            BulkAnswer::Changed => Some(Self::ChangedMeanwhile),
            BulkAnswer::Refused(_) => Some(Self::NotPrepared),
        }
    }
}

impl From<&MediaFault> for Code {
    /// A picture that cannot be used is a change that cannot be made.
    fn from(_: &MediaFault) -> Self {
        Self::NotPrepared
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
