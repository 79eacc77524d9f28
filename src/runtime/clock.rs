//! The only clock: what time it is for the agent, and how long something takes.

use std::time::Duration;

use tokio::time::Instant;

/// The local time of day as `14:02:11`.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn time_of_day() -> String {
    jiff::Zoned::now().strftime("%H:%M:%S").to_string()
}

/// The time in UTC to the millisecond, for a log that several sessions write: `2026-11-20T14:02:11.084Z`.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn stamp() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Seconds since 1970 (UTC), to be kept with what was read.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Milliseconds since 1970 (UTC), to be kept with a change.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn milliseconds() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A moment of the past in words that say how old it is: `14:02`, `yesterday 14:02`, `18 Nov 14:02, 4 days old`.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn moment(seconds: i64) -> String {
    let now = jiff::Zoned::now();
    let Ok(then) = jiff::Timestamp::from_second(seconds) else {
        return "at an unknown time".to_owned();
    };
    let then = then.to_zoned(now.time_zone().clone());
    let days = now.date().since(then.date()).map_or(-1, |span| i64::from(span.get_days()));
    match days {
        0 => then.strftime("%H:%M").to_string(),
        1 => then.strftime("yesterday %H:%M").to_string(),
        2.. => format!("{}, {days} days old", then.strftime("%-d %b %H:%M")),
        // The clock was set back since: how old it is nobody knows.
        _ => "at an unknown time".to_owned(),
    }
}

/// The moment from which something is measured. Changes of the wall clock do not touch it; a test can stop it with tokio's clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has been.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Lets time pass.
pub async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_is_hours_minutes_and_seconds() {
        let time = time_of_day();
        let numbers: Vec<u32> = time.split(':').map(|part| part.parse().unwrap()).collect();
        assert!(time.len() == 8 && numbers[0] < 24 && numbers[1] < 60 && numbers[2] < 60, "{time}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stopwatch_measures_what_passes() {
        let watch = Stopwatch::start();
        pass(Duration::from_millis(2150)).await;
        assert_eq!(watch.elapsed(), Duration::from_millis(2150));
    }
}
