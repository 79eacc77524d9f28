//! Addresses: the tenant's base and the path of one user, safe for any key (faults.md, row 45 and M6).

use url::{Host, Url};

use crate::api::error::SetupError;
use crate::domain::key::UserKey;

/// The ways to the services that the vendor's pages show (api.md 1).
const ROOTS: [&str; 2] = ["/integration/ws", "/integration/zuul"];

/// Takes a base that may be given a token: https, or this very machine, and one of the two roots.
pub fn base(url: &Url) -> Result<Url, SetupError> {
    let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return Err(SetupError::NoHost);
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SetupError::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(SetupError::Tail);
    }
    if url.scheme() == "http" && !is_loopback(url) {
        return Err(SetupError::Plain(host.to_owned()));
    }
    let path = url.path().trim_end_matches('/');
    if !ROOTS.iter().any(|root| path.ends_with(root)) {
        return Err(SetupError::Path(url.path().to_owned()));
    }
    let mut base = url.clone();
    base.set_path(path);
    Ok(base)
}

/// Whether the address is this machine: 127.0.0.0/8, `::1` or `localhost`, which [`crate::api::http`] resolves itself.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The host, with its port where that is not the usual one.
pub fn host(base: &Url) -> String {
    let name = base.host_str().unwrap_or_default();
    base.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

const NOT_EXACT: &str = "the username cannot be written into an address exactly; nothing was sent";

/// The address of all users, or of one. The path is read back and compared with the key byte for byte before anything is sent: the parser
/// of addresses drops and resolves characters in silence, and a changed key is another person.
pub fn users(base: &Url, key: Option<&UserKey>) -> Result<Url, &'static str> {
    let mut url = base.clone();
    let before = url.path_segments().map_or(0, Iterator::count);
    {
        let mut path = url.path_segments_mut().map_err(|()| NOT_EXACT)?;
        path.extend(["management", "rest", "users"]);
        path.extend(key.map(UserKey::as_str));
    }
    let mut added = url.path_segments().ok_or(NOT_EXACT)?.skip(before);
    let fixed = added.by_ref().take(3).eq(["management", "rest", "users"]);
    let last = added.next().map(decoded);
    let exact = last.as_deref() == key.map(|key| key.as_str().as_bytes());
    if fixed && exact && added.next().is_none() { Ok(url) } else { Err(NOT_EXACT) }
}

/// The address of one of a user's own services, such as `groups`: the address of the user, and one segment of ours behind it.
pub fn of_user(base: &Url, key: &UserKey, service: &'static str) -> Result<Url, &'static str> {
    let mut url = users(base, Some(key))?;
    url.path_segments_mut().map_err(|()| NOT_EXACT)?.push(service);
    Ok(url)
}

/// A segment without its percent signs. What is not a sign of two digits stays as it is.
pub fn decoded(segment: &str) -> Vec<u8> {
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut rest = segment.as_bytes();
    let mut out = Vec::with_capacity(rest.len());
    while let Some((first, tail)) = rest.split_first() {
        let pair = match (first, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        out.push(pair.map_or(*first, |(high, low)| high * 16 + low));
        rest = if pair.is_some() { &tail[2..] } else { tail };
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn both_roots_with_and_without_a_slash_are_taken() {
        for (given, users_at) in [
            (
                "https://acme.learningcloud.me/integration/ws",
                "https://acme.learningcloud.me/integration/ws/management/rest/users",
            ),
            ("https://a.example/integration/zuul/", "https://a.example/integration/zuul/management/rest/users"),
            (
                "https://a.example:8443/x/integration/ws//",
                "https://a.example:8443/x/integration/ws/management/rest/users",
            ),
            ("http://127.0.0.2:8080/integration/ws", "http://127.0.0.2:8080/integration/ws/management/rest/users"),
            ("http://localhost/integration/ws", "http://localhost/integration/ws/management/rest/users"),
            ("http://[::1]:80/integration/ws", "http://[::1]/integration/ws/management/rest/users"),
        ] {
            let base = base(&url(given)).unwrap();
            assert_eq!(users(&base, None).unwrap().as_str(), users_at);
        }
    }

    #[test]
    fn what_would_carry_the_token_elsewhere_is_refused() {
        let refused = |text: &str| base(&url(text)).unwrap_err();
        assert_eq!(
            refused("http://acme.learningcloud.me/integration/ws"),
            SetupError::Plain("acme.learningcloud.me".into())
        );
        assert!(matches!(refused("http://127.0.0.1.evil.example/integration/ws"), SetupError::Plain(_)));
        assert!(matches!(refused("http://localhost.evil.example/integration/ws"), SetupError::Plain(_)));
        assert!(matches!(refused("http://0.0.0.0/integration/ws"), SetupError::Plain(_)));
        assert_eq!(refused("ftp://a.example/integration/ws"), SetupError::NoHost);
        assert_eq!(refused("data:x"), SetupError::NoHost);
        assert_eq!(refused("https://u@a.example/integration/ws"), SetupError::Credentials);
        assert_eq!(refused("https://:p@a.example/integration/ws"), SetupError::Credentials);
        assert_eq!(refused("https://a.example/integration/ws?x"), SetupError::Tail);
        assert!(matches!(refused("https://a.example/"), SetupError::Path(_)));
        assert!(matches!(refused("https://a.example/integration/ws/management/rest/users"), SetupError::Path(_)));
    }

    #[test]
    fn a_key_is_one_segment_whatever_stands_in_it() {
        let base = base(&url("https://a.example/integration/ws")).unwrap();
        let path = |key: &str| users(&base, Some(&UserKey::parse(key).unwrap())).unwrap().path().to_owned();
        assert_eq!(path("restuser.acme"), "/integration/ws/management/rest/users/restuser.acme");
        assert_eq!(path("a b"), "/integration/ws/management/rest/users/a%20b");
        assert_eq!(path("ñ;x=1&y"), "/integration/ws/management/rest/users/%C3%B1;x=1&y");
        assert_eq!(path("..."), "/integration/ws/management/rest/users/...");
    }

    #[test]
    fn decoding_leaves_alone_what_is_no_sign() {
        assert_eq!(decoded("a%20b%2Fc%c3%B1"), "a b/cñ".as_bytes());
        assert_eq!(decoded("%"), b"%");
        assert_eq!(decoded("%2"), b"%2");
        assert_eq!(decoded("%+2%zz%41"), b"%+2%zzA");
    }

    proptest! {
        #[test]
        fn a_key_that_is_accepted_comes_back_byte_for_byte(key in "\\PC{1,40}|[ -~]{1,40}|.{1,8}") {
            let base = base(&url("https://a.example/integration/ws")).unwrap();
            if let Ok(key) = UserKey::parse(&key) {
                let url = users(&base, Some(&key));
                prop_assert!(url.is_ok(), "{key:?}");
                let url = url.unwrap();
                let segments: Vec<_> = url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 6);
                prop_assert_eq!(decoded(segments[5]), key.as_str().as_bytes());
            }
        }
    }
}
