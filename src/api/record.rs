//! What the log is told of a request and its answer: method, service, status, time. Whom it was about is said at `trace` alone; headers and
//! bodies are not said at all, because the token and passwords stand in them.

use reqwest::Method;
use tokio::time::Instant;
use url::Url;

use crate::api::classify::{Body, Reply};
use crate::domain::code::Code;
use crate::domain::outcome::{Cause, ReadFault, Report};

/// A request that is on its way.
pub struct Asked {
    method: Method,
    path: String,
    since: Instant,
}

impl Asked {
    /// It is about to leave.
    pub fn of(request: &reqwest::Request) -> Self {
        let (method, path) = (request.method().clone(), nameless(request.url()));
        tracing::debug!(%method, path, "a request leaves");
        tracing::trace!(address = request.url().path(), "whom it is about");
        Self { method, path, since: Instant::now() }
    }

    /// What came of it.
    pub fn ended(&self, answer: &Result<Reply, Cause>) {
        let ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (method, path) = (&self.method, &self.path);
        match answer {
            Ok(reply) => {
                let bytes = if let Body::Whole(bytes) = &reply.body { Some(bytes.len()) } else { None };
                tracing::info!(%method, path, http = reply.http, ms, bytes, "answered");
            }
            Err(cause) => tracing::warn!(%method, path, code = Code::of_cause(cause).name(), ms, "not answered"),
        }
    }
}

/// What became of a change.
pub fn judged(report: &Report) {
    let verdict = report.verdict.word();
    match Code::of_report(report) {
        None => tracing::info!(verdict, "a change was done"),
        Some(code) => {
            tracing::warn!(
                verdict,
                code = code.name(),
                http = report.http,
                "a change was not done, or not for certain"
            );
        }
    }
}

/// Why a read gave nothing. That there is no such user is an answer and no fault.
pub fn unread(fault: &ReadFault) {
    let code = Code::of_read(fault).name();
    match fault {
        ReadFault::NotFound => tracing::info!(code, "nobody was found"),
        ReadFault::NoService(_) | ReadFault::Failed(_) | ReadFault::SomeoneElse(_) => {
            tracing::warn!(code, "a read failed");
        }
    }
}

/// The path with a star where a user's id or name stands.
fn nameless(url: &Url) -> String {
    let mut out = String::new();
    let mut before = "";
    for segment in url.path_segments().into_iter().flatten() {
        out.push('/');
        out.push_str(if before == "users" { "*" } else { segment });
        before = segment;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_the_service_and_not_the_person() {
        for (path, shown) in [
            ("/integration/ws/management/rest/users", "/integration/ws/management/rest/users"),
            ("/integration/ws/management/rest/users/marta.lopez", "/integration/ws/management/rest/users/*"),
            ("/integration/zuul/management/rest/users/7/groups", "/integration/zuul/management/rest/users/*/groups"),
            ("/integration/ws/management/rest/users/users/groups", "/integration/ws/management/rest/users/*/*"),
        ] {
            let url = Url::parse(&format!("https://acme.example{path}?startIndex=0&count=1")).unwrap();
            assert_eq!(nameless(&url), shown);
        }
    }
}
