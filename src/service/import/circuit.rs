//! When a job stops by itself: the same failure, again and again, burns no more lines (faults.md, retry rule). Pure.

use crate::domain::outcome::{Cause, PlatformState, ReadFault, Report, Verdict};

/// So many equal failures in a row open the circuit.
pub const MOST: u32 = 5;

/// What one line says of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beat {
    /// It works.
    Good,
    /// Nothing: the line never came so far.
    Silent,
    /// It failed, and so; in words that are equal where the failures are.
    Bad(String),
}

/// The failures in a row.
#[derive(Clone, Debug, Default)]
pub struct Circuit {
    last: Option<String>,
    count: u32,
}

impl Circuit {
    /// Takes what a line says, and says why nothing more is sent, once that is so.
    pub fn note(&mut self, beat: &Beat) -> Option<String> {
        match beat {
            Beat::Silent => return None,
            Beat::Good => (self.last, self.count) = (None, 0),
            Beat::Bad(words) if self.last.as_ref() == Some(words) => self.count += 1,
            Beat::Bad(words) => (self.last, self.count) = (Some(words.clone()), 1),
        }
        (self.count >= MOST).then(|| {
            format!("{} lines in a row failed in the same way: {}", self.count, self.last.clone().unwrap_or_default())
        })
    }
}

impl Beat {
    /// What an answer says. The message of a refusal counts: what is wrong with five lines in the same words is not wrong with one line.
    pub fn of(report: &Report) -> Self {
        let mut words = match report.verdict {
            Verdict::Applied | Verdict::Pending => return Self::Good,
            Verdict::NotSent | Verdict::Rejected | Verdict::Partial | Verdict::InDoubt => cause(&report.cause),
        };
        for row in report.platforms.iter().filter(|row| row.state >= PlatformState::NotReported) {
            let status = row.status.map_or_else(String::new, |status| format!(" ({status})"));
            words = format!("{words}; {} {}{status}", row.name, row.state.word());
        }
        match &report.message {
            Some(message) if !message.is_empty() => Self::Bad(format!("{words}: {message}")),
            Some(_) | None => Self::Bad(words),
        }
    }

    /// What a reading says. That somebody is not there is no failure.
    pub fn of_reading(fault: &ReadFault) -> Self {
        match fault {
            ReadFault::NotFound => Self::Good,
            // Each is about another person.
            ReadFault::SomeoneElse(_) => Self::Silent,
            ReadFault::Failed(fault) => Self::Bad(cause(fault)),
            ReadFault::NoService(_) => Self::Bad(fault.to_string()),
        }
    }
}

/// A cause in words, without the seconds that a service asks to wait: they are others each time.
fn cause(cause: &Cause) -> String {
    if matches!(cause, Cause::TooMany(_)) { Cause::TooMany(None).to_string() } else { cause.to_string() }
}

/// Why nothing more can be sent after this, however often it is tried; nothing where the next line may fare better.
pub fn is_over(cause: &Cause) -> Option<String> {
    match cause {
        Cause::Token(_) => Some(format!("{cause}: nobody else would fare better")),
        Cause::NoJournal(_) | Cause::ReadOnly => Some(cause.to_string()),
        Cause::Platforms
        | Cause::Refused(_)
        | Cause::Redirect(_)
        | Cause::TooMany(_)
        | Cause::Gateway(_)
        | Cause::Lookup
        | Cause::Connect
        | Cause::Tls(_)
        | Cause::Timeout(_)
        | Cause::Broken
        | Cause::WebPage
        | Cause::TooLong(_)
        | Cause::Nonsense(_)
        | Cause::Local(_)
        | Cause::InFlight(_)
        | Cause::ReadBack => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::untrusted::Untrusted;

    fn refused(message: &str) -> Beat {
        let mut report = Report::without_reply(Verdict::Rejected, Cause::Refused(400));
        report.message = Some(Untrusted::new(message));
        Beat::of(&report)
    }

    fn note(beats: impl IntoIterator<Item = Beat>) -> Vec<bool> {
        let mut circuit = Circuit::default();
        beats.into_iter().map(|beat| circuit.note(&beat).is_some()).collect()
    }

    #[test]
    fn five_equal_failures_in_a_row_open_it() {
        let gateway = || Beat::of(&Report::without_reply(Verdict::InDoubt, Cause::Gateway(503)));
        assert_eq!(note((0..6).map(|_| gateway())), [false, false, false, false, true, true]);
        let mixed = [gateway(), gateway(), Beat::Silent, gateway(), gateway(), Beat::Good, gateway()];
        assert!(note(mixed).into_iter().all(|open| !open));
        let waits = (0..5).map(|seconds| Report::without_reply(Verdict::NotSent, Cause::TooMany(Some(seconds))));
        assert!(note(waits.map(|report| Beat::of(&report))).contains(&true), "whatever time they ask for");
    }

    #[test]
    fn what_is_wrong_with_each_line_in_its_own_words_does_not() {
        assert!(note((0..20).map(|n| refused(&format!("the username u{n} is taken")))).into_iter().all(|open| !open));
        assert!(note((0..5).map(|_| refused("the licence is used up"))).contains(&true));
    }

    #[test]
    fn a_token_that_is_not_accepted_is_over_at_once() {
        assert!(is_over(&Cause::Token(401)).is_some() && is_over(&Cause::Token(403)).is_some());
        assert!(is_over(&Cause::Gateway(503)).is_none());
    }

    #[test]
    fn somebody_who_is_not_there_is_an_answer() {
        assert_eq!(Beat::of_reading(&ReadFault::NotFound), Beat::Good);
        assert_eq!(Beat::of_reading(&ReadFault::Failed(Cause::Connect)), Beat::Bad("no connection to the host".into()));
    }
}
