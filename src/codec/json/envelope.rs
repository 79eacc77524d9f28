//! The answer to a change: one generic status, and one for each platform (api.md 3).
//!
//! Only what stands there: what it means is decided in `api/classify.rs`.

use serde_json::Value;

use crate::codec::json::strict;
use crate::domain::untrusted::Untrusted;

/// A status as it stands in a body. Lenient in type, strict in range (faults.md, row 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A status of HTTP, written as a number, a text or a fraction without a remainder.
    Is(u16),
    /// Not there, or null.
    Absent,
    /// Anything else.
    Nonsense,
}

/// One entry of `responsePlatforms`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The key.
    pub name: Untrusted,
    /// Its status; absent only where the whole entry is null, so that the platform is named and says nothing.
    pub status: Status,
    /// Its message; what is not a text is kept as JSON.
    pub message: Option<Untrusted>,
    /// Its location.
    pub location: Option<Untrusted>,
}

/// An answer to a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The generic status.
    pub status: Status,
    /// The generic message; the vendor's examples have `""`, which is none.
    pub message: Option<Untrusted>,
    /// The generic location.
    pub location: Option<Untrusted>,
    /// The platforms, in the order of the body; nothing where the key `responsePlatforms` is not there, which tells the API's own
    /// envelope from a gateway's error page in JSON.
    pub platforms: Option<Vec<Platform>>,
}

/// Reads an envelope, or says why the body is none. The words hold no value of the body.
pub fn envelope(body: &[u8]) -> Result<Envelope, String> {
    let Value::Object(map) = strict::parse(body)? else {
        return Err("is not a JSON object".to_owned());
    };
    let platforms = match map.get("responsePlatforms") {
        None => None,
        Some(Value::Null) => Some(Vec::new()),
        Some(Value::Object(entries)) => Some(entries.iter().map(|(name, entry)| platform(name, entry)).collect()),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            return Err("responsePlatforms is not an object".to_owned());
        }
    };
    Ok(Envelope {
        status: status(map.get("status")),
        message: message(map.get("message")),
        location: location(map.get("location")),
        platforms,
    })
}

/// The beginning of a body that was not understood, for the screen: as JSON without passwords where it is JSON, else as text, and never
/// past the place where a password or its hash may stand. Not yet cut to a length, because secrets are masked before.
pub fn beginning(body: &[u8]) -> Untrusted {
    const ENOUGH: usize = 4096;
    if let Ok(value) = strict::parse(body) {
        return Untrusted::new(value.to_string());
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(ENOUGH)]);
    let marks: &[&str] = if text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[', '<']) {
        &["password", "$2a$", "$2b$", "$2y$"]
    } else {
        &["$2a$", "$2b$", "$2y$"]
    };
    // Lower-casing ASCII alone keeps every place where it was.
    let lower = text.to_ascii_lowercase();
    match marks.iter().filter_map(|mark| lower.find(mark)).min() {
        Some(end) => Untrusted::new(format!("{}...", &text[..end])),
        None => Untrusted::new(text),
    }
}

fn platform(name: &str, entry: &Value) -> Platform {
    let name = Untrusted::new(name);
    match entry {
        Value::Object(map) => Platform {
            name,
            status: match status(map.get("status")) {
                Status::Absent => Status::Nonsense,
                known @ (Status::Is(_) | Status::Nonsense) => known,
            },
            message: message(map.get("message")),
            location: location(map.get("location")),
        },
        Value::Null => Platform { name, status: Status::Absent, message: None, location: None },
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Platform { name, status: Status::Nonsense, message: message(Some(entry)), location: None }
        }
    }
}

/// Reads a status.
pub(in crate::codec::json) fn status(value: Option<&Value>) -> Status {
    let number = match value {
        None | Some(Value::Null) => return Status::Absent,
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => return Status::Nonsense,
    };
    let whole = number.strip_suffix(".0").unwrap_or(&number);
    match whole.parse() {
        Ok(status @ 100..=599) if whole.len() == 3 => Status::Is(status),
        Ok(_) | Err(_) => Status::Nonsense,
    }
}

fn message(value: Option<&Value>) -> Option<Untrusted> {
    let text = match value? {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => other.to_string(),
    };
    Some(Untrusted::new(text)).filter(|text| !text.is_empty())
}

fn location(value: Option<&Value>) -> Option<Untrusted> {
    value?.as_str().filter(|text| !text.trim().is_empty()).map(Untrusted::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_of(json: &str) -> Status {
        envelope(format!(r#"{{"status": {json}}}"#).as_bytes()).unwrap().status
    }

    #[test]
    fn a_status_is_taken_in_any_type_and_in_no_other_range() {
        for good in ["201", "\"201\"", "201.0", "\" 201 \"", "\"201.0\"", "2.01e2"] {
            assert_eq!(status_of(good), Status::Is(201), "{good}");
        }
        for bad in
            ["99", "99999", "-1", "201.5", "true", "[201]", "{}", "\"\"", "\"+201\"", "\"0201\"", "\"done\"", "1e300"]
        {
            assert_eq!(status_of(bad), Status::Nonsense, "{bad}");
        }
        assert_eq!(status_of("null"), Status::Absent);
    }

    #[test]
    fn a_platform_that_is_null_says_nothing_and_one_without_a_status_is_nonsense() {
        let body =
            br#"{"status": 201, "responsePlatforms": {"social": null, "play": {"message": "x"}, "training": 201}}"#;
        let platforms = envelope(body).unwrap().platforms.unwrap();
        let statuses: Vec<_> = platforms.iter().map(|platform| (platform.name.raw(), platform.status)).collect();
        assert_eq!(statuses, [("social", Status::Absent), ("play", Status::Nonsense), ("training", Status::Nonsense)]);
    }

    #[test]
    fn messages_that_are_not_texts_are_kept_and_empty_ones_are_none() {
        let body = br#"{"status": 400, "message": {"failed": ["a"]}, "location": 7,
            "responsePlatforms": {"social": {"status": 400, "message": "  "}}}"#;
        let envelope = envelope(body).unwrap();
        assert_eq!(envelope.message.unwrap().raw(), r#"{"failed":["a"]}"#);
        assert_eq!(envelope.location, None);
        assert_eq!(envelope.platforms.unwrap()[0].message, None);
    }

    #[test]
    fn what_is_no_envelope_is_said() {
        assert_eq!(envelope(b"[]"), Err("is not a JSON object".to_owned()));
        assert_eq!(envelope(br#"{"responsePlatforms": []}"#), Err("responsePlatforms is not an object".to_owned()));
        assert!(envelope(b"<html>").is_err());
        assert_eq!(envelope(b"{}").unwrap().platforms, None);
    }

    #[test]
    fn a_beginning_never_holds_a_hash() {
        for body in [
            r#"{"name": "Marta", "password": "$2a$10$abcdef", "x": 1}"#,
            r#"{"name": "Marta", "password": "$2a$10$abcdef", "x""#,
            r#"{"name": "Marta", "PassWord" : "1234"#,
            "user: Marta, hash: $2y$10$abcdef",
            "<user><name>Marta</name><password>1234</password></user>",
        ] {
            let shown = beginning(body.as_bytes());
            assert!(shown.raw().contains("Marta"), "{body}");
            for secret in ["$2", "1234", "abcdef"] {
                assert!(!shown.raw().contains(secret), "{body} -> {shown}");
            }
        }
        assert_eq!(beginning(b"the password is too short").raw(), "the password is too short");
        assert_eq!(beginning(b"\xff\xfe{\0").raw(), "\u{fffd}\u{fffd}{\0");
    }
}
