//! The netexCloud user web services, as a client.
//!
//! Deliberately not here: a second attempt. Whatever happens to a request, it is sent once, and [`Report`] says what is known of it. A
//! program that wants to try again asks a person first.

use std::pin::pin;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderName, LOCATION, RETRY_AFTER};
use tokio::time::sleep;
use url::Url;
use zeroize::Zeroizing;

use crate::api::classify::{Body, Reply, clip, clip_cause, judge, unanswered};
use crate::api::error::SetupError;
use crate::api::headers::Headers;
use crate::api::hidden::Hidden;
use crate::api::http::Options;
use crate::api::record::Asked;
use crate::codec::json;
use crate::domain::key::UserKey;
use crate::domain::outcome::{Cause, PlatformState, ReadFault, Report};
use crate::domain::person::Person;
use crate::domain::request::{Request, Target};
use crate::domain::secret::Secret;
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::{Untrusted, visible};

pub mod classify;
pub mod deed;
pub mod error;
mod headers;
mod hidden;
mod http;
pub mod list;
mod path;
pub mod probe;
mod reading;
mod record;
mod retry_after;
mod transport;

/// The most bytes of a reply that are read (faults.md, row 22).
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The platforms that answer every change in the vendor's examples (api.md 4.1): what [`Settings::platforms`] starts with.
pub const PLATFORMS: [&str; 3] = ["management", "training", "social"];

/// What a client needs to know of a tenant.
pub struct Settings {
    /// The root of the services, such as `https://acme.learningcloud.me/integration/ws`.
    pub base_url: Url,
    /// The token; bound to the base's origin, because nothing else is ever asked.
    pub token: Secret,
    /// Whether every write is refused here, before any connection.
    pub read_only: bool,
    /// Whether the environment's proxies are used. Never for this machine itself.
    pub proxy: bool,
    /// The bytes of a CA file (PEM), trusted in addition to the system's.
    pub authorities: Option<Vec<u8>>,
    /// The deadline for name, connection and TLS together. At most half of `total` is used, so that the total can only end a request
    /// that was connected: that is what tells "not sent" from "in doubt".
    pub connect: Duration,
    /// The deadline for everything.
    pub total: Duration,
    /// The platforms that have to answer a change; [`PLATFORMS`] unless the tenant has others. The sections whose roles are sent come
    /// on top.
    pub platforms: Vec<String>,
}

/// A client of one tenant. It has no `Debug`, because it holds the token.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    headers: Headers,
    token: Secret,
    read_only: bool,
    total: Duration,
    platforms: Vec<String>,
}

impl Client {
    /// Builds a client, or says what is wrong with the settings. Nothing is asked yet.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let base = path::base(&settings.base_url)?;
        let headers = Headers::new(&settings.token)?;
        let connect = settings.connect.min(settings.total / 2);
        if connect.is_zero() {
            return Err(SetupError::Deadline);
        }
        let authorities = settings.authorities.as_deref();
        let http = http::client(&Options { base: &base, proxy: settings.proxy, authorities, connect })?;
        Ok(Self {
            http,
            base,
            headers,
            token: settings.token,
            read_only: settings.read_only,
            total: settings.total,
            platforms: settings.platforms,
        })
    }

    /// Whether every write is refused here.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Sends a change once and says what became of it. Dropping the future breaks the connection off; whoever cancels the waiting has to
    /// let it run.
    pub async fn send(&self, request: &Request, synchronization: Synchronization) -> Report {
        if self.read_only {
            return unanswered(Cause::ReadOnly);
        }
        let mut report = match self.write(request, synchronization, Some(json::encode(request))) {
            Ok(ready) => match self.exchange(ready).await {
                Ok(reply) => judge(&reply, &self.expected(request)),
                Err(cause) => unanswered(cause),
            },
            Err(cause) => unanswered(cause),
        };
        if synchronization == Synchronization::Synchronous && report.platforms.iter().any(is_queued) {
            report
                .notes
                .push(Untrusted::new("the service was asked to wait for every platform, and queued all the same"));
        }
        Hidden::new(&self.token, Some(request)).mask(&mut report);
        clip(&mut report);
        record::judged(&report);
        report
    }

    /// Reads one user. The answer is always synchronous (api.md 2); the header says so all the same.
    pub async fn read(&self, key: &UserKey) -> Result<Person, ReadFault> {
        let answer = match self.ready(Method::GET, Some(key), Synchronization::Synchronous, None) {
            Ok(ready) => self.exchange(ready).await,
            Err(cause) => Err(cause),
        };
        let result = match answer {
            Ok(reply) => reading::person(&reply, key),
            Err(cause) => Err(ReadFault::Failed(cause)),
        };
        result.map_err(|fault| self.presentable(fault))
    }

    /// The request as it would go out, for the review: made by the code that makes the real one, with token, password and picture masked.
    pub fn transcript(&self, request: &Request, synchronization: Synchronization) -> String {
        match self.write(request, synchronization, None) {
            Ok(ready) => {
                let line = format!("{} {} HTTP/1.1", ready.method(), ready.url().path());
                let host = format!("Host: {}", path::host(&self.base));
                let mut lines = vec![line, host];
                lines.extend(headers::shown(ready.headers()));
                format!("{}\n\n{}", lines.join("\n"), json::masked(request))
            }
            Err(cause) => visible(&cause.to_string()).into_owned(),
        }
    }

    /// The platforms that have to answer this change.
    fn expected(&self, request: &Request) -> Vec<String> {
        let mut expected = self.platforms.clone();
        for section in request.sections() {
            if expected.iter().all(|name| name != section) {
                expected.push(section.to_owned());
            }
        }
        expected
    }

    fn write(
        &self,
        request: &Request,
        synchronization: Synchronization,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<reqwest::Request, Cause> {
        match request.target() {
            Target::New => self.ready(Method::POST, None, synchronization, body),
            Target::Known(key) => self.ready(Method::PUT, Some(key), synchronization, body),
        }
    }

    fn ready(
        &self,
        method: Method,
        key: Option<&UserKey>,
        synchronization: Synchronization,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<reqwest::Request, Cause> {
        let url = path::users(&self.base, key).map_err(|words| Cause::Local(Untrusted::new(words)))?;
        let writes = method != Method::GET;
        let mut ready = reqwest::Request::new(method, url);
        *ready.headers_mut() = self.headers.of(synchronization, writes);
        // From here on the bytes belong to the HTTP library, which copies them into its own buffers and wipes none of them.
        *ready.body_mut() = body.map(|mut bytes| std::mem::take(&mut *bytes).into());
        Ok(ready)
    }

    /// One request and one reply, within the deadline.
    async fn exchange(&self, ready: reqwest::Request) -> Result<Reply, Cause> {
        let asked = Asked::of(&ready);
        let answer = self.exchanged(ready).await;
        asked.ended(&answer);
        answer
    }

    async fn exchanged(&self, ready: reqwest::Request) -> Result<Reply, Cause> {
        let seconds = u64::try_from(self.total.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
        let mut deadline = pin!(sleep(self.total));
        let mut response = tokio::select! {
            biased;
            response = self.http.execute(ready) => response.map_err(|error| transport::cause(&error))?,
            () = &mut deadline => return Err(Cause::Timeout(seconds)),
        };
        let body = tokio::select! {
            biased;
            body = whole(&mut response) => body,
            () = &mut deadline => Body::Late(seconds),
        };
        let header = |name: HeaderName| {
            response.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Ok(Reply {
            http: response.status().as_u16(),
            host: path::host(&self.base),
            content_type: header(CONTENT_TYPE),
            location: header(LOCATION),
            retry_after: header(RETRY_AFTER),
            date: header(DATE),
            body,
        })
    }

    fn presentable(&self, fault: ReadFault) -> ReadFault {
        record::unread(&fault);
        let hidden = Hidden::new(&self.token, None);
        match fault {
            ReadFault::Failed(mut cause) => {
                hidden.cause(&mut cause);
                clip_cause(&mut cause);
                ReadFault::Failed(cause)
            }
            ReadFault::SomeoneElse(mut who) => {
                hidden.text(&mut who);
                ReadFault::SomeoneElse(who)
            }
            other @ (ReadFault::NotFound | ReadFault::NoService(_)) => other,
        }
    }
}

fn is_queued(row: &crate::domain::outcome::PlatformReport) -> bool {
    row.state == PlatformState::Queued
}

/// The body, counted while it comes.
async fn whole(response: &mut reqwest::Response) -> Body {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    if announced > MOST_BYTES {
        return Body::TooLong(MOST_BYTES);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(announced));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MOST_BYTES => return Body::TooLong(MOST_BYTES),
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Body::Whole(bytes),
            Err(_) => return Body::Broken,
        }
    }
}
