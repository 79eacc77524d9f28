//! What is kept of a change: who asked for what, what became of it, and what is still open.
//!
//! Deliberately not here: how it is written down ([`crate::codec::record`]) and where ([`crate::journal`]). There is no secret in a record:
//! of a password and of a picture it says only that there was one, its size, and a fingerprint.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use crate::domain::deed::Deed;
use crate::domain::field::{Kind, Operation};
use crate::domain::fields::Field;
use crate::domain::order::Order;
use crate::domain::outcome::{PlatformReport, Report, Verdict};
use crate::domain::patch::Value;
use crate::domain::person::Person;
use crate::domain::photo::Photo;
use crate::domain::request::{Line, Reason, Target};
use crate::domain::roles::Roles;
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;

/// The number of a change in the journal. Numbers go up in the order in which the changes were begun, whatever the clock does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeId(pub i64);

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What is done, whatever it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// `POST /users`.
    Create,
    /// `PUT /users/<key>`.
    Update,
    /// `PUT .../activate`.
    Activate,
    /// `PUT .../deactivate`.
    Deactivate,
    /// `PUT .../changePassword`.
    ChangePassword,
    /// `POST .../welcomeMail`.
    WelcomeMail,
    /// `DELETE ...`.
    Delete,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Update,
        Self::Activate,
        Self::Deactivate,
        Self::ChangePassword,
        Self::WelcomeMail,
        Self::Delete,
    ];

    /// The act of an order.
    pub fn of(order: &Order) -> Self {
        match order {
            Order::Change(request) => match request.operation() {
                Operation::Create => Self::Create,
                Operation::Update => Self::Update,
            },
            Order::Deed(order) => match order.deed {
                Deed::Activate => Self::Activate,
                Deed::Deactivate { .. } => Self::Deactivate,
                Deed::ChangePassword(_) => Self::ChangePassword,
                Deed::WelcomeMail => Self::WelcomeMail,
                Deed::Delete => Self::Delete,
            },
        }
    }

    /// The word that is kept, and that a filter takes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Activate => "enable",
            Self::Deactivate => "disable",
            Self::ChangePassword => "password",
            Self::WelcomeMail => "welcome",
            Self::Delete => "delete",
        }
    }

    /// The act of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }

    /// Why it can never be taken back, in words; nothing where the old values may do it.
    pub fn is_final(self) -> Option<&'static str> {
        match self {
            Self::Delete => Some("a deletion cannot be undone: the user is gone from every platform"),
            Self::ChangePassword => Some("a password cannot be undone: the old one is not known"),
            Self::WelcomeMail => Some("a mail that was sent cannot be undone"),
            Self::Create => Some("a new user is not undone: disable or delete them instead"),
            Self::Update | Self::Activate | Self::Deactivate => None,
        }
    }
}

/// Why a change was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Because somebody wanted it.
    #[default]
    Change,
    /// To finish a change that was done in part.
    Repair(ChangeId),
    /// To take a change back.
    Undo(ChangeId),
}

impl Purpose {
    /// The change that it is about.
    pub fn of(self) -> Option<ChangeId> {
        match self {
            Self::Change => None,
            Self::Repair(id) | Self::Undo(id) => Some(id),
        }
    }
}

/// Who sits at the keyboard, as far as this machine knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The name of the operating system's user.
    pub user: String,
    /// Its number.
    pub uid: u32,
    /// The address that the SSH session came from, where there is one.
    pub ssh: Option<String>,
}

/// Where a change goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Realm {
    /// The tenant's name.
    pub tenant: String,
    /// Its address; the word "sandbox" for the look-alike inside the program, whose port is another one each time.
    pub origin: String,
}

/// A value as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing is set.
    Nothing,
    /// It was not read, or the service does not show it.
    Unknown,
    /// A text, byte for byte.
    Text(String),
    /// Yes or no.
    Switch(bool),
    /// The sections that the change touches, each with its full list.
    Roles(Roles),
    /// Something that is not kept itself: a password, the bytes of a picture.
    Mark {
        /// Its size in bytes.
        size: usize,
        /// What tells two of them apart, and cannot be guessed back from.
        fingerprint: String,
    },
}

impl Kept {
    /// The value in a few words.
    pub fn summary(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Unknown => "not known".to_owned(),
            Self::Text(text) if text.is_empty() => "empty".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Switch(on) => if *on { "yes" } else { "no" }.to_owned(),
            Self::Roles(roles) => {
                let list = |roles: &BTreeSet<String>| match roles.len() {
                    0 => "none".to_owned(),
                    _ => roles.iter().cloned().collect::<Vec<_>>().join(", "),
                };
                roles
                    .iter()
                    .map(|(section, roles)| format!("{section}: {}", list(roles)))
                    .collect::<Vec<_>>()
                    .join("; ")
            }
            Self::Mark { size, fingerprint } => format!("set, {size} bytes, {fingerprint}"),
        }
    }
}

/// One field of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Which field.
    pub field: Field,
    /// What was there before, as far as it was read.
    pub old: Kept,
    /// What was sent.
    pub new: Kept,
    /// It was sent only because the revision wants it in every update.
    pub echoed: bool,
}

impl Touched {
    /// Whether a person has what was sent. What cannot be compared (a picture, a password) counts as so.
    pub fn is_so(&self, person: &Person) -> bool {
        holds(self.field, &self.new, person).unwrap_or(true)
    }

    /// Whether a reading can tell that it was done: it tells nothing of a password, of the bytes of a picture, and of what becomes of `extra`.
    pub fn is_readable(&self) -> bool {
        let is_picture = self.field == Field::Image;
        !matches!(self.new, Kept::Mark { .. }) && !is_picture && self.field.spec().kind != Kind::Object
    }

    /// Whether a person has what was there before; nothing where that cannot be told.
    pub fn was_so(&self, person: &Person) -> Option<bool> {
        holds(self.field, &self.old, person)
    }
}

/// Whether a person has a kept value; nothing where it cannot be compared.
fn holds(field: Field, kept: &Kept, person: &Person) -> Option<bool> {
    match kept {
        _ if field.spec().kind == Kind::Object => None,
        Kept::Unknown => None,
        Kept::Nothing if field == Field::Roles => None,
        Kept::Nothing if field == Field::Enabled => None,
        Kept::Nothing if field == Field::Image => Some(!person.has_picture),
        Kept::Nothing => Some(person.text(field).is_empty()),
        Kept::Text(_) if matches!(field, Field::Image | Field::Extra) => None,
        Kept::Text(text) => Some(person.text(field) == *text),
        Kept::Switch(on) => Some(person.enabled == Some(*on)),
        Kept::Roles(roles) => Some(roles.iter().all(|(section, wanted)| match person.roles.get(section) {
            Some(has) => has == wanted,
            None => wanted.is_empty(),
        })),
        Kept::Mark { .. } => None,
    }
}

/// How long after a create was sent one that was not found may still arrive: a queue or a gateway may carry a request out after the
/// connection died (faults.md 3). The vendor states no bound, so this is a judgement. It is counted from the time that is kept with the
/// intent, so that a restart neither shortens it nor begins it anew.
pub const WINDOW: Duration = Duration::from_secs(60);

/// What goes with an order into the journal, beside what is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The number of the ticket that asked for it.
    pub ticket: Option<String>,
    /// Why.
    pub purpose: Purpose,
    /// The job and the line of a file that it comes from.
    pub job: Option<(i64, u64)>,
    /// A create of the same username that is in doubt, was looked up after its window and not found, and that this one replaces because
    /// somebody decided so.
    pub instead_of: Option<ChangeId>,
}

/// What is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// What is done.
    pub act: Act,
    /// Whom it is about.
    pub username: String,
    /// The id or username that is addressed; nothing for somebody new.
    pub key: Option<String>,
    /// The mode.
    pub synchronization: Synchronization,
    /// The fields, in the order of the form.
    pub touched: Vec<Touched>,
    /// The number of the ticket that asked for it.
    pub ticket: Option<String>,
    /// Why.
    pub purpose: Purpose,
    /// The line of a file that it comes from: the job, and the line.
    pub job: Option<(i64, u64)>,
    /// The create in doubt that it replaces.
    pub instead_of: Option<ChangeId>,
}

impl Intent {
    /// What an order is about to do to somebody of whom `before` was read.
    ///
    /// `mark` makes the fingerprint of bytes that are not kept: of a password, or of a picture.
    pub fn of(
        order: &Order,
        synchronization: Synchronization,
        before: Option<&Person>,
        circumstances: &Circumstances,
        mark: &Marks<'_>,
    ) -> Self {
        let (key, touched) = match order {
            Order::Change(request) => {
                let key = match request.target() {
                    Target::New => None,
                    Target::Known(key) => Some(key.as_str().to_owned()),
                };
                let unread = if key.is_some() { Kept::Unknown } else { Kept::Nothing };
                (key, request.lines().iter().map(|line| touched(line, before, &unread, mark)).collect())
            }
            Order::Deed(deed) => {
                (Some(deed.key.as_str().to_owned()), of_deed(&deed.deed, before, mark).into_iter().collect())
            }
        };
        Self {
            act: Act::of(order),
            username: order.username().to_owned(),
            key,
            synchronization,
            touched,
            ticket: circumstances.ticket.clone(),
            purpose: circumstances.purpose,
            job: circumstances.job,
            instead_of: circumstances.instead_of,
        }
    }

    /// Whether a person who was read back is the one that this create would have made: the same name, surname, e-mail and roles. That
    /// somebody of this username exists proves nothing (faults.md, read-back rule).
    pub fn made(&self, person: &Person) -> bool {
        let proves =
            |touched: &&Touched| [Field::Name, Field::Surname, Field::Email, Field::Roles].contains(&touched.field);
        person.username == self.username && self.touched.iter().filter(proves).all(|touched| touched.is_so(person))
    }

    /// The fields that somebody wanted, without those that the revision wants in every update.
    pub fn wanted(&self) -> impl Iterator<Item = &Touched> {
        self.touched.iter().filter(|touched| !touched.echoed)
    }
}

/// How the marks of what is not kept are made.
pub struct Marks<'a> {
    /// Of a password: with a key that is nowhere kept.
    pub secret: &'a dyn Fn(&[u8]) -> String,
    /// Of a picture.
    pub picture: &'a dyn Fn(&[u8]) -> String,
}

fn touched(line: &Line, before: Option<&Person>, unread: &Kept, mark: &Marks<'_>) -> Touched {
    let new = match &line.value {
        Value::Text(text) => Kept::Text(text.clone()),
        Value::Switch(on) => Kept::Switch(*on),
        Value::Pairs(pairs) => Kept::Text(crate::domain::pairs::lines(pairs)),
        Value::Roles(changes) => Kept::Roles(
            changes.iter().map(|change| (change.section.clone(), change.wanted.iter().cloned().collect())).collect(),
        ),
        Value::Secret(secret) => {
            let bytes = secret.expose().as_bytes();
            Kept::Mark { size: bytes.len(), fingerprint: (mark.secret)(bytes) }
        }
        Value::Photo(Photo::Url(url)) => Kept::Text(url.clone()),
        Value::Photo(Photo::Picture(picture)) => {
            Kept::Mark { size: picture.bytes.len(), fingerprint: (mark.picture)(&picture.bytes) }
        }
        Value::Object(object) => Kept::Text(object.text()),
    };
    let old = before.map_or_else(|| unread.clone(), |person| old(line.field, &new, person));
    Touched { field: line.field, old, new, echoed: line.reason == Reason::Echoed }
}

/// What a person has where the change puts something new.
fn old(field: Field, new: &Kept, person: &Person) -> Kept {
    match new {
        Kept::Roles(roles) => {
            let had = |section: &String| (section.clone(), person.roles.get(section).cloned().unwrap_or_default());
            Kept::Roles(roles.keys().map(had).collect::<BTreeMap<_, _>>())
        }
        Kept::Switch(_) => person.enabled.map_or(Kept::Unknown, Kept::Switch),
        _ if field == Field::Extra => Kept::Unknown,
        Kept::Text(_) | Kept::Mark { .. } | Kept::Nothing | Kept::Unknown if field == Field::Image => {
            if person.has_picture { Kept::Text("a picture".to_owned()) } else { Kept::Nothing }
        }
        Kept::Mark { .. } | Kept::Unknown => Kept::Unknown,
        Kept::Text(_) | Kept::Nothing => match person.text(field) {
            text if text.is_empty() => Kept::Nothing,
            text => Kept::Text(text),
        },
    }
}

fn of_deed(deed: &Deed, before: Option<&Person>, mark: &Marks<'_>) -> Option<Touched> {
    let switch = |on: bool| Touched {
        field: Field::Enabled,
        old: before.and_then(|person| person.enabled).map_or(Kept::Unknown, Kept::Switch),
        new: Kept::Switch(on),
        echoed: false,
    };
    match deed {
        Deed::Activate => Some(switch(true)),
        Deed::Deactivate { .. } => Some(switch(false)),
        Deed::ChangePassword(password) => {
            let bytes = password.open().expose().as_bytes();
            let new = Kept::Mark { size: bytes.len(), fingerprint: (mark.secret)(bytes) };
            Some(Touched { field: Field::Password, old: Kept::Unknown, new, echoed: false })
        }
        Deed::WelcomeMail | Deed::Delete => None,
    }
}

/// What became of a change, as it is kept: a [`Report`] in which the cause is words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The worst that is known.
    pub verdict: Verdict,
    /// Why, in words.
    pub cause: Untrusted,
    /// The status of HTTP, where there was a reply.
    pub http: Option<u16>,
    /// One row for each platform that answered or should have.
    pub platforms: Vec<PlatformReport>,
    /// The id of a user that was created.
    pub id: Option<String>,
    /// How long the answer took, in milliseconds.
    pub took: u64,
}

impl Outcome {
    /// What is kept of a report.
    pub fn of(report: &Report, took: u64) -> Self {
        Self {
            verdict: report.verdict,
            cause: Untrusted::new(report.why()),
            http: report.http,
            platforms: report.platforms.clone(),
            id: report.id.as_ref().map(|key| key.as_str().to_owned()),
            took,
        }
    }

    /// One of which nobody knows more than its verdict.
    pub fn without_reply(verdict: Verdict, cause: impl Into<String>) -> Self {
        Self { verdict, cause: Untrusted::new(cause), http: None, platforms: Vec::new(), id: None, took: 0 }
    }
}

/// What happened to a change after it was answered, or instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sequel {
    /// It was looked up: what that showed of it.
    LookedUp(Seen),
    /// Another change finished or took back what this one left.
    Mended(ChangeId),
    /// Another change took this one back. Whatever had been done of it is not so any more.
    Undone(ChangeId),
    /// Somebody said that it needs no more attention; why, if they said it.
    Dismissed(String),
}

/// What a look at the user showed of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Everything that was sent and can be compared is there.
    Done,
    /// These fields are not there yet.
    NotYet(Vec<Field>),
    /// Nobody of this name is there.
    Nobody,
    /// Somebody else has this username.
    SomeoneElse,
    /// It could not be looked up; why.
    Unknown(String),
}

/// Where a change stands. Every change is in exactly one of these at any time (faults.md, I-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Its request may be on its way: the program that sent it runs.
    Open,
    /// Nobody knows whether it was done.
    InDoubt,
    /// Some platforms did it.
    Partial,
    /// Accepted; a platform has it queued.
    Queued,
    /// Done, and seen to be done.
    Done,
    /// Refused.
    Rejected,
    /// It never left.
    NotSent,
    /// Finished by another change.
    Mended,
    /// Somebody said that it needs no more attention.
    Dismissed,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 9] = [
        Self::Open,
        Self::InDoubt,
        Self::Partial,
        Self::Queued,
        Self::Done,
        Self::Rejected,
        Self::NotSent,
        Self::Mended,
        Self::Dismissed,
    ];

    /// The word that is shown and kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "on its way",
            Self::InDoubt => "in doubt",
            Self::Partial => "partly done",
            Self::Queued => "queued",
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::NotSent => "not sent",
            Self::Mended => "mended",
            Self::Dismissed => "dismissed",
        }
    }

    /// The standing of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.word() == word)
    }

    /// Whether somebody still has to look at it.
    pub fn needs_attention(self) -> bool {
        match self {
            Self::Open | Self::InDoubt | Self::Partial | Self::Queued => true,
            Self::Done | Self::Rejected | Self::NotSent | Self::Mended | Self::Dismissed => false,
        }
    }

    /// Where an answer leaves a change.
    pub fn after(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Applied => Self::Done,
            Verdict::Pending => Self::Queued,
            Verdict::NotSent => Self::NotSent,
            Verdict::Rejected => Self::Rejected,
            Verdict::Partial => Self::Partial,
            Verdict::InDoubt => Self::InDoubt,
        }
    }

    /// Where what happened next leaves it. A look proves a create in doubt, and nothing about a platform other than management
    /// (faults.md 36): what is queued there stays queued.
    #[must_use]
    pub fn then(self, act: Act, sequel: &Sequel) -> Self {
        match sequel {
            Sequel::Mended(_) => Self::Mended,
            // What was done stays done, also in the list of what was done.
            Sequel::Undone(_) => {
                if self.needs_attention() {
                    Self::Mended
                } else {
                    self
                }
            }
            Sequel::Dismissed(_) => Self::Dismissed,
            Sequel::LookedUp(seen) => match (self, seen) {
                (Self::InDoubt, Seen::Done) => Self::Done,
                (Self::InDoubt, Seen::SomeoneElse) if act == Act::Create => Self::Rejected,
                (Self::InDoubt, Seen::Nobody) if act == Act::Delete => Self::Done,
                (standing, _) => standing,
            },
        }
    }
}

/// A change with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub id: ChangeId,
    /// When the request was about to leave, in milliseconds since 1970 (UTC), by this machine's clock at that time.
    pub at: i64,
    /// Where it went.
    pub realm: Realm,
    /// Who asked for it.
    pub who: Who,
    /// What was asked.
    pub intent: Intent,
    /// What became of it; nothing while nobody knows.
    pub outcome: Option<Outcome>,
    /// What happened then, the oldest first, each with its time.
    pub sequels: Vec<(i64, Sequel)>,
    /// Where it stands.
    pub standing: Standing,
    /// The program that sent it is another one, and it still runs.
    pub elsewhere: bool,
}
