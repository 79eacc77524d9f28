//! What the user services beside create and update take for a body: a message, a password, or nothing.
//!
//! The message is told to nobody and the password kept nowhere: only whether they could be read matters. The tenant's rules for passwords
//! and those of the training platform are not applied, since the vendor's own example breaks them (api.md 4.6).

use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Map, Value};

use crate::sandbox::form;
use crate::sandbox::reply::Refusal;

/// The encodings of a body, as its content type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Json,
    Form,
    Other,
    Unsaid,
}

/// A body where the page shows none. No page says what becomes of one, so only a strict tenant minds.
pub fn nothing(strict: bool, body: &[u8]) -> Result<(), Refusal> {
    if strict && !body.is_empty() { Err((400, "this service takes no body".to_owned())) } else { Ok(()) }
}

/// The optional `{"message": "..."}` of deactivate. The content type is asked for only where there is one, and then in every revision
/// (api.md 2).
pub fn message(strict: bool, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    if body.is_empty() {
        return Ok(());
    }
    if strict && encoding(headers) != Encoding::Json {
        return Err(wrong_type("application/json"));
    }
    let fields = object(body)?;
    only(strict, &fields, "message")?;
    match fields.get("message") {
        None | Some(Value::String(_)) => Ok(()),
        Some(_) => Err((400, "message: must be a text".to_owned())),
    }
}

/// The `newPassword` of a change of password, as JSON or as a form (api.md 7, row 20). The page lists no content type: without one it is
/// JSON. One in the query does not count, because servers write queries down.
pub fn new_password(strict: bool, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let fields = match encoding(headers) {
        Encoding::Form => {
            let pairs = form::pairs(&String::from_utf8_lossy(body));
            pairs.into_iter().map(|(key, value)| (key, Value::String(value))).collect()
        }
        Encoding::Other if strict => return Err(wrong_type("application/json or application/x-www-form-urlencoded")),
        Encoding::Json | Encoding::Unsaid | Encoding::Other => object(body)?,
    };
    only(strict, &fields, "newPassword")?;
    match fields.get("newPassword") {
        Some(Value::String(password)) if !password.is_empty() => Ok(()),
        Some(Value::String(_)) => Err((400, "newPassword: must not be empty".to_owned())),
        Some(_) => Err((400, "newPassword: must be a text".to_owned())),
        None => Err((400, "newPassword: missing".to_owned())),
    }
}

fn encoding(headers: &HeaderMap) -> Encoding {
    match headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) {
        None => Encoding::Unsaid,
        Some(kind) if kind.starts_with(b"application/json") => Encoding::Json,
        Some(kind) if kind.starts_with(b"application/x-www-form-urlencoded") => Encoding::Form,
        Some(_) => Encoding::Other,
    }
}

fn wrong_type(wanted: &str) -> Refusal {
    (415, format!("Content-Type must be {wanted}"))
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body).map_err(|_| (400, "the body is not a JSON object".to_owned()))
}

fn only(strict: bool, fields: &Map<String, Value>, key: &str) -> Result<(), Refusal> {
    match fields.keys().find(|known| *known != key) {
        Some(unknown) if strict => Err((400, format!("{unknown}: unknown"))),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(kind: &str) -> HeaderMap {
        let value = kind.parse().expect("a header");
        if kind.is_empty() { HeaderMap::new() } else { HeaderMap::from_iter([(header::CONTENT_TYPE, value)]) }
    }

    #[track_caller]
    fn check(found: &Result<(), Refusal>, wanted: Result<(), (u16, &str)>) {
        let found = found.as_ref().map_err(|(status, message)| (*status, message.as_str()));
        assert_eq!(found.copied(), wanted);
    }

    #[test]
    fn a_message_is_optional_and_its_content_type_is_not() {
        let json = typed("application/json;charset=UTF-8");
        check(&message(true, &typed(""), b""), Ok(()));
        for good in ["{}", r#"{"message": ""}"#, r#"{"message": "Hasta pronto, ñ"}"#] {
            check(&message(true, &json, good.as_bytes()), Ok(()));
            check(&message(true, &typed(""), good.as_bytes()), Err((415, "Content-Type must be application/json")));
            check(&message(false, &typed(""), good.as_bytes()), Ok(()));
        }
        check(&message(true, &json, b"bye"), Err((400, "the body is not a JSON object")));
        check(&message(true, &json, br#"["bye"]"#), Err((400, "the body is not a JSON object")));
        check(&message(true, &json, br#"{"message": null}"#), Err((400, "message: must be a text")));
        check(&message(true, &json, br#"{"mesage": "bye"}"#), Err((400, "mesage: unknown")));
        check(&message(false, &json, br#"{"mesage": "bye"}"#), Ok(()));
    }

    #[test]
    fn a_password_comes_as_json_or_as_a_form() {
        let form = "application/x-www-form-urlencoded";
        for (kind, body) in [
            ("application/json", r#"{"newPassword": "1234"}"#),
            ("", r#"{"newPassword": "1 2"}"#),
            (form, "newPassword=1234"),
            (form, "newPassword=%C3%B1+%26"),
        ] {
            check(&new_password(true, &typed(kind), body.as_bytes()), Ok(()));
        }
        for (kind, body, status, words) in [
            ("application/json", "{}", 400, "newPassword: missing"),
            ("application/json", "", 400, "the body is not a JSON object"),
            ("application/json", "newPassword=1234", 400, "the body is not a JSON object"),
            ("application/json", r#"{"newPassword": ""}"#, 400, "newPassword: must not be empty"),
            ("application/json", r#"{"newPassword": 1234}"#, 400, "newPassword: must be a text"),
            ("application/json", r#"{"newPassword": "1234", "user": {}}"#, 400, "user: unknown"),
            (form, "", 400, "newPassword: missing"),
            (form, "newPassword=", 400, "newPassword: must not be empty"),
            (form, "password=1234", 400, "password: unknown"),
            ("text/plain", "1234", 415, "Content-Type must be application/json or application/x-www-form-urlencoded"),
        ] {
            check(&new_password(true, &typed(kind), body.as_bytes()), Err((status, words)));
        }
        check(&new_password(false, &typed("text/plain"), br#"{"newPassword": "1234", "x": 1}"#), Ok(()));
    }

    #[test]
    fn a_strict_tenant_minds_a_body_where_none_belongs() {
        check(&nothing(true, b""), Ok(()));
        check(&nothing(true, b"{}"), Err((400, "this service takes no body")));
        check(&nothing(false, b"{}"), Ok(()));
    }
}
