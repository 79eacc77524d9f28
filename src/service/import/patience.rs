//! When something is asked again, and after which wait: pure rules, without a clock (faults.md, retry rule and I-14).
//!
//! Deliberately not here: writes that left. They are never repeated by themselves, whatever came back.

use std::cell::Cell;
use std::time::Duration;

use crate::domain::outcome::{Cause, ReadFault};

/// How often the same is tried, the first time included.
pub const ATTEMPTS: u32 = 3;

/// The first wait is somewhere below this, and each that follows below twice the one before.
const BASE: Duration = Duration::from_millis(500);

/// No wait of our own is longer.
const CAP: Duration = Duration::from_secs(20);

/// The longest wait that a service may ask for.
const LONGEST: Duration = Duration::from_secs(120);

/// Whether the same may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It may not.
    No,
    /// It may, after what the service asks to wait, where it asks for it.
    After(Option<Duration>),
}

/// Whether the same may be tried again after this. Only what was not heard, or what a gateway
/// turned away or broke off: what was too slow would be asked for the same work again.
pub fn again(cause: &Cause) -> Again {
    match cause {
        Cause::TooMany(seconds) => Again::After(seconds.map(Duration::from_secs)),
        Cause::Lookup | Cause::Connect | Cause::Broken | Cause::Gateway(500..) => Again::After(None),
        Cause::Gateway(_)
        | Cause::Platforms
        | Cause::Refused(_)
        | Cause::Token(_)
        | Cause::Redirect(_)
        | Cause::Tls(_)
        | Cause::Timeout(_)
        | Cause::WebPage
        | Cause::TooLong(_)
        | Cause::Nonsense(_)
        | Cause::ReadOnly
        | Cause::Local(_)
        | Cause::NoJournal(_)
        | Cause::InFlight(_)
        | Cause::ReadBack => Again::No,
    }
}

/// The same for a reading, which changes nothing and may be repeated.
pub fn read_again(fault: &ReadFault) -> Again {
    match fault {
        ReadFault::Failed(cause) => again(cause),
        ReadFault::NotFound | ReadFault::NoService(_) | ReadFault::SomeoneElse(_) => Again::No,
    }
}

/// How long to wait after so many attempts. `chance` is from 0 to 1: a different one each time, so that many who were turned away together
/// do not come back together. What the service asked for is waited at least, as far as it is not absurd.
pub fn wait(attempts: u32, asked: Option<Duration>, chance: f64) -> Duration {
    let most = BASE.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1))).min(CAP);
    let own = most.mul_f64(chance.clamp(0.0, 1.0));
    asked.map_or(own, |asked| asked.min(LONGEST).max(own))
}

/// How much may be repeated: a tenth of what was asked, so that a service in trouble never gets more than 1.1 times the work.
#[derive(Debug, Default)]
pub struct Budget {
    tenths: Cell<u64>,
}

impl Budget {
    /// Counts something that is asked for the first time.
    pub fn earn(&self) {
        self.tenths.set(self.tenths.get().saturating_add(1));
    }

    /// Takes the repetition of one request, where there is one.
    pub fn spend(&self) -> bool {
        self.take(10)
    }

    /// Takes the repetition of a whole line: its questions, two at most, and its change, each of which is counted as if it was asked for the
    /// first time.
    pub fn spend_line(&self) -> bool {
        self.take(3 * 11)
    }

    fn take(&self, tenths: u64) -> bool {
        let left = self.tenths.get().checked_sub(tenths);
        left.inspect(|left| self.tenths.set(*left)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_grow_to_a_limit_and_are_never_shorter_than_the_service_asks() {
        let longest: Vec<_> = (1..9).map(|attempts| wait(attempts, None, 1.0).as_millis()).collect();
        assert_eq!(longest, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
        assert_eq!(wait(3, None, 0.5), SECOND);
        assert_eq!(wait(3, None, 0.0), Duration::ZERO, "full jitter begins at nothing");
        assert_eq!(wait(1, Some(7 * SECOND), 1.0), 7 * SECOND);
        assert_eq!(wait(1, Some(3600 * SECOND), 1.0), 120 * SECOND);
    }

    #[test]
    fn only_what_was_not_heard_or_turned_away_is_asked_again() {
        assert_eq!(again(&Cause::TooMany(Some(3))), Again::After(Some(3 * SECOND)));
        for again_ in [Cause::Lookup, Cause::Connect, Cause::Broken, Cause::Gateway(503), Cause::TooMany(None)] {
            assert_eq!(again(&again_), Again::After(None), "{again_}");
        }
        for never in [Cause::Token(401), Cause::Refused(400), Cause::Gateway(408), Cause::Timeout(60), Cause::WebPage] {
            assert_eq!(again(&never), Again::No, "{never}");
        }
        assert_eq!(read_again(&ReadFault::NotFound), Again::No);
    }

    proptest! {
        #[test]
        fn no_mix_of_faults_makes_more_than_a_tenth_of_repetitions(
            lines in proptest::collection::vec((0_u32..4, 0_u32..3), 0..400),
        ) {
            let (budget, mut asked, mut repeated) = (Budget::default(), 0_u32, 0_u32);
            for (reads, again) in lines {
                // Two questions, of which one may be repeated, and the change; then the whole line again.
                (0..3).for_each(|_| budget.earn());
                asked += 3;
                repeated += (0..reads).map(|_| u32::from(budget.spend())).sum::<u32>();
                for _ in (0..again).filter(|_| budget.spend_line()) {
                    (0..3).for_each(|_| budget.earn());
                    repeated += 3;
                }
                prop_assert!(repeated * 10 <= asked, "{repeated} beside {asked}");
            }
        }
    }
}
