//! What became of a request: one verdict, and one state for each platform.
//!
//! The table behind it is "Outcome rules" of faults.md; [`crate::api::classify`] applies it.

use std::fmt;
use std::time::Duration;

use crate::domain::key::UserKey;
use crate::domain::person::Person;
use crate::domain::record::ChangeId;
use crate::domain::untrusted::Untrusted;

/// What is known of one platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlatformState {
    /// A 2xx other than 202.
    Done,
    /// 202: accepted, and nothing will ever say how it ended (api.md 2).
    Queued,
    /// It should have answered and the reply does not name it.
    NotReported,
    /// Any other status.
    Failed,
}

impl PlatformState {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Queued => "queued",
            Self::NotReported => "not reported",
            Self::Failed => "FAILED",
        }
    }
}

/// What became of a request, as far as anybody can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Every platform that should have answered did it.
    Applied,
    /// Accepted, not confirmed: at least one platform queued it.
    Pending,
    /// No byte of the request left, or the service turned it away before looking at it.
    NotSent,
    /// Refused; nothing was changed.
    Rejected,
    /// Some platforms did it, some did not or said nothing.
    Partial,
    /// It left, and nobody knows whether it was done.
    InDoubt,
}

impl Verdict {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Applied => "DONE",
            Self::Pending => "QUEUED",
            Self::NotSent => "NOT SENT",
            Self::Rejected => "REJECTED",
            Self::Partial => "PARTLY DONE",
            Self::InDoubt => "IN DOUBT",
        }
    }
}

/// One row of the status pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformReport {
    /// The reply's key, or the name of a platform that should have been there.
    pub name: Untrusted,
    /// What is known of it.
    pub state: PlatformState,
    /// Its own status.
    pub status: Option<u16>,
    /// Its own message.
    pub message: Option<Untrusted>,
    /// Where the platform says the user is; shown, never opened.
    pub location: Option<Untrusted>,
}

/// What became of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The worst that is known.
    pub verdict: Verdict,
    /// Why, where the platforms' own words do not say it.
    pub cause: Cause,
    /// The status of HTTP, where there was a reply.
    pub http: Option<u16>,
    /// The generic status of the body.
    pub status: Option<u16>,
    /// The generic message of the body.
    pub message: Option<Untrusted>,
    /// The generic location of the body, or else the `Location` header.
    pub location: Option<Untrusted>,
    /// One row for each platform that answered or should have, in the usual order.
    pub platforms: Vec<PlatformReport>,
    /// The id of a user that was created, from the last segment of a location (api.md 7, row 25).
    pub id: Option<UserKey>,
    /// Oddities that did not change the verdict, such as a wrong content type.
    pub notes: Vec<Untrusted>,
    /// Its number in the journal; nothing where it never came so far that it was kept.
    pub change: Option<ChangeId>,
}

impl Report {
    /// Why, with what the service itself said of it. It is a text from outside.
    pub fn why(&self) -> String {
        let message = self.message.as_ref().filter(|message| !message.is_empty());
        message.map_or_else(|| self.cause.to_string(), |message| format!("{}: {}", self.cause, message.raw()))
    }

    /// A report of something that has no reply to look at.
    pub fn without_reply(verdict: Verdict, cause: Cause) -> Self {
        Self {
            verdict,
            cause,
            http: None,
            status: None,
            message: None,
            location: None,
            platforms: Vec::new(),
            id: None,
            notes: Vec::new(),
            change: None,
        }
    }

    /// Every message of the reply, the generic one first: where a field to blame is looked for.
    pub fn messages(&self) -> impl Iterator<Item = &Untrusted> {
        self.message.iter().chain(self.platforms.iter().filter_map(|platform| platform.message.as_ref()))
    }
}

/// Why a verdict is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The platforms' own statuses say it.
    Platforms,
    /// The service refused, with this status of HTTP or of the body.
    Refused(u16),
    /// 401 or 403: the token.
    Token(u16),
    /// The server points elsewhere, to this host; not followed, because the token would go with it.
    Redirect(Untrusted),
    /// 429; with the seconds that the server asked to wait.
    TooMany(Option<u64>),
    /// A 5xx, 408 or another status that does not say whether the request was carried out.
    Gateway(u16),
    /// The name of the host could not be found.
    Lookup,
    /// No connection.
    Connect,
    /// The certificate or the protocol of TLS was refused; with the reason.
    Tls(Untrusted),
    /// No answer within the deadline, in seconds.
    Timeout(u64),
    /// The connection broke after the request had begun to leave.
    Broken,
    /// A web page instead of an answer, such as a gateway's sign-in page.
    WebPage,
    /// The reply is longer than the limit, in bytes.
    TooLong(usize),
    /// A reply that cannot be understood; with its beginning.
    Nonsense(Untrusted),
    /// The tenant is read-only: the client sends no write.
    ReadOnly,
    /// The request could not be built or the picture not be encoded; nothing left.
    Local(Untrusted),
    /// Reading the user back showed it.
    ReadBack,
    /// The intent could not be kept, so nothing was sent; why.
    NoJournal(Untrusted),
    /// A create of this username is on its way or in doubt already; which.
    InFlight(Untrusted),
}

impl Cause {
    /// The text from outside that the cause carries, for whoever masks or shortens it. The match names every cause, so
    /// that a new one cannot carry a text past them.
    pub fn text_mut(&mut self) -> Option<&mut Untrusted> {
        match self {
            Self::Redirect(text)
            | Self::Tls(text)
            | Self::Nonsense(text)
            | Self::Local(text)
            | Self::NoJournal(text)
            | Self::InFlight(text) => Some(text),
            Self::Platforms
            | Self::Refused(_)
            | Self::Token(_)
            | Self::TooMany(_)
            | Self::Gateway(_)
            | Self::Lookup
            | Self::Connect
            | Self::Timeout(_)
            | Self::Broken
            | Self::WebPage
            | Self::TooLong(_)
            | Self::ReadOnly
            | Self::ReadBack => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platforms => f.write_str("as the platforms answered"),
            Self::Refused(status) => write!(f, "the service refused it ({status})"),
            Self::Token(status) => write!(f, "the token was not accepted ({status})"),
            Self::Redirect(host) => write!(f, "the server points to {host}; not followed, the token stays here"),
            Self::TooMany(Some(seconds)) => write!(f, "too many requests; the server asks to wait {seconds} s"),
            Self::TooMany(None) => f.write_str("too many requests; the server asks to wait"),
            Self::Gateway(status) => write!(f, "the gateway answered {status}, which does not say whether it was done"),
            Self::Lookup => f.write_str("the host's name could not be found"),
            Self::Connect => f.write_str("no connection to the host"),
            Self::Tls(reason) => write!(f, "no secure connection: {reason}"),
            Self::Timeout(seconds) => write!(f, "no answer within {seconds} s"),
            Self::Broken => f.write_str("the connection broke before the answer was complete"),
            Self::WebPage => f.write_str("not the API: a web page came back, such as a sign-in page"),
            Self::TooLong(limit) => write!(f, "the answer is longer than {} MiB", limit / (1024 * 1024)),
            Self::Nonsense(begin) if begin.is_empty() => f.write_str("the answer is empty"),
            Self::Nonsense(begin) => write!(f, "the answer cannot be understood: {begin}"),
            Self::ReadOnly => f.write_str("this tenant is read-only"),
            Self::Local(reason) => write!(f, "{reason}"),
            Self::ReadBack => f.write_str("seen by reading the user back"),
            Self::NoJournal(reason) => write!(f, "nothing was sent, because it could not be kept first: {reason}"),
            Self::InFlight(which) => write!(f, "{which}"),
        }
    }
}

/// A report with its times, as the status pane shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What became of it.
    pub report: Report,
    /// The local time at which it was sent, such as `14:02:11`.
    pub asked: String,
    /// How long the answer took.
    pub took: Duration,
}

/// Why a user could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadFault {
    /// There is no such user, says a reply that is the API's own.
    NotFound,
    /// 404 or 405 from something that is not the API's own reply: the tenant may have no read service.
    NoService(u16),
    /// Anything else; with what happened.
    Failed(Cause),
    /// The reply is about somebody else than was asked for.
    SomeoneElse(Untrusted),
}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no user of this id or username"),
            Self::NoService(status) => write!(f, "this tenant does not seem to have a read service ({status})"),
            Self::Failed(cause) => cause.fmt(f),
            Self::SomeoneElse(who) => write!(f, "the service answered with somebody else: {who}"),
        }
    }
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It was tried; what became of it.
    Report(Box<Report>),
    /// Somebody else changed a field of it since it was read: nothing was sent. With the person as they are now.
    Conflict(Box<Person>),
}

/// What became of one person of a bulk change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkAnswer {
    /// It was sent; what became of it.
    Report(Box<Report>),
    /// The person is so already: nothing was sent.
    Same,
    /// The person is not as the plan showed them any more: nothing was sent.
    Changed,
    /// The person could not be read, or what would be sent is at fault; in words. Nothing was sent.
    Refused(Untrusted),
}

/// What looking a username up found after a create in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The user is there and has what was sent.
    Ours(Box<Person>),
    /// Somebody of this username is there, with other data than was sent.
    SomeoneElse(Box<Person>),
    /// Nobody of this username is there now. The request may still arrive.
    Nobody,
    /// The look-up itself failed.
    Unknown(ReadFault),
}
