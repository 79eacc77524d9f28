//! Secrets that a server sends back in its messages (faults.md, row 32) are masked before anybody sees them.

use zeroize::Zeroizing;

use crate::codec::base64;
use crate::codec::json::{MASK, escaped};
use crate::domain::fields::Field;
use crate::domain::outcome::{Cause, Report};
use crate::domain::patch::Value;
use crate::domain::request::Request;
use crate::domain::secret::Secret;
use crate::domain::untrusted::Untrusted;

/// The token and the password of one request, in the forms in which a server echoes them: as they are, as JSON, as part of a URL, as
/// base64. It has no `Debug`, like what it holds.
pub struct Hidden(Vec<Zeroizing<String>>);

impl Hidden {
    /// The secrets of a client and, where something is sent, of the request.
    pub fn new(token: &Secret, request: Option<&Request>) -> Self {
        let password = request.and_then(|request| request.line(Field::Password)).and_then(|line| match &line.value {
            Value::Secret(secret) => Some(secret),
            Value::Text(_)
            | Value::Switch(_)
            | Value::Photo(_)
            | Value::Roles(_)
            | Value::Pairs(_)
            | Value::Object(_) => None,
        });
        Self::with(token, password)
    }

    /// The token, and a password that is sent otherwise than in a request.
    pub fn with(token: &Secret, password: Option<&Secret>) -> Self {
        let mut forms: Vec<_> = [Some(token), password].into_iter().flatten().flat_map(forms).collect();
        // The longest first: a form inside another would leave the rest of the other standing.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self(forms)
    }

    /// Masks a whole report, its id included: an id that holds a secret is none.
    pub fn mask(&self, report: &mut Report) {
        report.message.iter_mut().chain(&mut report.location).chain(&mut report.notes).for_each(|text| self.text(text));
        for row in &mut report.platforms {
            self.text(&mut row.name);
            row.message.iter_mut().chain(&mut row.location).for_each(|text| self.text(text));
        }
        self.cause(&mut report.cause);
        report.id = report.id.take().filter(|id| self.0.iter().all(|form| !id.as_str().contains(form.as_str())));
    }

    /// Masks the text of a cause.
    pub fn cause(&self, cause: &mut Cause) {
        if let Some(text) = cause.text_mut() {
            self.text(text);
        }
    }

    /// Masks one text.
    pub fn text(&self, text: &mut Untrusted) {
        for form in &self.0 {
            if text.raw().contains(form.as_str()) {
                *text = Untrusted::new(text.raw().replace(form.as_str(), MASK));
            }
        }
    }
}

fn forms(secret: &Secret) -> Vec<Zeroizing<String>> {
    let plain = secret.expose();
    let url: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    let mut forms = vec![plain.to_owned(), escaped(plain), url.replace('+', "%20"), url];
    forms.push(base64::encode(plain.as_bytes()).trim_end_matches('=').to_owned());
    forms.retain(|form| !form.is_empty());
    forms.into_iter().map(Zeroizing::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::classify::{Reply, classify, judge};

    fn hidden(secret: &str) -> Hidden {
        Hidden::new(&Secret::new(secret.to_owned()), None)
    }

    #[test]
    fn every_text_of_a_report_is_masked() {
        let body = r#"{"status": 201, "message": "CANARY-1", "location": "/users/CANARY-1",
            "responsePlatforms": {"CANARY-1": {"status": 500, "message": "x CANARY-1 y", "location": "/CANARY-1"}}}"#;
        let mut reply = Reply::of(200, body);
        reply.content_type = Some("text/CANARY-1".into());
        let mut report = judge(&reply, &[]);
        assert!(format!("{report:?}").contains("CANARY"), "the test needs something to hide");
        hidden("CANARY-1").mask(&mut report);
        assert!(!format!("{report:?}").contains("CANARY"), "{report:?}");
        assert_eq!(report.platforms[0].message.as_ref().map(Untrusted::raw), Some("x ******** y"));
        assert_eq!(report.id, None);
    }

    #[test]
    fn a_secret_that_straddles_the_cut_is_masked_because_the_cut_comes_later() {
        let body = format!("{}CANARY-CANARY-CANARY", "x".repeat(190));
        let mut report = judge(&Reply::of(200, body.as_str()), &[]);
        hidden("CANARY-CANARY-CANARY").mask(&mut report);
        crate::api::classify::clip(&mut report);
        assert!(!format!("{report:?}").contains("CANARY"), "{report:?}");
        let unmasked = format!("{:?}", classify(&Reply::of(200, body.as_str()), &[]));
        assert!(unmasked.contains("CANARY-CAN..."), "{unmasked}");
    }

    #[test]
    fn other_spellings_of_a_secret_are_masked_too() {
        let hidden = hidden("pa\"ss w/ord");
        for echo in
            ["<pa\"ss w/ord>", "<pa\\\"ss w/ord>", "<pa%22ss%20w%2Ford>", "<pa%22ss+w%2Ford>", "<cGEic3Mgdy9vcmQ=>"]
        {
            let mut text = Untrusted::new(echo);
            hidden.text(&mut text);
            assert!(text.raw().starts_with("<********"), "{echo} became {text}");
        }
    }
}
