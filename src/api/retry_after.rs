//! The header `Retry-After`, in both of its forms, as seconds.
//!
//! Deliberately without a clock: a date is measured against the reply's own `Date`, so that neither side's wrong clock matters.

use jiff::fmt::rfc2822::DateTimeParser;

/// The longest wait that is believed: a day. What is longer is an outage or a mistake, and no help to an agent.
const LONGEST: u64 = 24 * 60 * 60;

/// The seconds that the server asked to wait. Negative, past, absurd and garbled values are as if nothing was asked (faults.md, row 12).
pub fn seconds(retry_after: Option<&str>, date: Option<&str>) -> Option<u64> {
    let text = retry_after?.trim();
    let seconds = if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok()? } else { until(text, date?)? };
    (seconds <= LONGEST).then_some(seconds)
}

fn until(then: &str, now: &str) -> Option<u64> {
    let time = |text: &str| DateTimeParser::new().parse_timestamp(text.trim()).ok();
    let seconds = time(then)?.as_second().checked_sub(time(now)?.as_second())?;
    u64::try_from(seconds).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_are_understood() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(seconds(Some("5"), None), Some(5));
        assert_eq!(seconds(Some(" 0 "), None), Some(0));
        assert_eq!(seconds(Some("Sun, 06 Nov 1994 08:50:07 GMT"), date), Some(30));
    }

    #[test]
    fn nothing_useful_is_nothing() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        for (text, date) in [
            (None, None),
            (Some(""), None),
            (Some("-1"), None),
            (Some("99999999"), None),
            (Some("99999999999999999999999"), None),
            (Some("soon"), date),
            (Some("1.5"), date),
            (Some("Sun, 06 Nov 1994 08:49:07 GMT"), date),
            (Some("Sun, 06 Nov 2094 08:49:07 GMT"), date),
            (Some("Sun, 06 Nov 1994 08:50:07 GMT"), None),
        ] {
            assert_eq!(seconds(text, date), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_there_the_wait_is_bounded(text in "\\PC*|[0-9]{1,12}", date in "\\PC*") {
            prop_assert!(seconds(Some(&text), Some(&date)).is_none_or(|seconds| seconds <= LONGEST));
        }
    }
}
