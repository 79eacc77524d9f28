//! The bodies of the services beside create and update (api.md 4.6 and the table of 4): most have none.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use zeroize::Zeroizing;

use crate::codec::json::MASK;
use crate::domain::deed::Deed;
use crate::domain::untrusted::visible;

/// The body of a deed; nothing where the service takes none. The memory is wiped when it is dropped, because a password may be in it.
///
/// The password goes as JSON (api.md 7, row 20): every other write is JSON, and a form or an address would end in logs.
///
/// # Panics
///
/// Never: memory takes every byte, and every key is a text.
pub fn encode(deed: &Deed) -> Option<Zeroizing<Vec<u8>>> {
    // A control character becomes six bytes, and a buffer that grows leaves a copy behind that nobody wipes.
    const WORST: usize = 6;
    let (_, value) = member(deed)?;
    let mut out = Zeroizing::new(Vec::with_capacity(value.len() * WORST + 64));
    serde_json::to_writer(&mut *out, &Wire { deed, masked: false }).expect("memory takes every byte");
    Some(out)
}

/// The body as the review shows it: the password masked, hidden characters visible.
///
/// # Panics
///
/// Never: memory takes every byte, and every key is a text.
pub fn masked(deed: &Deed) -> Option<String> {
    member(deed)?;
    let text = serde_json::to_string_pretty(&Wire { deed, masked: true }).expect("memory takes every byte");
    Some(text.lines().map(visible).collect::<Vec<_>>().join("\n"))
}

/// Whether the service is sent a body.
pub fn has_body(deed: &Deed) -> bool {
    member(deed).is_some()
}

/// The one key of a body, and its value.
fn member(deed: &Deed) -> Option<(&'static str, &str)> {
    match deed {
        Deed::Deactivate { message } => {
            message.as_deref().filter(|text| !text.is_empty()).map(|text| ("message", text))
        }
        Deed::ChangePassword(password) => Some(("newPassword", password.open().expose())),
        Deed::Activate | Deed::WelcomeMail | Deed::Delete => None,
    }
}

struct Wire<'a> {
    deed: &'a Deed,
    masked: bool,
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some((key, value)) = member(self.deed) {
            let hide = self.masked && matches!(self.deed, Deed::ChangePassword(_));
            map.serialize_entry(key, if hide { MASK } else { value })?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::{Sealed, Secret};

    fn text(deed: &Deed) -> Option<String> {
        encode(deed).map(|body| String::from_utf8(body.to_vec()).expect("JSON is UTF-8"))
    }

    #[test]
    fn only_a_message_and_a_password_make_a_body() {
        let message = Deed::Deactivate { message: Some("¡Hasta \"luego\"!".to_owned()) };
        assert_eq!(text(&message).as_deref(), Some(r#"{"message":"¡Hasta \"luego\"!"}"#));
        let silent = [None, Some(String::new())].map(|message| Deed::Deactivate { message });
        for without in [Deed::Activate, Deed::WelcomeMail, Deed::Delete].into_iter().chain(silent) {
            assert_eq!((text(&without), masked(&without)), (None, None), "{without}");
        }
    }

    #[test]
    fn a_password_goes_out_as_it_is_and_is_shown_as_a_mask() {
        let deed = Deed::ChangePassword(Sealed::new(Secret::new("CANARY\u{7}\\".to_owned())));
        let body = encode(&deed).unwrap();
        assert_eq!(&body[..], br#"{"newPassword":"CANARY\u0007\\"}"#);
        assert_eq!(masked(&deed).as_deref(), Some("{\n  \"newPassword\": \"********\"\n}"));
    }

    #[test]
    fn a_buffer_with_the_worst_password_never_grew() {
        let worst = "\u{1}".repeat(500);
        let body = encode(&Deed::ChangePassword(Sealed::new(Secret::new(worst)))).unwrap();
        assert!(body.len() > 3_000 && body.capacity() == 500 * 6 + 64);
    }
}
