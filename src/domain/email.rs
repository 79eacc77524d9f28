//! Addresses of e-mail.

use std::str::FromStr as _;

use email_address::{EmailAddress, Options};

/// Whether the service can be expected to take the address. The training platform checks validity (USR006, api.md 6) without saying
/// how: this is RFC 5321 with a dot in the domain, and without the quoted form that no mailbox of a person uses.
pub fn is_email(text: &str) -> bool {
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    !text.starts_with('"')
        && EmailAddress::from_str(text).is_ok()
        && EmailAddress::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_people() {
        for good in ["marta.lopez@acme.example", "o'neil+x@acme.example", "ä@bücher.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "marta", "a@b", "a@b..c", "A <a@b.co>", "\"a b\"@c.de", "a@[127.0.0.1]", "a b@c.de"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
