//! A plan as a file: JSON Lines with a header, a record for each line of the file of people, and a seal.
//!
//! A plan is made to be looked at by somebody else before it is carried out, so that nothing secret is in it: a password is "set, not
//! shown", a picture its digest. The seal has the hash of everything before it, and a line that was touched, left out or added is found.
//! The hash is no signature: who may write the file may write the hash. It says that two runs mean the same, and nothing of when or by
//! whom.
//!
//! Carrying out is planning each line again, with a fresh reading, and comparing the records ([`Record::differs`]).

use serde::{Deserialize, Serialize};

use crate::codec::digest::{self, Digest, Hasher};
use crate::domain::field::Revision;
use crate::domain::patch::Value;
use crate::domain::photo::Photo;
use crate::domain::plan::{Match, Mode, Planned, Step, Tally, diffs};
use crate::domain::request::{Request, Target};
use crate::domain::row::Column;
use crate::domain::untrusted::visible;

mod read;

pub use self::read::{PlanFault, PlanFile, Reader};

/// The version of the format.
pub const VERSION: u32 = 1;

/// What a plan is for. Two plans with the same header and the same records are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    /// [`VERSION`].
    plan: u32,
    /// The tenant's name in the configuration.
    pub tenant: String,
    /// Where its services are.
    pub base_url: String,
    revision: String,
    mode: String,
    matching: String,
    /// The digest of all lines of the file of people.
    pub source: Digest,
}

/// What a line of the file of people would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// The line of the file, counted from 1.
    pub line: u64,
    /// What would be done.
    pub action: Action,
    /// Whose username: of the person who was found, or else as written.
    pub username: String,
    /// The id, or else the username, that an update addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The digest of what the line says.
    pub row: Digest,
    /// Field by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// What the agent should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Why it cannot be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What would be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Somebody new.
    Create,
    /// A change of somebody who is there.
    Update,
    /// Nothing.
    Unchanged,
    /// It cannot be done.
    Error,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Its name, as a column of a file has it.
    pub field: String,
    /// What was read; nothing where nothing was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What it becomes; nothing where it is emptied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// The last line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    counts: Counts,
    hash: Digest,
}

/// A [`Tally`] in writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Counts {
    create: usize,
    update: usize,
    unchanged: usize,
    error: usize,
    remarked: usize,
    disabled: usize,
    administrator_lost: usize,
    role_lost: usize,
    renamed: usize,
    harmed: usize,
}

impl Header {
    /// The header of a plan that is about to be made.
    pub fn new(tenant: &str, base_url: &str, revision: Revision, mode: Mode, matching: Match, source: Digest) -> Self {
        Self {
            plan: VERSION,
            tenant: tenant.to_owned(),
            base_url: base_url.to_owned(),
            revision: revision.word().to_owned(),
            mode: mode.word().to_owned(),
            matching: matching.word().to_owned(),
            source,
        }
    }

    /// What the file may do. Only a word that is known is ever read.
    pub fn mode(&self) -> Mode {
        Mode::from_word(&self.mode).unwrap_or_default()
    }

    /// By what a line finds its person.
    pub fn matching(&self) -> Match {
        Match::from_word(&self.matching).unwrap_or_default()
    }

    /// The tenant's revision.
    pub fn revision(&self) -> Revision {
        Revision::from_word(&self.revision).unwrap_or_default()
    }

    /// Why a plan with this header cannot be carried out under another, in words; nothing where it can.
    pub fn differs(&self, now: &Self) -> Option<String> {
        let pairs = [
            ("tenant", &self.tenant, &now.tenant),
            ("address", &self.base_url, &now.base_url),
            ("revision", &self.revision, &now.revision),
            ("mode", &self.mode, &now.mode),
            ("match", &self.matching, &now.matching),
        ];
        let other = pairs.into_iter().find(|(_, plan, now)| plan != now);
        if let Some((what, plan, now)) = other {
            return Some(format!("the plan is for the {what} {}, and this is {}", visible(plan), visible(now)));
        }
        (self.source != now.source).then(|| "the file of people was changed since the plan was made".to_owned())
    }
}

impl Record {
    /// What a step of the plan says, with the digest of its line ([`digest::row`]).
    pub fn new(step: &Step, row: Digest) -> Self {
        let action = match step.planned {
            Planned::Create(_) => Action::Create,
            Planned::Update(_) => Action::Update,
            Planned::Unchanged => Action::Unchanged,
            Planned::Error(_) => Action::Error,
        };
        let error = if let Planned::Error(words) = &step.planned { Some(words.clone()) } else { None };
        let target = step.request().map(|request| request.target());
        Self {
            line: step.line,
            action,
            username: step.username.clone(),
            key: target.and_then(|target| match target {
                Target::Known(key) => Some(key.as_str().to_owned()),
                Target::New => None,
            }),
            row,
            changes: step.request().map(|request| changes(request)).unwrap_or_default(),
            remarks: step.remarks.clone(),
            error,
        }
    }

    /// The digest of everything that [`Record::differs`] compares, to be kept in the place of the record.
    pub fn digest(&self) -> Digest {
        let compared = Self { remarks: Vec::new(), error: None, ..self.clone() };
        digest::of("record 1", json(&compared).as_bytes())
    }

    /// Why the line is not what it was when the plan was made, in words; nothing where it is.
    pub fn differs(&self, now: &Self) -> Option<String> {
        if self.line != now.line || self.row != now.row {
            return Some("the line was changed since the plan was made".to_owned());
        }
        if self.action != now.action {
            let why = now.error.as_ref().map_or_else(String::new, |why| format!(": {}", visible(why)));
            return Some(format!(
                "the plan says {}, and now it would be {}{why}",
                self.action.word(),
                now.action.word()
            ));
        }
        if self.key != now.key || self.username != now.username {
            return Some("the plan is for somebody else than is found now".to_owned());
        }
        let of = |record: &Self, field: &str| record.changes.iter().find(|change| change.field == field).cloned();
        let fields = self.changes.iter().chain(&now.changes).map(|change| &change.field);
        let other = fields.into_iter().find(|field| of(self, field) != of(now, field));
        let words = |change: Option<Change>| match change {
            Some(change) => change.words(),
            None => "no change".to_owned(),
        };
        other.map(|field| {
            format!(
                "{}: the plan says {}, and now it would be {}",
                visible(field),
                words(of(self, field)),
                words(of(now, field))
            )
        })
    }
}

impl Action {
    /// The word of the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
            Self::Error => "error",
        }
    }
}

impl Change {
    /// Old and new, for a person.
    pub fn words(&self) -> String {
        let shown = |text: &Option<String>| match text {
            Some(text) => format!("\"{}\"", visible(text)),
            None => "(not set)".to_owned(),
        };
        format!("{} -> {}", shown(&self.old), shown(&self.new))
    }
}

/// What a request changes, in writing. A picture is its digest: another file of the same name is another picture.
fn changes(request: &Request) -> Vec<Change> {
    let exact = |column: &Column| {
        let Column::Field(field) = column else { return None };
        match &request.line(*field)?.value {
            Value::Photo(Photo::Picture(picture)) => {
                let digest = digest::of("picture 1", &picture.bytes);
                Some(format!("{} {} sha256 {digest}", picture.name, picture.media_type))
            }
            Value::Object(object) => serde_json::to_string(object.members()).ok(),
            Value::Photo(Photo::Url(_))
            | Value::Text(_)
            | Value::Secret(_)
            | Value::Switch(_)
            | Value::Roles(_)
            | Value::Pairs(_) => None,
        }
    };
    let change = |diff: crate::domain::plan::Diff| Change {
        field: diff.column.to_string(),
        new: exact(&diff.column).or(diff.new),
        old: diff.old,
    };
    diffs(request).into_iter().map(change).collect()
}

/// Writes a plan, line by line, so that none of it has to be kept. A plan that is only shown goes through it as well: the hash is the same.
pub struct Writer {
    hasher: Hasher,
}

impl Writer {
    /// Begins a plan; with its first line.
    pub fn new(header: &Header) -> (Self, String) {
        let mut writer = Self { hasher: Hasher::new("plan 1") };
        let line = writer.line(header);
        (writer, line)
    }

    /// The line of the next record. The records have to come in the order of the file.
    pub fn record(&mut self, record: &Record) -> String {
        self.line(record)
    }

    /// The last line, and the plan's hash.
    pub fn seal(mut self, tally: &Tally) -> (String, Digest) {
        let counts = Counts::from(tally);
        self.hasher.part(json(&counts).as_bytes());
        let hash = self.hasher.finish();
        (json(&Seal { counts, hash }) + "\n", hash)
    }

    fn line(&mut self, value: &impl Serialize) -> String {
        let line = json(value);
        self.hasher.part(line.as_bytes());
        line + "\n"
    }
}

/// # Panics
///
/// Never: what is written here always has a form as JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers have a form as JSON")
}

impl From<&Tally> for Counts {
    fn from(tally: &Tally) -> Self {
        let Tally {
            create,
            update,
            unchanged,
            error,
            remarked,
            disabled,
            administrator_lost,
            role_lost,
            renamed,
            harmed,
        } = *tally;
        Self { create, update, unchanged, error, remarked, disabled, administrator_lost, role_lost, renamed, harmed }
    }
}

impl From<Counts> for Tally {
    fn from(counts: Counts) -> Self {
        let Counts {
            create,
            update,
            unchanged,
            error,
            remarked,
            disabled,
            administrator_lost,
            role_lost,
            renamed,
            harmed,
        } = counts;
        Self { create, update, unchanged, error, remarked, disabled, administrator_lost, role_lost, renamed, harmed }
    }
}

#[cfg(test)]
mod tests;
