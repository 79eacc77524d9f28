//! Names of time zones.

/// Whether the text has the shape of a name of the tz database: `Europe/Paris`, `Etc/GMT+3`, `UTC`.
///
/// Only the shape: the platform has a closed list of its own that is not published (api.md 7, row 29).
pub fn is_timezone(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.split('/').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphabetic())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
        })
}

/// The zone to take instead, where the platform is known to lack one: its list has one city for each zone, and Madrid is
/// not in the part of it that was published; the vendor's own Spanish examples use Paris (api.md 6).
pub fn better_known(text: &str) -> Option<&'static str> {
    (text == "Europe/Madrid").then_some("Europe/Paris")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_name() {
        for good in ["Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+3", "UTC"] {
            assert!(is_timezone(good), "{good}");
        }
        for bad in ["", "Europe/", "/Paris", "Europe Paris", "+01:00", "Europe//Paris"] {
            assert!(!is_timezone(bad), "{bad}");
        }
    }

    #[test]
    fn madrid_is_answered_with_paris() {
        assert_eq!(better_known("Europe/Madrid"), Some("Europe/Paris"));
        assert_eq!(better_known("Europe/London"), None);
    }
}
