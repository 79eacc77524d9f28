//! The headers of every request (api.md 2).

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::api::error::SetupError;
use crate::codec::json::MASK;
use crate::domain::secret::Secret;
use crate::domain::tenant::Synchronization;

/// JSON in the newest version. In the management section the header has no effect whatever it says (api.md 2); it is sent because the pages
/// list it, and without a version because there is none that a tenant could be asked for.
const JSON: &str = "application/vnd.netex.nlc-api+json";

const TOKEN: HeaderName = HeaderName::from_static("x-cloud-auth-token");
const SYNCHRONIZATION: HeaderName = HeaderName::from_static("x-cloud-synchronization");

/// What all requests of a client have in common. The token is in it, marked so that the library does not print it (faults.md, M14).
#[derive(Clone)]
pub struct Headers(HeaderMap);

impl Headers {
    /// Takes a token that can stand in a header as it is.
    pub fn new(token: &Secret) -> Result<Self, SetupError> {
        if token.is_empty() {
            return Err(SetupError::NoToken);
        }
        if let Some(what) = token.expose().chars().find_map(fault) {
            return Err(SetupError::Token(what));
        }
        let mut value =
            HeaderValue::from_str(token.expose()).map_err(|_| SetupError::Token("a character that no header takes"))?;
        value.set_sensitive(true);
        let mut map = HeaderMap::new();
        map.insert(USER_AGENT, HeaderValue::from_static(concat!("netex-users/", env!("CARGO_PKG_VERSION"))));
        map.insert(ACCEPT, HeaderValue::from_static(JSON));
        map.insert(TOKEN, value);
        Ok(Self(map))
    }

    /// The headers of one request. The synchronization is always said, because the pages contradict each other on the default.
    pub fn of(&self, synchronization: Synchronization, writes: bool) -> HeaderMap {
        let mut map = self.0.clone();
        map.insert(SYNCHRONIZATION, HeaderValue::from_static(synchronization.word()));
        if writes {
            map.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        map
    }
}

fn fault(c: char) -> Option<&'static str> {
    match c {
        ' ' => Some("a blank"),
        '\r' | '\n' => Some("a line end"),
        c if c.is_control() => Some("a control character"),
        c if !c.is_ascii() => Some("a character that is not ASCII"),
        _ => None,
    }
}

/// The lines as they are sent, with the token masked: what the review shows.
pub fn shown(headers: &HeaderMap) -> Vec<String> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = if value.is_sensitive() { MASK } else { value.to_str().unwrap_or_default() };
            format!("{}: {value}", title(name.as_str()))
        })
        .collect()
}

/// The spelling of the vendor's pages, which the connection uses too: `X-Cloud-Auth-Token`.
fn title(name: &str) -> String {
    name.split('-').map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_was_copied_badly_is_refused_with_the_reason() {
        let refused = |token: &str| Headers::new(&Secret::new(token.to_owned())).err();
        assert_eq!(refused("abcDEF123-._~+/="), None);
        assert_eq!(refused(""), Some(SetupError::NoToken));
        for (token, what) in [
            ("abc\n", "a line end"),
            ("abc\r\nX-Evil: 1", "a line end"),
            ("abc def", "a blank"),
            ("abc\u{0}", "a control character"),
            ("abc\u{7f}", "a control character"),
            ("abcñ", "a character that is not ASCII"),
            ("abc\u{200b}", "a character that is not ASCII"),
        ] {
            assert_eq!(refused(token), Some(SetupError::Token(what)), "{token:?}");
        }
    }

    #[test]
    fn no_form_of_the_headers_shows_the_token() {
        let headers = Headers::new(&Secret::new("CANARY".to_owned())).unwrap();
        let map = headers.of(Synchronization::Asynchronous, true);
        assert_eq!(map[TOKEN], "CANARY");
        assert!(!format!("{map:?}").contains("CANARY"));
        assert_eq!(
            shown(&map)[1..],
            [
                "Accept: application/vnd.netex.nlc-api+json",
                "X-Cloud-Auth-Token: ********",
                "X-Cloud-Synchronization: asynchronous",
                "Content-Type: application/json"
            ]
        );
        assert_eq!(shown(&headers.of(Synchronization::Synchronous, false)).len(), 4);
    }
}
