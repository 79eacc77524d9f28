//! A file of people as a job: which of its lines are done, which wait, and which need somebody.
//!
//! Deliberately not here: what a line would do (`domain::plan`), and how it is carried out ([`crate::service`]).

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::domain::record::{ChangeId, Realm, Standing};

/// The number of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a job is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobHead {
    /// The file's name, for people.
    pub source: String,
    /// The digest of its lines, without passwords, as hexadecimal digits.
    pub digest: String,
    /// The hash of its plan, as hexadecimal digits.
    pub plan: String,
    /// How the file is read and carried out, as [`crate::codec`] wrote it: what a resumed job does is what was begun.
    pub terms: String,
    /// How many lines there are.
    pub lines: u64,
}

/// Where a job as a whole stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Its lines are being written down; nothing was sent.
    Planning,
    /// Every line is there.
    Ready,
    /// Somebody carries it out, or did when their program ended.
    Running,
    /// Somebody stopped it.
    Stopped,
    /// No line waits.
    Ended,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Planning, Self::Ready, Self::Running, Self::Stopped, Self::Ended];

    /// The word that is shown and kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Ended => "ended",
        }
    }

    /// The state of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// Where a line stands. Every line is in exactly one of these at any time (faults.md, I-7, I-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineState {
    /// Nothing was done for it yet.
    Waiting,
    /// The person is so already.
    Unchanged,
    /// It cannot be done, and nothing was sent.
    Error,
    /// It was sent; how its change stands.
    Sent(Standing),
}

impl LineState {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Unchanged => "unchanged",
            Self::Error => "error",
            Self::Sent(standing) => standing.word(),
        }
    }

    /// Whether there is nothing left to do for it, now or later.
    pub fn is_final(self) -> bool {
        match self {
            Self::Waiting => false,
            Self::Unchanged | Self::Error => true,
            Self::Sent(standing) => !matches!(standing, Standing::Open | Standing::InDoubt | Standing::NotSent),
        }
    }
}

/// A line of a plan, to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// The line of the file.
    pub line: u64,
    /// Whom it is about.
    pub username: String,
    /// What it does: the word of the plan.
    pub action: String,
    /// The digest of what was planned, so that a line whose person changed since is not carried out.
    pub digest: String,
    /// Waiting, unchanged, or an error.
    pub state: LineState,
    /// Why it is an error.
    pub reason: Option<String>,
}

/// A line as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLine {
    /// What was written down.
    pub plan: NewLine,
    /// Its change, once it was sent.
    pub change: Option<ChangeId>,
}

/// How many lines stand where.
pub type Counts = BTreeMap<LineState, u64>;

/// A job as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// Where it goes.
    pub realm: Realm,
    /// When it was planned, in milliseconds since 1970 (UTC).
    pub at: i64,
    /// What it is about.
    pub head: JobHead,
    /// Where it stands.
    pub state: JobState,
    /// Somebody carries it out just now.
    pub claimed: bool,
    /// How many lines stand where.
    pub counts: Counts,
}

impl Job {
    /// How many of its lines were sent and not refused: done, or possibly done.
    pub fn sent(&self) -> u64 {
        let was_sent = |state: &LineState| match state {
            LineState::Waiting | LineState::Unchanged | LineState::Error => false,
            LineState::Sent(standing) => !matches!(standing, Standing::NotSent | Standing::Rejected),
        };
        self.counts.iter().filter(|(state, _)| was_sent(state)).map(|(_, count)| count).sum()
    }

    /// How many of its lines there is still something to do for, now or later.
    pub fn left(&self) -> u64 {
        self.counts.iter().filter(|(state, _)| !state.is_final()).map(|(_, count)| count).sum()
    }

    /// Where it stands as everybody sees it: one whose program was killed is stopped.
    pub fn shown_state(&self) -> JobState {
        if self.state == JobState::Running && !self.claimed { JobState::Stopped } else { self.state }
    }

    /// Whether a line waits to be sent, or may be sent again because it never left.
    pub fn waits(&self) -> bool {
        let waits = [LineState::Waiting, LineState::Sent(Standing::NotSent)];
        self.counts.iter().any(|(state, count)| *count > 0 && waits.contains(state))
    }
}

/// How many lines stand where, in words.
pub fn words(counts: &Counts) -> String {
    let count = |(state, count): (&LineState, &u64)| format!("{count} {}", state.word());
    let words: Vec<_> = counts.iter().filter(|(_, count)| **count > 0).map(count).collect();
    if words.is_empty() { "no line".to_owned() } else { words.join(", ") }
}

/// The time that is left, if the rest goes as the lines before; nothing where nobody knows yet, or nothing is left.
pub fn time_left(ended: u64, total: u64, elapsed: Duration) -> Option<String> {
    let rest = total.checked_sub(ended).filter(|rest| *rest > 0 && ended > 0)?;
    let seconds = elapsed.as_secs().checked_mul(rest)? / ended;
    Some(match seconds {
        0..10 => "a few seconds left".to_owned(),
        10..120 => format!("about {seconds} s left"),
        120..7200 => format!("about {} min left", seconds.div_ceil(60)),
        7200.. => format!("about {} h left", seconds.div_ceil(3600)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_is_told_as_people_tell_it() {
        let told = |ended, total, seconds| time_left(ended, total, Duration::from_secs(seconds));
        assert_eq!(told(0, 10, 5), None, "nobody knows yet");
        assert_eq!(told(10, 10, 5), None);
        assert_eq!(told(9, 10, 18).as_deref(), Some("a few seconds left"));
        assert_eq!(told(10, 20, 30).as_deref(), Some("about 30 s left"));
        assert_eq!(told(1000, 100_000, 100).as_deref(), Some("about 3 h left"));
    }

    #[test]
    fn counts_are_told_without_those_that_are_none() {
        let counts = [(LineState::Sent(Standing::Done), 40), (LineState::Waiting, 0), (LineState::Error, 1)].into();
        assert_eq!(words(&counts), "1 error, 40 done");
        assert_eq!(words(&Counts::new()), "no line");
    }
}
