//! Any reply at all, to a report: the table "Outcome rules" of faults.md. Pure, and the most tested function of the program.
//!
//! Deliberately not here: the network, what an agent may do next, and any wish to please. [`Verdict::Applied`] needs a status of HTTP, a
//! generic status and every expected platform to say so; everything that is not understood is in doubt.

use zeroize::Zeroizing;

use crate::api::retry_after;
use crate::codec::json;
use crate::codec::json::envelope::{Envelope, Platform, Status};
use crate::domain::key::UserKey;
use crate::domain::outcome::{Cause, PlatformReport, PlatformState, Report, Verdict};
use crate::domain::untrusted::Untrusted;

/// The most platforms that a report lists (faults.md, row 30). The verdict looks at all of them.
pub const MOST_PLATFORMS: usize = 64;
/// The order of the platforms on the screen; others follow as the reply had them.
const USUAL: [&str; 6] = ["management", "training", "social", "play", "talent", "content"];

/// The characters of a body that are shown where it was not understood (faults.md, row 19).
pub const BEGINNING: usize = 200;

/// The characters that are kept of one message or location.
pub const LONGEST: usize = 2_000;

/// What came back, as far as it came.
pub struct Reply {
    /// The status of HTTP.
    pub http: u16,
    /// The host that was asked, with its port where that is not the usual one.
    pub host: String,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `Location`: read, never followed.
    pub location: Option<String>,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
    /// The header `Date`, the server's own clock, which a date in `Retry-After` is measured with.
    pub date: Option<String>,
    /// The body.
    pub body: Body,
}

/// The body of a reply.
pub enum Body {
    /// All of it. The memory is wiped, because a service may send password hashes.
    Whole(Zeroizing<Vec<u8>>),
    /// The connection broke before the end.
    Broken,
    /// The end did not come within the deadline, in seconds.
    Late(u64),
    /// It went on after this many bytes.
    TooLong(usize),
}

impl Reply {
    /// A reply of a status and a body of JSON, without other headers.
    pub fn of(http: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            http,
            host: "acme.learningcloud.me".to_owned(),
            content_type: Some("application/json".to_owned()),
            location: None,
            retry_after: None,
            date: None,
            body: Body::Whole(Zeroizing::new(body.into())),
        }
    }

    /// The body, where there is one.
    pub(in crate::api) fn text(&self) -> Option<&[u8]> {
        match &self.body {
            Body::Whole(bytes) if !bytes.trim_ascii().is_empty() => Some(bytes),
            Body::Whole(_) | Body::Broken | Body::Late(_) | Body::TooLong(_) => None,
        }
    }
}

/// What became of a request, by its reply. `expected` names the platforms that have to answer.
pub fn classify(reply: &Reply, expected: &[String]) -> Report {
    let mut report = judge(reply, expected);
    clip(&mut report);
    report
}

/// What became of a request that got no reply. Only what certainly happened before the first byte left is [`Verdict::NotSent`].
pub fn unanswered(cause: Cause) -> Report {
    let verdict = match cause {
        Cause::Lookup
        | Cause::Connect
        | Cause::Tls(_)
        | Cause::ReadOnly
        | Cause::Local(_)
        | Cause::NoJournal(_)
        | Cause::InFlight(_) => Verdict::NotSent,
        Cause::Platforms
        | Cause::Refused(_)
        | Cause::Token(_)
        | Cause::Redirect(_)
        | Cause::TooMany(_)
        | Cause::Gateway(_)
        | Cause::Timeout(_)
        | Cause::Broken
        | Cause::WebPage
        | Cause::TooLong(_)
        | Cause::Nonsense(_)
        | Cause::ReadBack => Verdict::InDoubt,
    };
    Report::without_reply(verdict, cause)
}

/// [`classify`] before anything is cut to a length, so that a secret can still be found as a whole.
pub(in crate::api) fn judge(reply: &Reply, expected: &[String]) -> Report {
    weigh(reply, reply.text().map(json::envelope).as_ref(), expected)
}

/// What a body was read as; nothing where there is none.
type Read<'a> = Option<&'a Result<Envelope, String>>;

fn weigh(reply: &Reply, read: Read<'_>, expected: &[String]) -> Report {
    let mut report = match refusal(reply) {
        Some((verdict, cause)) => refused(reply, read, verdict, cause, expected),
        None => accepted(reply, read, expected),
    };
    report.http = Some(reply.http);
    report.location = report.location.or_else(|| reply.location.as_deref().map(Untrusted::new));
    if (200..300).contains(&reply.http) && report.verdict != Verdict::Rejected {
        report.id = id(reply, &report);
    }
    report
}

/// What a status of HTTP other than 2xx says by itself. 303 is how a server answers a POST that it carried out, so it is in doubt.
pub(in crate::api) fn refusal(reply: &Reply) -> Option<(Verdict, Cause)> {
    Some(match reply.http {
        200..=299 => return None,
        301 | 302 | 307 | 308 => (Verdict::Rejected, Cause::Redirect(target(reply))),
        303 => (Verdict::InDoubt, Cause::Redirect(target(reply))),
        status @ (401 | 403) => (Verdict::Rejected, Cause::Token(status)),
        status @ (400 | 404 | 405 | 409 | 413 | 415 | 422) => (Verdict::Rejected, Cause::Refused(status)),
        429 => {
            let wait = retry_after::seconds(reply.retry_after.as_deref(), reply.date.as_deref());
            (Verdict::NotSent, Cause::TooMany(wait))
        }
        status => (Verdict::InDoubt, Cause::Gateway(status)),
    })
}

/// A status of HTTP that refuses. The body is heard all the same: its messages say why, and a platform that did it after all makes the
/// refusal a part of the truth only.
fn refused(reply: &Reply, read: Read<'_>, verdict: Verdict, cause: Cause, expected: &[String]) -> Report {
    let mut report = Report::without_reply(verdict, cause);
    let envelope = match read {
        None => return report,
        Some(Ok(envelope)) => envelope,
        Some(Err(_)) if is_page(reply) => {
            report.notes.push(Untrusted::new("the body is a web page"));
            return report;
        }
        Some(Err(_)) => {
            report.message = reply.text().map(json::beginning);
            return report;
        }
    };
    fill(&mut report, envelope);
    if report.message.is_none() && report.platforms.is_empty() {
        report.message = reply.text().map(json::beginning);
    }
    if verdict == Verdict::InDoubt {
        return report;
    }
    if any_success(&report) {
        report.verdict = Verdict::Partial;
        report.cause = Cause::Platforms;
        add_missing(&mut report, expected);
    } else if let Status::Is(top @ 200..=299) = envelope.status {
        // The body contradicts HTTP, and the generic status is what the management platform did (api.md 3).
        report.verdict = Verdict::InDoubt;
        report.cause = Cause::Gateway(reply.http);
        report.notes.push(Untrusted::new(format!("the body says {top}")));
    }
    report
}

/// A status of HTTP that accepts, which proves nothing yet.
fn accepted(reply: &Reply, read: Read<'_>, expected: &[String]) -> Report {
    let in_doubt = |cause| Report::without_reply(Verdict::InDoubt, cause);
    match (&reply.body, read) {
        (Body::Broken, _) => in_doubt(Cause::Broken),
        (Body::Late(seconds), _) => in_doubt(Cause::Timeout(*seconds)),
        (Body::TooLong(limit), _) => in_doubt(Cause::TooLong(*limit)),
        (Body::Whole(_), None) if reply.http == 204 => bare(expected),
        (Body::Whole(_), None) => in_doubt(Cause::Nonsense(Untrusted::default())),
        (Body::Whole(_), Some(Ok(envelope))) => by_envelope(reply, envelope, expected),
        (Body::Whole(body), Some(Err(why))) => {
            let page = is_page(reply);
            let mut report = in_doubt(if page { Cause::WebPage } else { Cause::Nonsense(json::beginning(body)) });
            report.notes.push(Untrusted::new(why));
            report
        }
    }
}

/// HTTP 204 and no body, which is the proper form of a 204 and success by api.md 7, row 1. But no platform has said that it did it, and
/// a status of HTTP speaks for the management platform at most: accepted, not confirmed, and never green. It is not called partly done
/// either, because nothing says that a platform failed. An empty body under any other status was lost on the way and is in doubt.
fn bare(expected: &[String]) -> Report {
    let mut report = Report::without_reply(Verdict::Pending, Cause::Platforms);
    add_missing(&mut report, expected);
    report.notes.push(Untrusted::new("204 without a body: the service says that it is done, and names no platform"));
    report
}

fn by_envelope(reply: &Reply, envelope: &Envelope, expected: &[String]) -> Report {
    let mut report = Report::without_reply(Verdict::InDoubt, Cause::Platforms);
    fill(&mut report, envelope);
    let garbled = envelope.platforms.iter().flatten().any(|platform| platform.status == Status::Nonsense);
    match envelope.status {
        Status::Is(top @ 400..) if !garbled && !any_success(&report) => {
            report.verdict = Verdict::Rejected;
            report.cause = if matches!(top, 401 | 403) { Cause::Token(top) } else { Cause::Refused(top) };
        }
        Status::Is(top @ (200..=299 | 400..)) if !garbled => {
            add_missing(&mut report, expected);
            let queued = reply.http == 202 || top == 202;
            report.verdict = if top >= 400 { Verdict::Partial } else { worst(&report, queued) };
        }
        Status::Is(_) | Status::Absent | Status::Nonsense => {
            report.cause = Cause::Nonsense(reply.text().map(json::beginning).unwrap_or_default());
            add_missing(&mut report, expected);
        }
    }
    match reply.content_type.as_deref() {
        None => report.notes.push(Untrusted::new("the reply names no content type")),
        Some(other) if !other.to_ascii_lowercase().contains("json") => {
            report.notes.push(Untrusted::new(format!("the content type is {other}")));
        }
        Some(_) => {}
    }
    report
}

/// The worst of the platforms, under a generic 2xx. A reply without any platform has confirmed nothing.
fn worst(report: &Report, queued: bool) -> Verdict {
    let worst = report.platforms.iter().map(|platform| platform.state).max();
    match worst {
        None | Some(PlatformState::Failed | PlatformState::NotReported) => Verdict::Partial,
        Some(PlatformState::Queued) => Verdict::Pending,
        Some(PlatformState::Done) if queued => Verdict::Pending,
        Some(PlatformState::Done) => Verdict::Applied,
    }
}

fn fill(report: &mut Report, envelope: &Envelope) {
    report.status = match envelope.status {
        Status::Is(status) => Some(status),
        Status::Absent | Status::Nonsense => None,
    };
    report.message.clone_from(&envelope.message);
    report.location.clone_from(&envelope.location);
    report.platforms = envelope.platforms.iter().flatten().map(row).collect();
}

/// A platform whose status is nonsense has reported nothing that can be used, and puts the whole reply in doubt besides.
fn row(platform: &Platform) -> PlatformReport {
    let (state, status) = match platform.status {
        Status::Is(202) => (PlatformState::Queued, Some(202)),
        Status::Is(status @ 200..=299) => (PlatformState::Done, Some(status)),
        Status::Is(status) => (PlatformState::Failed, Some(status)),
        Status::Absent | Status::Nonsense => (PlatformState::NotReported, None),
    };
    PlatformReport {
        name: platform.name.clone(),
        state,
        status,
        message: platform.message.clone(),
        location: platform.location.clone(),
    }
}

fn any_success(report: &Report) -> bool {
    report.platforms.iter().any(|row| matches!(row.state, PlatformState::Done | PlatformState::Queued))
}

fn add_missing(report: &mut Report, expected: &[String]) {
    for name in expected {
        if report.platforms.iter().all(|row| row.name.raw() != name) {
            report.platforms.push(PlatformReport {
                name: Untrusted::new(name),
                state: PlatformState::NotReported,
                status: None,
                message: None,
                location: None,
            });
        }
    }
}

/// The id of a new user: the last segment of a location whose segment before is `users` (api.md 7, row 25). The location itself is
/// never opened.
fn id(reply: &Reply, report: &Report) -> Option<UserKey> {
    let management = report.platforms.iter().find(|row| row.name.raw() == "management");
    let locations = [
        reply.location.as_deref(),
        report.location.as_ref().map(Untrusted::raw),
        management.and_then(|row| row.location.as_ref()).map(Untrusted::raw),
    ];
    locations.into_iter().flatten().find_map(|location| {
        let path = location.split(['?', '#']).next()?;
        let mut segments = path.rsplit('/');
        let key = UserKey::parse(segments.next()?).ok()?;
        (segments.next()? == "users").then_some(key)
    })
}

/// The host that a redirect points to.
fn target(reply: &Reply) -> Untrusted {
    let Some(location) = reply.location.as_deref() else {
        return Untrusted::new("an address that it does not name");
    };
    let base = url::Url::parse(&format!("https://{}/", reply.host));
    let Ok(url) = base.and_then(|base| base.join(location)) else {
        return Untrusted::new(location);
    };
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => Untrusted::new(format!("{host}:{port}")),
        (Some(host), None) => Untrusted::new(host),
        (None, _) => Untrusted::new(location),
    }
}

/// Whether the body is a web page: by its beginning, or by a content type that the beginning does not contradict.
pub(in crate::api) fn is_page(reply: &Reply) -> bool {
    let Some(body) = reply.text() else { return false };
    let start =
        String::from_utf8_lossy(&body[..body.len().min(512)]).trim_start_matches('\u{feff}').to_ascii_lowercase();
    let start = start.trim_start();
    let typed = reply.content_type.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    start.starts_with("<!doctype html") || start.starts_with("<html") || (typed && start.starts_with('<'))
}

/// Cuts everything from outside to lengths that a screen and a memory can hold. Where there are too many platforms, what is not done is kept
/// before the rest; what is kept stands in the usual order, because eyes that look ten times a day look at a place and not at a word.
pub(in crate::api) fn clip(report: &mut Report) {
    let count = report.platforms.len();
    if count > MOST_PLATFORMS {
        report.platforms.sort_by_key(|row| row.state == PlatformState::Done);
        report.platforms.truncate(MOST_PLATFORMS);
        report.notes.push(Untrusted::new(format!("{count} platforms in the reply, {MOST_PLATFORMS} are listed")));
    }
    report.platforms.sort_by_key(|row| USUAL.iter().position(|name| row.name.raw() == *name).unwrap_or(USUAL.len()));
    for row in &mut report.platforms {
        cut(&mut row.name, 64);
        row.message.iter_mut().chain(&mut row.location).for_each(|text| cut(text, LONGEST));
    }
    report.message.iter_mut().chain(&mut report.location).chain(&mut report.notes).for_each(|text| cut(text, LONGEST));
    clip_cause(&mut report.cause);
}

/// The same for a cause alone.
pub(in crate::api) fn clip_cause(cause: &mut Cause) {
    if let Some(text) = cause.text_mut() {
        cut(text, BEGINNING);
    }
}

fn cut(text: &mut Untrusted, most: usize) {
    if let Some((end, _)) = text.raw().char_indices().nth(most) {
        *text = Untrusted::new(format!("{}...", &text.raw()[..end]));
    }
}

#[cfg(test)]
mod tests;
