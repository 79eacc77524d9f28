//! How fast changes may leave: a bucket of tokens that fills evenly. Pure; what time it is, is told.

use std::num::NonZeroU32;
use std::time::Duration;

/// The pace of one job. Times are counted from any fixed moment.
#[derive(Clone, Debug)]
pub struct Pace {
    /// The time that one change takes out of the bucket; nothing where the pace is free.
    each: Duration,
    /// How much earlier than its time a change may leave: the depth of the bucket.
    early: Duration,
    /// The time of the next change.
    next: Duration,
    /// Nothing leaves before this, because the service asked so.
    held: Duration,
}

impl Pace {
    /// At most so many a second, evenly, after a beginning of at most `burst` at once; without a number as fast as it goes.
    pub fn new(rate: Option<NonZeroU32>, burst: u32) -> Self {
        let each = rate.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.get());
        let early = each.saturating_mul(burst.saturating_sub(1));
        Self { each, early, next: Duration::ZERO, held: Duration::ZERO }
    }

    /// Takes the turn of one change, and says how long it has to wait from `now` on.
    pub fn take(&mut self, now: Duration) -> Duration {
        self.next = self.next.max(now.saturating_sub(self.early));
        let turn = self.next.max(self.held);
        self.next += self.each;
        turn.saturating_sub(now)
    }

    /// Lets nothing leave for a while.
    pub fn hold(&mut self, now: Duration, time: Duration) {
        self.held = self.held.max(now + time);
        self.next = self.next.max(self.held);
    }

    /// How long everything is held from `now` on.
    pub fn held(&self, now: Duration) -> Duration {
        self.held.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TENTH: Duration = Duration::from_millis(100);
    const SECOND: Duration = Duration::from_secs(1);

    fn pace(rate: u32, burst: u32) -> Pace {
        Pace::new(NonZeroU32::new(rate), burst)
    }

    #[test]
    fn changes_leave_evenly() {
        let mut pace = pace(10, 1);
        let waits: Vec<_> = (0..4).map(|_| pace.take(SECOND)).collect();
        assert_eq!(waits, [Duration::ZERO, TENTH, 2 * TENTH, 3 * TENTH]);
        assert_eq!(pace.take(9 * SECOND), Duration::ZERO, "who was idle does not wait");
        assert_eq!(pace.take(9 * SECOND), TENTH, "and has saved nothing up");
    }

    #[test]
    fn a_free_pace_never_waits() {
        let mut pace = pace(0, 1);
        assert!((0..100).all(|_| pace.take(SECOND) == Duration::ZERO));
    }

    #[test]
    fn what_the_service_asks_for_holds_everything() {
        let mut pace = pace(10, 4);
        pace.hold(SECOND, 5 * SECOND);
        assert_eq!(pace.held(SECOND), 5 * SECOND);
        assert_eq!(pace.take(2 * SECOND), 4 * SECOND);
        assert_eq!(pace.take(2 * SECOND), 4 * SECOND + TENTH);
        assert_eq!(pace.held(7 * SECOND), Duration::ZERO);
        pace.hold(3 * SECOND, SECOND);
        assert_eq!(pace.held(3 * SECOND), 3 * SECOND, "the longer hold stays");
    }

    proptest! {
        #[test]
        fn no_second_has_more_than_the_rate_and_the_burst(
            rate in 1_u32..50, burst in 1_u32..8, gaps in proptest::collection::vec(0_u64..300, 1..200),
        ) {
            let (mut pace, mut now, mut left) = (pace(rate, burst), Duration::ZERO, Vec::new());
            for gap in gaps {
                now += Duration::from_millis(gap);
                left.push(now + pace.take(now));
            }
            for (index, begin) in left.iter().enumerate() {
                let within = left[index..].iter().filter(|time| **time < *begin + SECOND).count();
                prop_assert!(within <= (rate + burst) as usize, "{within} of {rate} a second");
            }
        }
    }
}
