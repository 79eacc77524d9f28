//! The address of a tenant's integration: any host and any path, because the vendor's pages do not say which (api.md 7, row 38), but only
//! over https, or over http to this machine (faults.md 96).

use url::{Host, Url};

use crate::domain::untrusted::visible;

/// What the vendor's pages show an address to end with.
const ENDINGS: [&str; 2] = ["/integration/ws", "/integration/zuul"];

/// What the program adds to the address, and people paste with it. The longest first.
const ADDED: [&str; 4] = ["/management/rest/users", "/management/rest", "/management", "/users"];

/// The address of that text, without a slash at its end.
///
/// # Errors
/// What is wrong and how to mend it. A password or a query in the address is not repeated: it may be a secret.
pub fn parse(text: &str) -> Result<Url, String> {
    // The parser would silently remove tabs and line feeds, and encode the rest.
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("the address has a blank or a hidden character in it: take it out".into());
    }
    let mut url = Url::parse(text).map_err(|error| {
        format!("this is not an address ({error}): it should look like https://acme.learningcloud.me/integration/ws")
    })?;
    check_scheme(&url)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "the address has a user name or a password in it: take that out, the token is set on its own".into()
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the address goes on after its path: take out everything from \"?\" or \"#\" on".into());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    if let Some(cut) = ADDED.iter().find_map(|added| path.strip_suffix(added)) {
        url.set_path(cut);
        return Err(format!(
            "the address is too long: write \"{}\", the program adds /management/rest/users itself",
            as_written(&url)
        ));
    }
    Ok(url)
}

fn check_scheme(url: &Url) -> Result<(), String> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err("plain http would show the token to everybody on the way: write https:// (http:// is for this machine alone)".into()),
        other => Err(format!("the address begins with \"{}:\": write https://", visible(other))),
    }
}

/// Whether an address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What looks unusual about an address that is not refused for it.
pub fn remark(url: &Url) -> Option<String> {
    let usual = ENDINGS.iter().any(|ending| url.path().ends_with(ending));
    (!usual).then(|| format!("the address usually ends with {}", ENDINGS.join(" or ")))
}

/// An address as people write it: without the slash that an empty path has.
pub fn as_written(url: &Url) -> String {
    visible(url.as_str()).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        parse(text).expect_err(text)
    }

    #[test]
    fn any_path_over_https_is_taken_and_loses_its_last_slash() {
        for (text, url) in [
            ("https://acme.learningcloud.me/integration/ws", "https://acme.learningcloud.me/integration/ws"),
            ("https://acme.learningcloud.me/integration/zuul/", "https://acme.learningcloud.me/integration/zuul"),
            ("https://proxy.example:8443/netex/ws", "https://proxy.example:8443/netex/ws"),
            ("https://acme.learningcloud.me", "https://acme.learningcloud.me/"),
        ] {
            assert_eq!(parse(text).unwrap().as_str(), url);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for text in ["http://127.0.0.1:4000/integration/ws", "http://[::1]/x", "http://localhost/x", "http://127.1/x"] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in ["http://acme.learningcloud.me/x", "http://localhost.evil.example/x", "http://0.0.0.0/x"] {
            assert!(fault(text).starts_with("plain http would show the token"), "{text}");
        }
        assert_eq!(fault("ftp://acme/x"), "the address begins with \"ftp:\": write https://");
    }

    #[test]
    fn what_the_program_adds_is_to_be_cut() {
        for added in ["/management/rest/users", "/management/rest/users/", "/management/rest", "/management", "/users"]
        {
            assert_eq!(
                fault(&format!("https://acme.example/integration/ws{added}")),
                "the address is too long: write \"https://acme.example/integration/ws\", the program adds /management/rest/users itself"
            );
        }
    }

    #[test]
    fn a_secret_in_the_address_is_refused_and_not_repeated() {
        for text in
            ["https://me:canary@acme.example/x", "https://canary@acme.example/x", "https://acme.example/x?token=canary"]
        {
            assert!(!fault(text).contains("canary"), "{}", fault(text));
        }
    }

    #[test]
    fn what_the_parser_would_swallow_is_refused() {
        for text in
            ["https://acme.example/a\tb", " https://acme.example", "https://acme.example/a b", "https://a\u{1b}cme/"]
        {
            assert_eq!(fault(text), "the address has a blank or a hidden character in it: take it out");
        }
        assert!(fault("acme.learningcloud.me").starts_with("this is not an address (relative URL without a base)"));
    }

    #[test]
    fn an_unusual_path_is_remarked_upon() {
        let remark = |text| remark(&parse(text).unwrap());
        assert_eq!(remark("https://acme.example/integration/ws"), None);
        assert_eq!(
            remark("https://acme.example").as_deref(),
            Some("the address usually ends with /integration/ws or /integration/zuul")
        );
    }
}
