//! How a command ends: one table of exit codes and words, from which the help, the manual page, the README and every JSON document
//! are made (faults.md, I-20).

use crate::domain::job::{Counts, LineState};
use crate::domain::outcome::Verdict;
use crate::domain::record::Standing;

/// How a command ended. A script reads the number, a person the word; they always say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// 0: every platform that had to answer did it, or there was nothing to do.
    Done,
    /// 1: the service refused.
    Rejected,
    /// 2: the command line, or what was given with it, is at fault.
    Usage,
    /// 3: some platforms did it, others did not.
    PartlyDone,
    /// 4: accepted, and no platform will say how it ended.
    Queued,
    /// 5: it left this machine, and nobody knows what became of it.
    InDoubt,
    /// 6: something on this machine or on the way is in the way, and nothing was changed. A request that never left belongs here, one
    /// that the service turned away before looking at it (429), a tenant that is read-only, and a person who changed meanwhile.
    NotSent,
    /// 130: by Ctrl-C, or by an answer that was not yes.
    Stopped,
}

impl Ending {
    /// Every ending, by its code.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Rejected,
        Self::Usage,
        Self::PartlyDone,
        Self::Queued,
        Self::InDoubt,
        Self::NotSent,
        Self::Stopped,
    ];

    /// The exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Rejected => 1,
            Self::Usage => 2,
            Self::PartlyDone => 3,
            Self::Queued => 4,
            Self::InDoubt => 5,
            Self::NotSent => 6,
            Self::Stopped => 130,
        }
    }

    /// The word for it, in JSON and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::Usage => "usage",
            Self::PartlyDone => "partly done",
            Self::Queued => "queued",
            Self::InDoubt => "in doubt",
            Self::NotSent => "not sent",
            Self::Stopped => "stopped",
        }
    }

    /// What it means, for somebody who writes a script.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "every platform that had to answer did it, or there was nothing to do",
            Self::Rejected => "the service refused, and nothing was changed",
            Self::Usage => "called the wrong way; nothing was sent",
            Self::PartlyDone => "some platforms did it and some did not",
            Self::Queued => "accepted, not confirmed: a platform queued it",
            Self::InDoubt => "it was sent, and nobody knows whether it was done",
            Self::NotSent => "a local fault, or no way to the service; nothing was changed",
            Self::Stopped => "by Ctrl-C or by an answer that was not yes; nothing more was sent",
        }
    }

    /// The table for the help of the program, a line each.
    pub fn lines() -> String {
        let line = |ending: Self| format!("  {:<4} {:<12} {}\n", ending.code(), ending.word(), ending.meaning());
        Self::ALL.map(line).concat()
    }
}

/// How a job ends for a script: as its worst line. In this order: in doubt, partly done, rejected, not sent, queued, done. A line that waits, or
/// that cannot be done and of which nothing was sent, counts as not sent.
impl From<&Counts> for Ending {
    fn from(counts: &Counts) -> Self {
        const ORDER: [Ending; 6] =
            [Ending::InDoubt, Ending::PartlyDone, Ending::Rejected, Ending::NotSent, Ending::Queued, Ending::Done];
        let endings: Vec<Self> =
            counts.iter().filter(|(_, count)| **count > 0).map(|(state, _)| of_line(*state)).collect();
        ORDER.into_iter().find(|ending| endings.contains(ending)).unwrap_or(Self::Done)
    }
}

fn of_line(state: LineState) -> Ending {
    match state {
        LineState::Unchanged => Ending::Done,
        LineState::Waiting | LineState::Error => Ending::NotSent,
        LineState::Sent(standing) => match standing {
            Standing::Open | Standing::InDoubt => Ending::InDoubt,
            Standing::Partial => Ending::PartlyDone,
            Standing::Queued => Ending::Queued,
            Standing::Rejected => Ending::Rejected,
            Standing::NotSent => Ending::NotSent,
            Standing::Done | Standing::Mended | Standing::Dismissed => Ending::Done,
        },
    }
}

impl From<Verdict> for Ending {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Applied => Self::Done,
            Verdict::Pending => Self::Queued,
            Verdict::NotSent => Self::NotSent,
            Verdict::Rejected => Self::Rejected,
            Verdict::Partial => Self::PartlyDone,
            Verdict::InDoubt => Self::InDoubt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_that_scripts_were_promised() {
        assert_eq!(Ending::ALL.map(Ending::code), [0, 1, 2, 3, 4, 5, 6, 130]);
        let words = ["done", "rejected", "usage", "partly done", "queued", "in doubt", "not sent", "stopped"];
        assert_eq!(Ending::ALL.map(Ending::word), words);
    }

    #[test]
    fn a_verdict_ends_with_its_own_word() {
        for verdict in [
            Verdict::Applied,
            Verdict::Pending,
            Verdict::NotSent,
            Verdict::Rejected,
            Verdict::Partial,
            Verdict::InDoubt,
        ] {
            assert_eq!(Ending::from(verdict).word(), verdict.word().to_lowercase());
        }
    }

    #[test]
    fn a_job_ends_as_its_worst_line() {
        let sent = LineState::Sent;
        let mut counts = Counts::from([(LineState::Unchanged, 3), (sent(Standing::Done), 90)]);
        assert_eq!(Ending::from(&counts), Ending::Done);
        for (state, ending) in [
            (sent(Standing::Queued), Ending::Queued),
            (LineState::Waiting, Ending::NotSent),
            (sent(Standing::Rejected), Ending::Rejected),
            (LineState::Error, Ending::Rejected),
            (sent(Standing::Partial), Ending::PartlyDone),
            (sent(Standing::InDoubt), Ending::InDoubt),
            (sent(Standing::Mended), Ending::InDoubt),
        ] {
            counts.insert(state, 1);
            assert_eq!(Ending::from(&counts), ending, "{state:?}");
        }
        assert_eq!(Ending::from(&Counts::from([(sent(Standing::InDoubt), 0)])), Ending::Done, "none is none");
    }
}
