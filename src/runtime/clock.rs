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

/// A moment (milliseconds since 1970) by the agent's clock, with its distance to UTC: `2026-11-22 14:02:11 +01:00`.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn local(milliseconds: i64) -> String {
    written(milliseconds, jiff::Zoned::now().time_zone(), "%Y-%m-%d %H:%M:%S %:z")
}

/// The same for a program: `2026-11-22T13:02:11.250Z`.
pub fn universal(milliseconds: i64) -> String {
    written(milliseconds, &jiff::tz::TimeZone::UTC, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

fn written(milliseconds: i64, zone: &jiff::tz::TimeZone, format: &str) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map_or_else(
        |_| "at an unknown time".to_owned(),
        |then| then.to_zoned(zone.clone()).strftime(format).to_string(),
    )
}

/// The beginning of a day such as `2026-11-22` by the agent's clock, in milliseconds since 1970 (UTC).
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn day(text: &str) -> Option<i64> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let zone = jiff::Zoned::now().time_zone().clone();
    date.to_zoned(zone).ok().map(|start| start.timestamp().as_millisecond())
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

/// How long ago a moment was, in words: `just now`, `3 min ago`, `2 h ago`, `4 days ago`. Milliseconds since 1970.
pub fn age(then: i64, now: i64) -> String {
    // The clock was set back since: how long it has been nobody knows.
    let Ok(seconds) = u64::try_from(now.saturating_sub(then).div_euclid(1000)) else {
        return "age unknown".to_owned();
    };
    match seconds {
        0..10 => "just now".to_owned(),
        10..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        86_400..172_800 => "1 day ago".to_owned(),
        _ => format!("{} days ago", seconds / 86_400),
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

    #[test]
    fn an_age_is_said_in_one_number_and_never_guessed() {
        for (seconds, words) in [
            (0, "just now"),
            (59, "59 s ago"),
            (60, "1 min ago"),
            (7199, "1 h ago"),
            (86_400, "1 day ago"),
            (30 * 86_400, "30 days ago"),
            (-1, "age unknown"),
        ] {
            assert_eq!(age(5_000, 5_000 + seconds * 1000), words);
        }
    }

    #[test]
    fn a_moment_is_written_for_a_person_and_for_a_program() {
        assert_eq!(universal(1_700_000_000_250), "2023-11-14T22:13:20.250Z");
        let local = local(1_700_000_000_250);
        assert!(local.len() == 26 && local.starts_with("2023-11-1") && local[16..].starts_with(":20 "), "{local}");
        let begins = day("2023-11-14").unwrap();
        assert!((1_700_000_000_000 - begins).abs() < 48 * 3600 * 1000 && begins % (15 * 60 * 1000) == 0, "{begins}");
        assert_eq!(day("2023-11"), None);
        assert_eq!(day("tomorrow"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stopwatch_measures_what_passes() {
        let watch = Stopwatch::start();
        pass(Duration::from_millis(2150)).await;
        assert_eq!(watch.elapsed(), Duration::from_millis(2150));
    }
}
