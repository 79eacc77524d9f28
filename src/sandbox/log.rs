//! What was asked, for tests to look at. Never the token, and of a password only that there was one.

use std::collections::VecDeque;

use axum::http::{HeaderMap, Method, Uri};
use serde_json::Value;

use crate::sandbox::form;

/// The header that carries the token (api.md 2).
pub const TOKEN_HEADER: &str = "x-cloud-auth-token";

/// How many requests are kept.
const EXCHANGES: usize = 100;
/// How many bytes of bodies are kept: a few pictures.
const BYTES: usize = 4 * 1024 * 1024;

/// One request as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// `GET`, `POST`, `PUT` and so on.
    pub method: String,
    /// The path with its query, percent-encoded as it came.
    pub path: String,
    /// The headers, names in lower case, without the token.
    pub headers: Vec<(String, String)>,
    /// Whether it carried the token.
    pub token: Token,
    /// Its body.
    pub body: Body,
}

/// What a request had for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// No such header.
    Missing,
    /// Another value.
    Wrong,
    /// The token of this sandbox.
    Right,
}

/// A body as it came, its password replaced by "set".
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Value),
    /// Something else. Only its size is kept: nobody can say where a password stands in it.
    Unreadable {
        /// How long it was.
        bytes: usize,
    },
}

impl Exchange {
    /// The value of a header by its name in lower case; the first one where it came twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Writes down a request.
    pub(super) fn new(method: &Method, uri: &Uri, headers: &HeaderMap, token: Token, body: &[u8]) -> Self {
        let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            method: method.to_string(),
            path: path(uri),
            headers: headers
                .iter()
                .filter(|(name, _)| *name != TOKEN_HEADER)
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            token,
            body: Body::new(body),
        }
    }
}

/// The path as it came, unless its query carries a password: it has no business there, where servers write it down.
fn path(uri: &Uri) -> String {
    let Some(query) = uri.query() else { return uri.path().to_owned() };
    let is_password = |pair: &&str| form::pairs(pair).iter().any(|(key, _)| is_password(key));
    let masked = |pair: &str| format!("{}=set", pair.split('=').next().unwrap_or_default());
    let pairs = query.split('&').map(|pair| if is_password(&pair) { masked(pair) } else { pair.to_owned() });
    format!("{}?{}", uri.path(), pairs.collect::<Vec<_>>().join("&"))
}

fn is_password(key: &str) -> bool {
    key.to_ascii_lowercase().contains("password")
}

impl Body {
    fn new(body: &[u8]) -> Self {
        if body.is_empty() {
            return Self::Empty;
        }
        match serde_json::from_slice(body) {
            Ok(mut value) => {
                mask(&mut value);
                Self::Json(value)
            }
            Err(_) => Self::Unreadable { bytes: body.len() },
        }
    }
}

/// Masks every password and not only `user.password`: a request that puts it elsewhere is wrong, and still carries one.
fn mask(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if is_password(key) {
                    *value = "set".into();
                } else {
                    mask(value);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(mask),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The last requests. Bounded in number and in bytes, since a test may send pictures all day.
#[derive(Debug, Default)]
pub struct Log {
    kept: VecDeque<(usize, Exchange)>,
    bytes: usize,
}

impl Log {
    /// Takes a request whose body had so many bytes. The newest one is kept whatever its size.
    pub fn push(&mut self, bytes: usize, exchange: Exchange) {
        self.kept.push_back((bytes, exchange));
        self.bytes += bytes;
        while self.kept.len() > EXCHANGES || (self.bytes > BYTES && self.kept.len() > 1) {
            if let Some((bytes, _)) = self.kept.pop_front() {
                self.bytes -= bytes;
            }
        }
    }

    /// The requests, oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.kept.iter().map(|(_, exchange)| exchange.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn exchange(path: &str) -> Exchange {
        Exchange::new(&Method::GET, &path.parse().expect("a path"), &HeaderMap::new(), Token::Missing, b"")
    }

    #[test]
    fn a_password_is_recorded_as_set_wherever_it_stands() {
        let body = br#"{"user": {"password": "Canary-1", "name": "Ana", "deep": [{"newPassword": 7}]}}"#;
        assert_eq!(
            Body::new(body),
            Body::Json(json!({"user": {"password": "set", "name": "Ana", "deep": [{"newPassword": "set"}]}}))
        );
        assert_eq!(Body::new(b"{\"password\": \"Canary"), Body::Unreadable { bytes: 20 });
    }

    #[test]
    fn a_password_in_a_query_is_not_recorded_and_the_rest_of_it_is() {
        for (path, kept) in [
            ("/users?startIndex=0&count=%31", "/users?startIndex=0&count=%31"),
            ("/a?x=1&newPassword=Canary&y", "/a?x=1&newPassword=set&y"),
            ("/a?new%50assword=Canary", "/a?new%50assword=set"),
            ("/password", "/password"),
        ] {
            assert_eq!(exchange(path).path, kept);
        }
    }

    #[test]
    fn the_oldest_requests_go_first_by_number_and_by_bytes() {
        let mut log = Log::default();
        for index in 0..=EXCHANGES {
            log.push(0, exchange(&format!("/{index}")));
        }
        assert_eq!(log.exchanges().len(), EXCHANGES);
        assert_eq!(log.exchanges()[0].path, "/1");
        log.push(BYTES, exchange("/large"));
        log.push(1, exchange("/last"));
        assert_eq!(log.exchanges().iter().map(|kept| &*kept.path).collect::<Vec<_>>(), ["/last"]);
    }
}
