//! What the agent typed, and the way from there to something that may be sent.
//!
//! Typed and believed are two types: a [`Draft`] may hold anything, a [`Request`] exists only if [`Draft::check`] made it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::email::is_email;
use crate::domain::field::Need::{Absent, Required};
use crate::domain::field::{Kind, Operation, Revision};
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::language::is_language;
use crate::domain::object::Object;
use crate::domain::pairs;
use crate::domain::patch::{Change, Value};
use crate::domain::person::Person;
use crate::domain::phone::is_phone;
use crate::domain::photo::{Photo, url_fault};
use crate::domain::request::{Line, Reason, Request, Target};
use crate::domain::roles::{Catalogue, RoleChange, RoleGrid};
use crate::domain::secret::Secret;
use crate::domain::timezone::{better_known, is_timezone};

/// Whom the draft is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Somebody new.
    New,
    /// Somebody who was read; what is typed is compared with this.
    Known(Box<Person>),
    /// Somebody whom the tenant cannot show (no read service) and on whom the agent insists: only what is typed is sent.
    Blind(UserKey),
}

impl Subject {
    /// Create or update.
    pub fn operation(&self) -> Operation {
        match self {
            Self::New => Operation::Create,
            Self::Known(_) | Self::Blind(_) => Operation::Update,
        }
    }

    /// The person who was read.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Known(person) => Some(person),
            Self::New | Self::Blind(_) => None,
        }
    }
}

/// What stands in one field of the form.
#[derive(PartialEq)]
pub enum Entry {
    /// The text of an editor.
    Text(String),
    /// The text of the password editor.
    Secret(Secret),
    /// A switch that is known to be on or off.
    Switch(bool),
    /// The agent chose to empty the field on the server.
    Cleared,
}

/// Everything that was typed for one user. A field without an entry was never touched.
pub struct Draft {
    /// The tenant's revision.
    pub revision: Revision,
    /// Whom it is about.
    pub subject: Subject,
    /// What stands in the fields.
    pub entries: BTreeMap<Field, Entry>,
    /// The picture that was chosen.
    pub photo: Option<Photo>,
    /// The roles.
    pub roles: RoleGrid,
}

/// Whether a fault stops the sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Worth a second look; the agent may send all the same.
    Warn,
    /// Has to be mended first.
    Stop,
}

/// What is wrong with a field, in words that follow the field's label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: Field,
    /// Whether it stops the sending.
    pub weight: Weight,
    /// Such as "needs a value".
    pub words: String,
}

/// Why a draft is not a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Every fault that stops it, in the order of the form.
    Faults(Vec<Fault>),
    /// Nothing was changed, so there is nothing to send.
    Nothing,
}

impl Draft {
    /// Create or update.
    pub fn operation(&self) -> Operation {
        self.subject.operation()
    }

    /// What is to become of a field.
    pub fn change(&self, field: Field, catalogue: &Catalogue) -> Change {
        self.value(field, catalogue).unwrap_or(Change::Keep)
    }

    /// Whether a field will be sent because the agent touched it: the `*` of the form.
    pub fn is_touched(&self, field: Field, catalogue: &Catalogue) -> bool {
        !matches!(self.value(field, catalogue), Ok(Change::Keep))
    }

    /// Every fault, of every field, in the order of the form.
    pub fn faults(&self, catalogue: &Catalogue) -> Vec<Fault> {
        Field::of(self.operation(), self.revision).flat_map(|field| self.field_faults(field, catalogue)).collect()
    }

    /// The request, or everything that stands against it at once.
    pub fn check(&self, catalogue: &Catalogue) -> Result<Request, Refusal> {
        let stops: Vec<Fault> =
            self.faults(catalogue).into_iter().filter(|fault| fault.weight == Weight::Stop).collect();
        if !stops.is_empty() {
            return Err(Refusal::Faults(stops));
        }
        let lines: Vec<Line> =
            Field::of(self.operation(), self.revision).filter_map(|field| self.line(field, catalogue)).collect();
        if self.operation() == Operation::Update && lines.iter().all(|line| line.reason == Reason::Echoed) {
            return Err(Refusal::Nothing);
        }
        let (target, username) = match &self.subject {
            Subject::New => (Target::New, self.typed(Field::Username).to_owned()),
            Subject::Blind(key) => (Target::Known(key.clone()), key.as_str().to_owned()),
            Subject::Known(person) => {
                let key = UserKey::parse(person.id.as_deref().unwrap_or(&person.username)).map_err(|fault| {
                    Refusal::Faults(vec![Fault {
                        field: Field::Username,
                        weight: Weight::Stop,
                        words: fault.to_string(),
                    }])
                })?;
                (Target::Known(key), person.username.clone())
            }
        };
        let base = self.subject.person().cloned().map(Arc::new);
        Ok(Request::new(target, username, lines, base))
    }

    /// What was read of a field, as text; nothing where nothing is set or known.
    pub fn old(&self, field: Field) -> Option<String> {
        let person = self.subject.person()?;
        match field.spec().kind {
            Kind::Switch => person.enabled.map(|on| if on { "yes" } else { "no" }.to_owned()),
            Kind::Photo => person.has_picture.then(|| "a picture".to_owned()),
            Kind::Roles | Kind::Object | Kind::Password => None,
            Kind::Username
            | Kind::Text
            | Kind::Multiline
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::Timezone
            | Kind::Pairs => Some(person.text(field)).filter(|text| !text.is_empty()),
        }
    }

    fn line(&self, field: Field, catalogue: &Catalogue) -> Option<Line> {
        let (value, reason) = match self.change(field, catalogue) {
            Change::Clear => (Value::Text(String::new()), Reason::Cleared),
            Change::Set(Value::Roles(changes)) => (Value::Roles(self.with_echoes(changes, catalogue)), Reason::Changed),
            Change::Set(value) => (value, Reason::Changed),
            Change::Keep => (self.echo(field, catalogue)?, Reason::Echoed),
        };
        Some(Line { field, value, reason, old: self.old(field) })
    }

    /// What an update of this revision sends of an untouched field: a required one, exactly as it was read.
    pub(in crate::domain) fn echo(&self, field: Field, catalogue: &Catalogue) -> Option<Value> {
        let person = self.subject.person()?;
        match field.spec().kind {
            Kind::Roles => Some(Value::Roles(self.with_echoes(Vec::new(), catalogue)))
                .filter(|value| *value != Value::Roles(Vec::new())),
            Kind::Username | Kind::Text | Kind::Email | Kind::Language | Kind::Timezone
                if field.need(Operation::Update, self.revision) == Required =>
            {
                Some(Value::Text(person.text(field)))
            }
            Kind::Username
            | Kind::Text
            | Kind::Email
            | Kind::Language
            | Kind::Timezone
            | Kind::Multiline
            | Kind::Phone
            | Kind::Password
            | Kind::Switch
            | Kind::Pairs
            | Kind::Object
            | Kind::Photo => None,
        }
    }

    /// Adds the sections that this revision wants in every update.
    pub(in crate::domain) fn with_echoes(
        &self,
        mut changes: Vec<RoleChange>,
        catalogue: &Catalogue,
    ) -> Vec<RoleChange> {
        let echoes = catalogue
            .sections()
            .iter()
            .filter(|section| section.needs_one)
            .filter_map(|section| self.roles.echo(section));
        changes.extend(echoes);
        changes
    }

    /// The change that stands in a field, or what is wrong with what stands there.
    fn value(&self, field: Field, catalogue: &Catalogue) -> Result<Change, String> {
        if field == Field::Roles {
            let changes = self.roles.changes(catalogue);
            return Ok(if changes.is_empty() { Change::Keep } else { Change::Set(Value::Roles(changes)) });
        }
        if field == Field::Image {
            return Ok(self.photo.clone().map_or(Change::Keep, |photo| Change::Set(Value::Photo(photo))));
        }
        match self.entries.get(&field) {
            None => Ok(Change::Keep),
            Some(Entry::Cleared) => Ok(Change::Clear),
            Some(Entry::Switch(on)) => {
                let read = self.subject.person().and_then(|person| person.enabled);
                Ok(if read == Some(*on) { Change::Keep } else { Change::Set(Value::Switch(*on)) })
            }
            Some(Entry::Secret(secret)) if secret.is_empty() => Ok(Change::Keep),
            Some(Entry::Secret(secret)) => Ok(Change::Set(Value::Secret(secret.duplicate()))),
            Some(Entry::Text(text)) => self.text_value(field, text),
        }
    }

    fn text_value(&self, field: Field, text: &str) -> Result<Change, String> {
        let read = self.subject.person().map(|person| person.text(field)).unwrap_or_default();
        if text == read {
            return Ok(Change::Keep);
        }
        if text.is_empty() {
            return Err(if field.spec().clearable {
                "was emptied, and empty is not sent: ^X clears it, ^_ undoes".to_owned()
            } else {
                "cannot be emptied: ^_ undoes".to_owned()
            });
        }
        let kind = field.spec().kind;
        Ok(Change::Set(if kind == Kind::Pairs {
            Value::Pairs(pairs::parse(text)?)
        } else if kind == Kind::Object {
            Value::Object(Object::parse(text)?)
        } else {
            Value::Text(text.to_owned())
        }))
    }

    fn typed(&self, field: Field) -> &str {
        match self.entries.get(&field) {
            Some(Entry::Text(text)) => text,
            Some(Entry::Secret(_) | Entry::Switch(_) | Entry::Cleared) | None => "",
        }
    }

    fn field_faults(&self, field: Field, catalogue: &Catalogue) -> Vec<Fault> {
        let fault = |weight, words: String| Fault { field, weight, words };
        let change = match self.value(field, catalogue) {
            Ok(change) => change,
            Err(words) => return vec![fault(Weight::Stop, words)],
        };
        match change {
            Change::Set(value) => {
                value_fault(field, &value).map(|(weight, words)| fault(weight, words)).into_iter().collect()
            }
            Change::Clear => Vec::new(),
            Change::Keep => {
                self.missing(field, catalogue).map(|words| fault(Weight::Stop, words)).into_iter().collect()
            }
        }
        .into_iter()
        .chain(self.missing_roles(field, catalogue))
        .collect()
    }

    /// What is wrong with leaving a field alone.
    fn missing(&self, field: Field, catalogue: &Catalogue) -> Option<String> {
        let required = field.need(self.operation(), self.revision) == Required;
        match &self.subject {
            Subject::New if required && field == Field::Password && self.checks_password_elsewhere() => None,
            Subject::New => required.then(|| "needs a value".to_owned()),
            Subject::Known(_) if required && self.echo(field, catalogue) == Some(Value::Text(String::new())) => {
                Some(format!("is not set, and revision {} wants it in every update", self.revision.word()))
            }
            Subject::Known(_) | Subject::Blind(_) => None,
        }
    }

    /// Another system checks the password, so this one need not know it (api.md 7, row 33).
    fn checks_password_elsewhere(&self) -> bool {
        let source = self.typed(Field::AuthSource);
        Field::AuthSource.need(Operation::Create, self.revision) != Absent && !source.is_empty() && source != "LOCAL"
    }

    fn missing_roles(&self, field: Field, catalogue: &Catalogue) -> Vec<Fault> {
        if field != Field::Roles || matches!(self.subject, Subject::Blind(_)) {
            return Vec::new();
        }
        catalogue
            .sections()
            .iter()
            .filter(|section| section.needs_one && self.roles.current(&section.key).is_none_or(BTreeSet::is_empty))
            .map(|section| Fault {
                field,
                weight: Weight::Stop,
                words: format!("{}: revision {} wants at least one role here", section.label, self.revision.word()),
            })
            .collect()
    }
}

/// What is wrong with a value that would be sent.
fn value_fault(field: Field, value: &Value) -> Option<(Weight, String)> {
    let stop = |words: &str| Some((Weight::Stop, words.to_owned()));
    let warn = |words: &str| Some((Weight::Warn, words.to_owned()));
    match value {
        Value::Text(text) => text_fault(field, text),
        Value::Secret(secret) if secret.expose().contains(' ') => {
            warn("has a blank: the training platform refuses that")
        }
        Value::Secret(secret) if secret.expose().chars().count() < 4 => {
            warn("is shorter than the 4 that training wants")
        }
        Value::Photo(Photo::Url(url)) => url_fault(url).and_then(stop),
        Value::Photo(Photo::Picture(picture)) if picture.bytes.len() > crate::domain::photo::LIMIT => {
            warn("is larger than 700 KB: the training platform refuses that")
        }
        Value::Object(_) => warn("what it does is not documented: sent exactly as written"),
        Value::Secret(_) | Value::Switch(_) | Value::Photo(_) | Value::Roles(_) | Value::Pairs(_) => None,
    }
}

fn text_fault(field: Field, text: &str) -> Option<(Weight, String)> {
    let stop = |words: &str| Some((Weight::Stop, words.to_owned()));
    let warn = |words: &str| Some((Weight::Warn, words.to_owned()));
    if text.trim().is_empty() {
        return stop("holds blanks only");
    }
    match field.spec().kind {
        Kind::Username => match UserKey::parse(text) {
            Err(fault) => Some((Weight::Stop, fault.to_string())),
            Ok(_) if text.contains(' ') => warn("has a blank inside"),
            Ok(_) => None,
        },
        Kind::Email if !is_email(text) => stop("is not an address such as name@acme.example"),
        Kind::Phone if !is_phone(text) => stop("is not a number such as +34 981 000 000"),
        Kind::Language if !is_language(text) => stop("is not a code such as es or pt-BR"),
        Kind::Timezone if !is_timezone(text) => stop("is not a name such as Europe/Paris"),
        Kind::Timezone => {
            better_known(text).and_then(|zone| warn(&format!("may be unknown to the platform: it lists {zone}")))
        }
        Kind::Text if field == Field::ExternalId && text.contains(['/', '\\']) => stop("must not have / or \\"),
        Kind::Text if text.trim() != text => warn("has a blank at an end"),
        Kind::Email | Kind::Phone | Kind::Language | Kind::Text | Kind::Multiline | Kind::Password => None,
        Kind::Switch | Kind::Pairs | Kind::Object | Kind::Photo | Kind::Roles => None,
    }
}

#[cfg(test)]
mod tests;
