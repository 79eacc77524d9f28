//! The reply to a question for one user, to a person or the reason why not. Pure.

use std::fmt::Display;

use crate::api::classify::{Body, Reply, is_page, refusal};
use crate::codec::json;
use crate::codec::json::envelope::{Envelope, Status};
use crate::domain::key::UserKey;
use crate::domain::outcome::{Cause, ReadFault};
use crate::domain::person::Person;
use crate::domain::untrusted::Untrusted;

/// Reads a user who was asked for by `key`.
///
/// "There is no such user" and "there is no such service" look alike on the wire: both may be a 404. What tells them apart is the API's
/// own envelope: a JSON object with `responsePlatforms` whose generic or management status is 404 (api.md 7, row 7). A gateway's error
/// page may be JSON with a `status` of 404 too, but never names platforms. A 404 or 405 without that proof is no service, which lets
/// an agent insist on a blind update and never lets a look-up conclude that nobody is there.
pub fn person(reply: &Reply, key: &UserKey) -> Result<Person, ReadFault> {
    if let Some(fault) = turned_away(reply) {
        return Err(fault);
    }
    let body = whole(reply)?;
    match json::person(body) {
        Ok(person) => known_as(person, key),
        Err(fault) => Err(not_understood(reply, &fault)),
    }
}

/// What a status of HTTP other than 2xx says by itself.
pub(in crate::api) fn turned_away(reply: &Reply) -> Option<ReadFault> {
    if matches!(reply.http, 404 | 405) {
        let proven = envelope(reply).is_some_and(|envelope| says(&envelope, 404));
        return Some(if proven { ReadFault::NotFound } else { ReadFault::NoService(reply.http) });
    }
    refusal(reply).map(|(_, cause)| ReadFault::Failed(cause))
}

fn envelope(reply: &Reply) -> Option<Envelope> {
    reply.text().and_then(|body| json::envelope(body).ok())
}

/// What a body of a 2xx is that is not what was asked for: a refusal inside, or nonsense.
pub(in crate::api) fn not_understood(reply: &Reply, fault: &impl Display) -> ReadFault {
    refused_inside(envelope(reply)).unwrap_or_else(|| garbled(reply, fault))
}

/// The body, where all of it came.
pub(in crate::api) fn whole(reply: &Reply) -> Result<&[u8], ReadFault> {
    let cause = match &reply.body {
        Body::Whole(bytes) => return Ok(bytes),
        Body::Broken => Cause::Broken,
        Body::Late(seconds) => Cause::Timeout(*seconds),
        Body::TooLong(limit) => Cause::TooLong(*limit),
    };
    Err(ReadFault::Failed(cause))
}

/// The id or the username, byte for byte. A service that folds case answers with another spelling, and the agent is shown it.
fn known_as(person: Person, key: &UserKey) -> Result<Person, ReadFault> {
    if person.username == key.as_str() || person.id.as_deref() == Some(key.as_str()) {
        Ok(person)
    } else {
        Err(ReadFault::SomeoneElse(Untrusted::new(person.username)))
    }
}

/// A refusal under HTTP 200, which is how the vendor's pages write every answer.
fn refused_inside(envelope: Option<Envelope>) -> Option<ReadFault> {
    let envelope = envelope?;
    if says(&envelope, 404) {
        return Some(ReadFault::NotFound);
    }
    match envelope.status {
        Status::Is(status @ (401 | 403)) => Some(ReadFault::Failed(Cause::Token(status))),
        Status::Is(status @ 400..) => Some(ReadFault::Failed(Cause::Refused(status))),
        Status::Is(_) | Status::Absent | Status::Nonsense => None,
    }
}

/// Whether the API's own envelope says this status, for itself or for the management platform.
fn says(envelope: &Envelope, status: u16) -> bool {
    let Some(platforms) = &envelope.platforms else { return false };
    let management = platforms.iter().find(|platform| platform.name.raw() == "management");
    envelope.status == Status::Is(status) || management.is_some_and(|row| row.status == Status::Is(status))
}

/// The words about the fault stand in for the body, whose beginning may hold the data of a person.
fn garbled(reply: &Reply, fault: &impl Display) -> ReadFault {
    let nonsense = || Cause::Nonsense(Untrusted::new(fault.to_string()));
    ReadFault::Failed(if is_page(reply) { Cause::WebPage } else { nonsense() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARTA: &str =
        r#"{"id": "ff808181556ee70e015572136a250012", "username": "marta.lopez", "password": "$2a$10$CANARY"}"#;

    fn read(http: u16, body: &str) -> Result<Person, ReadFault> {
        person(&Reply::of(http, body), &UserKey::parse("marta.lopez").expect("a key"))
    }

    #[test]
    fn the_person_that_was_asked_for_is_the_one_that_is_taken() {
        assert_eq!(read(200, MARTA).unwrap().username, "marta.lopez");
        let by_id = UserKey::parse("ff808181556ee70e015572136a250012").unwrap();
        assert_eq!(person(&Reply::of(206, MARTA), &by_id).unwrap().username, "marta.lopez");
        for other in [r#"{"id": "x", "username": "Marta.Lopez"}"#, r#"{"username": "marta.lopez "}"#] {
            assert!(matches!(read(200, other), Err(ReadFault::SomeoneElse(_))), "{other}");
        }
    }

    #[test]
    fn nobody_and_no_service_are_told_apart_by_the_envelope() {
        let envelope = r#"{"status": 404, "message": "no such user", "responsePlatforms": {}}"#;
        let management = r#"{"status": 400, "responsePlatforms": {"management": {"status": 404}}}"#;
        for (http, body) in [(404, envelope), (404, management), (200, envelope), (405, envelope)] {
            assert_eq!(read(http, body), Err(ReadFault::NotFound), "{http} {body}");
        }
        let gateway = r#"{"timestamp": 1, "status": 404, "error": "Not Found", "message": "No message", "path": "/x"}"#;
        let method = r#"{"status": 405, "message": "GET is not supported", "responsePlatforms": {}}"#;
        for (http, body) in [(404, gateway), (404, ""), (404, "<html>"), (405, method), (405, "")] {
            assert_eq!(read(http, body), Err(ReadFault::NoService(http)), "{http} {body}");
        }
    }

    #[test]
    fn every_other_failure_says_what_happened() {
        let failed = |http, body: &str| match read(http, body) {
            Err(ReadFault::Failed(cause)) => cause,
            other => panic!("{other:?}"),
        };
        assert_eq!(failed(401, ""), Cause::Token(401));
        assert_eq!(failed(200, r#"{"status": 403, "responsePlatforms": {}}"#), Cause::Token(403));
        assert_eq!(failed(200, r#"{"status": 500, "responsePlatforms": {}}"#), Cause::Refused(500));
        assert_eq!(failed(503, ""), Cause::Gateway(503));
        assert_eq!(failed(200, "<!doctype html>"), Cause::WebPage);
        assert_eq!(failed(200, "[]"), Cause::Nonsense(Untrusted::new("there is no user in it")));
        assert_eq!(failed(204, ""), Cause::Nonsense(Untrusted::new("is not JSON: line 1, column 0")));
    }

    #[test]
    fn a_reply_that_is_not_understood_shows_nothing_of_itself() {
        for body in [
            &MARTA[..MARTA.len() - 1],
            &MARTA.replace("\"marta.lopez\"", "7"),
            &MARTA.replace("username", "name"),
            &format!("[{MARTA}, {MARTA}]"),
        ] {
            let fault = format!("{:?}", read(200, body).unwrap_err());
            assert!(!fault.contains("CANARY") && !fault.contains("ff80"), "{fault}");
        }
    }
}
