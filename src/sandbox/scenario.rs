//! What shall go wrong, as data: `assets/sandbox/*.toml`, or a file of somebody else.
//!
//! A scenario says how the tenant is set up (its revision, how strict it is) and lists strikes. A request is struck by the first strike that
//! is meant for its service and is not used up yet, so a list of strikes with `times = 1` is a script: first fails, then works.

mod words;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::domain::field::Revision;
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::visible;
use crate::sandbox::TOKEN;
use crate::sandbox::paging::Paging;
use crate::sandbox::platforms::Bend;

/// The scenarios that come with the program, the harmless one first.
const BUILT_IN: &[(&str, &str)] = &[
    ("default", include_str!("../../assets/sandbox/default.toml")),
    ("social-down", include_str!("../../assets/sandbox/social-down.toml")),
    ("slow", include_str!("../../assets/sandbox/slow.toml")),
    ("queued", include_str!("../../assets/sandbox/queued.toml")),
    ("rejects", include_str!("../../assets/sandbox/rejects.toml")),
    ("html", include_str!("../../assets/sandbox/html.toml")),
    ("cut-before", include_str!("../../assets/sandbox/cut-before.toml")),
    ("cut-after", include_str!("../../assets/sandbox/cut-after.toml")),
    ("late", include_str!("../../assets/sandbox/late.toml")),
    ("mirror-status", include_str!("../../assets/sandbox/mirror-status.toml")),
    ("no-read", include_str!("../../assets/sandbox/no-read.toml")),
    ("leaky", include_str!("../../assets/sandbox/leaky.toml")),
    ("disabled-first", include_str!("../../assets/sandbox/disabled-first.toml")),
    ("crowd", include_str!("../../assets/sandbox/crowd.toml")),
    ("one-based", include_str!("../../assets/sandbox/one-based.toml")),
    ("short-pages", include_str!("../../assets/sandbox/short-pages.toml")),
    ("partial-content", include_str!("../../assets/sandbox/partial-content.toml")),
    ("repeats", include_str!("../../assets/sandbox/repeats.toml")),
    ("restless", include_str!("../../assets/sandbox/restless.toml")),
    ("endless", include_str!("../../assets/sandbox/endless.toml")),
];

/// The most people a sandbox has: some 110 MB of numbers and usernames, and a second to start.
pub const MOST_PEOPLE: u32 = 1_000_000;

/// How a sandbox behaves.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// One sentence for whoever chooses.
    pub(super) about: String,
    /// Which pages of the vendor it follows.
    #[serde(default, deserialize_with = "words::revision")]
    pub(super) revision: Revision,
    /// Whether what the pages do not mention is refused (api.md 7, rows 17, 18, 34 and 35): unknown keys, fields that an operation does not take,
    /// required fields that are missing on create. Otherwise it is ignored. Wrong types are refused in any case.
    #[serde(default = "words::yes")]
    pub(super) strict: bool,
    /// The mode of a request without `X-Cloud-Synchronization` (api.md 7, row 4).
    #[serde(default = "words::unsaid", deserialize_with = "words::mode")]
    pub(super) without_header: Synchronization,
    /// The token that is accepted. It guards nothing but made-up people.
    #[serde(default = "words::token")]
    pub(super) token: String,
    /// What a request without that token gets.
    #[serde(default)]
    pub(super) wrong_token: WrongToken,
    /// Whether reads show what no client should keep: a password hash, the common id, the newer keys (api.md 4.5).
    #[serde(default)]
    pub(super) leaky: bool,
    /// How many people there are; absent is the some forty of `people.toml`.
    #[serde(default, deserialize_with = "words::people")]
    pub(super) people: Option<u32>,
    /// Whether somebody who can sign in is not deleted (api.md 7, row 27). The console asks for it, the pages of the service do not.
    #[serde(default)]
    pub(super) delete_needs_disabled: bool,
    /// How the list of users is paged.
    #[serde(default)]
    pub(super) paging: Paging,
    /// What goes wrong, in order.
    #[serde(default, rename = "strike")]
    pub(super) strikes: Vec<Strike>,
}

/// What a request with a wrong token or none gets: 401 or 403, as an envelope or as a gateway's page (api.md 7, row 6).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrongToken {
    /// The HTTP status.
    #[serde(default = "words::unauthorized", deserialize_with = "words::status")]
    pub status: u16,
    /// A sign-in page instead of the envelope.
    #[serde(default)]
    pub page: bool,
}

/// A service that can be struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// `POST /users`
    Create,
    /// `PUT /users/<id or username>`
    Update,
    /// `GET /users/<id or username>`
    Read,
    /// `GET /users`
    List,
    /// `PUT /users/<id or username>/activate`
    Activate,
    /// `PUT /users/<id or username>/deactivate`
    Deactivate,
    /// `PUT /users/<id or username>/changePassword`
    ChangePassword,
    /// `POST /users/<one of four ids>/welcomeMail`
    WelcomeMail,
    /// `DELETE /users/<id or username>`
    Delete,
    /// `GET /users/<one of four ids>/groups`
    Groups,
}

impl Service {
    /// Every service: what a strike without a service is meant for.
    pub const ALL: [Self; 10] = [
        Self::Create,
        Self::Update,
        Self::Read,
        Self::List,
        Self::Activate,
        Self::Deactivate,
        Self::ChangePassword,
        Self::WelcomeMail,
        Self::Delete,
        Self::Groups,
    ];
}

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Strike {
    /// Which services it strikes.
    pub on: Vec<Service>,
    /// How often; absent is always.
    pub times: Option<u32>,
    /// How long the answer waits. A change is applied before the wait, so that somebody who stops waiting does not stop the change.
    pub wait: Duration,
    /// Whether and when a change happens.
    pub applied: Applied,
    /// What comes back.
    pub answer: Answer,
    /// How single platforms answer.
    pub platforms: BTreeMap<String, Bend>,
    /// How many reads of the changed user still answer as if nothing had happened.
    pub visible_after_reads: u32,
}

/// Whether and when a struck change happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Before the answer.
    Now,
    /// Not at all.
    Never,
    /// So long after the answer, or after the connection was cut.
    After(Duration),
}

/// What a struck request gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// What it would get anyway, platforms bent.
    Usual,
    /// The same with the envelope's status as the HTTP status.
    Mirrored,
    /// An envelope that refuses.
    Envelope {
        /// Its status and the HTTP status.
        status: u16,
        /// Its message.
        message: String,
    },
    /// A sign-in page with an HTTP status.
    Page(u16),
    /// An HTTP status and no body.
    Nothing(u16),
    /// The connection is closed without a byte.
    Cut,
}

/// A strike as the file has it, before it is known to make sense.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "words::every_service")]
    on: Vec<Service>,
    times: Option<u32>,
    #[serde(default, deserialize_with = "words::span")]
    wait: Duration,
    #[serde(default, deserialize_with = "words::applied")]
    applied: Option<Applied>,
    #[serde(default)]
    answer: Kind,
    #[serde(default, deserialize_with = "words::maybe_status")]
    status: Option<u16>,
    message: Option<String>,
    #[serde(default)]
    platforms: BTreeMap<String, Bend>,
    #[serde(default)]
    visible_after_reads: u32,
}

/// The words of `answer`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    #[default]
    Usual,
    Mirrored,
    Envelope,
    Page,
    Nothing,
    Cut,
}

impl TryFrom<Written> for Strike {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        written.check()?;
        let applied = written.applied.unwrap_or(if written.tells() { Applied::Now } else { Applied::Never });
        let answer = written.answer();
        let Written { on, times, wait, platforms, visible_after_reads, .. } = written;
        Ok(Self { on, times, wait, applied, answer, platforms, visible_after_reads })
    }
}

impl Written {
    /// Whether the answer tells what became of the change, and so needs one.
    fn tells(&self) -> bool {
        matches!(self.answer, Kind::Usual | Kind::Mirrored)
    }

    fn check(&self) -> Result<(), String> {
        let has_status = matches!(self.answer, Kind::Envelope | Kind::Page | Kind::Nothing);
        let fault = if self.on.is_empty() {
            "`on` names no service: leave it out to strike all of them"
        } else if self.times == Some(0) {
            "`times = 0` never strikes: leave the strike out"
        } else if self.status.is_some() && !has_status {
            "`status` needs an answer of its own: write answer = \"envelope\", \"page\" or \"nothing\""
        } else if self.message.is_some() && self.answer != Kind::Envelope {
            "`message` needs answer = \"envelope\"; a platform's message stands under `platforms`"
        } else if !self.platforms.is_empty() && !self.tells() {
            "`platforms` are not in this answer: write answer = \"usual\" or \"mirrored\""
        } else if self.applied.is_some_and(|applied| applied != Applied::Now) && self.tells() {
            "this answer tells that the change was made: write applied = \"now\", or another answer"
        } else {
            return Ok(());
        };
        Err(fault.to_owned())
    }

    fn answer(&self) -> Answer {
        match self.answer {
            Kind::Usual => Answer::Usual,
            Kind::Mirrored => Answer::Mirrored,
            Kind::Envelope => Answer::Envelope {
                status: self.status.unwrap_or(400),
                message: self.message.clone().unwrap_or_else(|| "Bad request".to_owned()),
            },
            Kind::Page => Answer::Page(self.status.unwrap_or(200)),
            Kind::Nothing => Answer::Nothing(self.status.unwrap_or(405)),
            Kind::Cut => Answer::Cut,
        }
    }
}

impl Strike {
    /// What happens where nothing goes wrong.
    pub fn none() -> Self {
        Self {
            on: Vec::new(),
            times: None,
            wait: Duration::ZERO,
            applied: Applied::Now,
            answer: Answer::Usual,
            platforms: BTreeMap::new(),
            visible_after_reads: 0,
        }
    }
}

impl Default for WrongToken {
    fn default() -> Self {
        Self { status: words::unauthorized(), page: false }
    }
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// Line, column and what to mend, in several lines that a terminal may be given.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| {
            let lines: Vec<_> = error.to_string().lines().map(|line| visible(line).into_owned()).collect();
            lines.join("\n")
        })
    }

    /// A scenario that comes with the program.
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Self::parse(text).ok()
    }

    /// The names of the scenarios that come with the program, the harmless one first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// One sentence for whoever chooses. From outside where the scenario is: show it as such.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Which pages of the vendor it follows: a tenant that points here has to say the same.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The same faults on a tenant of another revision.
    #[must_use]
    pub fn with_revision(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }

    /// The same faults on a tenant of so many people, at most [`MOST_PEOPLE`]: first the believable ones of the built-in file, then a crowd,
    /// the same in every run.
    #[must_use]
    pub fn with_people(self, count: u32) -> Self {
        Self { people: Some(count.min(MOST_PEOPLE)), ..self }
    }
}

/// A tenant of the original revision that works.
impl Default for Scenario {
    fn default() -> Self {
        Self {
            about: "A tenant that works, as the vendor's pages describe it.".to_owned(),
            revision: Revision::Original,
            strict: true,
            without_header: words::unsaid(),
            token: TOKEN.to_owned(),
            wrong_token: WrongToken::default(),
            leaky: false,
            people: None,
            delete_needs_disabled: false,
            paging: Paging::default(),
            strikes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
