//! What goes back: the vendor's envelope, a bare user, a page of a gateway, or nothing.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal on its way: an HTTP status, and the message of the envelope.
pub type Refusal = (u16, String);

/// An answer before it becomes HTTP.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Location` header.
    pub location: Option<String>,
    /// The body.
    pub content: Content,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// No body.
    Nothing,
    /// JSON.
    Json(Value),
    /// A text that is meant to be JSON.
    Text(String),
    /// A page for people.
    Page(&'static str),
}

/// What a gateway shows to somebody whose session has ended.
const SIGN_IN: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Sign in - learningCloud</title></head>\n\
    <body><h1>Sign in</h1><form method=\"post\" action=\"/login\"><label>Username <input name=\"j_username\"></label>\n\
    <label>Password <input name=\"j_password\" type=\"password\"></label><button>Sign in</button></form></body></html>\n";

/// What a gateway shows where nothing is.
const NOWHERE: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>404 Not Found</title></head>\n\
    <body><h1>Not Found</h1><p>There is no service at this address.</p></body></html>\n";

impl Reply {
    /// JSON with an HTTP status.
    pub fn json(status: u16, value: Value) -> Self {
        Self { status, location: None, content: Content::Json(value) }
    }

    /// An envelope whose status is the HTTP status too, and that no platform has a part in (api.md 7, rows 6 to 8).
    pub fn refusal(status: u16, message: &str) -> Self {
        Self::json(status, envelope(status, message, &json!({})))
    }

    /// A sign-in page.
    pub fn sign_in(status: u16) -> Self {
        Self { status, location: None, content: Content::Page(SIGN_IN) }
    }

    /// The page of an address that leads nowhere: a gateway answers it, not the services, so it is no envelope.
    pub fn nowhere() -> Self {
        Self { status: 404, location: None, content: Content::Page(NOWHERE) }
    }

    /// A status alone.
    pub fn nothing(status: u16) -> Self {
        Self { status, location: None, content: Content::Nothing }
    }

    /// The same answer with the envelope's status as the HTTP status, and without a body where that is 204, which cannot have one
    /// (api.md 7, row 1).
    #[must_use]
    pub fn mirrored(mut self) -> Self {
        let Content::Json(body) = &self.content else { return self };
        if let Some(status) = body.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok()) {
            self.status = status;
        }
        if self.status == 204 {
            self.content = Content::Nothing;
        }
        self
    }
}

/// The envelope of every write (api.md 3), its keys in the order of the vendor's examples.
pub fn envelope(status: u16, message: &str, platforms: &Value) -> Value {
    json!({"location": null, "message": message, "responsePlatforms": platforms, "status": status})
}

/// The envelope around what was read, which is JSON, under a key of its own. No page shows such a one (api.md 7, row 9).
pub fn envelope_of(key: &str, content: &str) -> String {
    let done = json!({"management": {"location": null, "message": null, "status": 200}});
    let envelope = envelope(200, "", &done).to_string();
    let open = envelope.strip_suffix('}').unwrap_or_default();
    format!("{open},\"{key}\":{content}}}")
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let (kind, body) = match self.content {
            Content::Nothing => (None, Body::empty()),
            Content::Json(value) => (Some("application/json;charset=UTF-8"), Body::from(value.to_string())),
            Content::Text(text) => (Some("application/json;charset=UTF-8"), Body::from(text)),
            Content::Page(page) => (Some("text/html;charset=UTF-8"), Body::from(page)),
        };
        let headers = [(header::CONTENT_TYPE, kind.map(str::to_owned)), (header::LOCATION, self.location)];
        let mut response = Response::new(body);
        // A scenario's statuses were checked when it was read.
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in headers {
            if let Some(value) = value.and_then(|value| value.parse().ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
