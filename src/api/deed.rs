//! The services beside create and update: activate, deactivate, change password, welcome mail, delete (api.md 4).
//!
//! Deliberately not here: whether a deed is allowed, sensible or confirmed, and reading the person afterwards.

use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use url::Url;

use crate::api::classify::{clip, judge, unanswered};
use crate::api::headers;
use crate::api::hidden::Hidden;
use crate::api::path;
use crate::api::record;
use crate::api::{Client, is_queued};
use crate::codec::deed;
use crate::domain::deed::Deed;
use crate::domain::key::UserKey;
use crate::domain::outcome::{Cause, Report};
use crate::domain::secret::Secret;
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::{Untrusted, visible};

impl Client {
    /// Does a deed once and says what became of it. Dropping the future breaks the connection off; whoever cancels the waiting has to let
    /// it run.
    ///
    /// The welcome mail is answered with 202 by management and nobody else, and its report is therefore [`Verdict::Pending`]: the service
    /// took the order, and nothing will ever say whether the mail arrived.
    ///
    /// [`Verdict::Pending`]: crate::domain::outcome::Verdict::Pending
    pub async fn deed(&self, key: &UserKey, deed: &Deed, synchronization: Synchronization) -> Report {
        if self.read_only {
            return unanswered(Cause::ReadOnly);
        }
        let mut report = match self.order(key, deed, synchronization) {
            Ok(ready) => match self.exchange(ready).await {
                Ok(reply) => judge(&reply, &self.expected_of(deed)),
                Err(cause) => unanswered(cause),
            },
            Err(cause) => unanswered(cause),
        };
        let waits = deed.is_synchronizable() && synchronization == Synchronization::Synchronous;
        if waits && report.platforms.iter().any(is_queued) {
            report
                .notes
                .push(Untrusted::new("the service was asked to wait for every platform, and queued all the same"));
        }
        Hidden::with(&self.token, password(deed)).mask(&mut report);
        clip(&mut report);
        record::judged(&report);
        report
    }

    /// The request of a deed as it would go out, for the review: made by the code that makes the real one, with token and password masked.
    pub fn deed_transcript(&self, key: &UserKey, deed: &Deed, synchronization: Synchronization) -> String {
        let ready = match self.bare_order(key, deed, synchronization) {
            Ok(ready) => ready,
            Err(cause) => return visible(&cause.to_string()).into_owned(),
        };
        let line = format!("{} {} HTTP/1.1", ready.method(), ready.url().path());
        let mut lines = vec![line, format!("Host: {}", path::host(&self.base))];
        lines.extend(headers::shown(ready.headers()));
        let head = lines.join("\n");
        deed::masked(deed).map_or_else(|| head.clone(), |body| format!("{head}\n\n{body}"))
    }

    /// The platforms that have to answer (api.md 4.1).
    fn expected_of(&self, deed: &Deed) -> Vec<String> {
        if deed.is_of_management_alone() { vec!["management".to_owned()] } else { self.platforms.clone() }
    }

    fn order(&self, key: &UserKey, deed: &Deed, synchronization: Synchronization) -> Result<reqwest::Request, Cause> {
        let mut ready = self.bare_order(key, deed, synchronization)?;
        // From here on the bytes belong to the HTTP library, which copies them into its own buffers and wipes none of them.
        *ready.body_mut() = deed::encode(deed).map(|mut bytes| std::mem::take(&mut *bytes).into());
        if ready.body().is_none() && ready.method() != Method::DELETE {
            // The library leaves it out, and gateways are known that answer a PUT or POST without it with 411 (RFC 9110, 8.6).
            ready.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(ready)
    }

    /// Everything but the body. `Content-Type` is there only where there will be one: on deactivate the vendor's page wants it only with a
    /// message (api.md 2). The synchronization is said to every service, because the header page wants it in every request; the two that do
    /// not honour it, password and mail, are told `synchronous`, which is what they are.
    fn bare_order(
        &self,
        key: &UserKey,
        deed: &Deed,
        synchronization: Synchronization,
    ) -> Result<reqwest::Request, Cause> {
        let url = self.address(key, deed).map_err(|words| Cause::Local(Untrusted::new(words)))?;
        let synchronization = if deed.is_synchronizable() { synchronization } else { Synchronization::Synchronous };
        let mut ready = reqwest::Request::new(method(deed), url);
        *ready.headers_mut() = self.headers.of(synchronization, deed::has_body(deed));
        Ok(ready)
    }

    fn address(&self, key: &UserKey, deed: &Deed) -> Result<Url, &'static str> {
        let service = match deed {
            Deed::Activate => "activate",
            Deed::Deactivate { .. } => "deactivate",
            Deed::ChangePassword(_) => "changePassword",
            Deed::WelcomeMail => "welcomeMail",
            Deed::Delete => return path::users(&self.base, Some(key)),
        };
        path::of_user(&self.base, key, service)
    }
}

fn method(deed: &Deed) -> Method {
    match deed {
        Deed::Activate | Deed::Deactivate { .. } | Deed::ChangePassword(_) => Method::PUT,
        Deed::WelcomeMail => Method::POST,
        Deed::Delete => Method::DELETE,
    }
}

fn password(deed: &Deed) -> Option<&Secret> {
    match deed {
        Deed::ChangePassword(password) => Some(password.open()),
        Deed::Activate | Deed::Deactivate { .. } | Deed::WelcomeMail | Deed::Delete => None,
    }
}
