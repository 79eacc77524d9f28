//! A change that passed every check and may be reviewed and sent.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::field::{Kind, Operation};
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::patch::Value;
use crate::domain::person::Person;

/// A checked change. Only [`crate::domain::draft::Draft::check`] makes one; it is shared and never edited, so that what the review showed
/// is what is sent.
#[derive(Debug, PartialEq)]
pub struct Request {
    target: Target,
    username: String,
    lines: Vec<Line>,
    base: Option<Arc<Person>>,
}

/// Whom a request addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A user that does not exist yet.
    New,
    /// The user of this id or username, who was read before, or whom the agent insists on.
    Known(UserKey),
}

/// One field of a request.
#[derive(Debug, PartialEq)]
pub struct Line {
    /// Which field.
    pub field: Field,
    /// What is sent.
    pub value: Value,
    /// Why it is sent.
    pub reason: Reason,
    /// What was read before, as text; absent where there was nothing or nothing is known.
    pub old: Option<String>,
}

/// Why a field is in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The agent set it.
    Changed,
    /// The agent chose to empty it.
    Cleared,
    /// The tenant's revision wants it in every update, and it goes back exactly as it was read (api.md 7, row 12).
    Echoed,
}

impl Line {
    /// Whether two readings differ in what this line sends.
    fn differs(&self, base: &Person, fresh: &Person) -> bool {
        match self.field.spec().kind {
            Kind::Switch => base.enabled != fresh.enabled,
            Kind::Roles => self.value.sections().any(|section| base.roles.get(section) != fresh.roles.get(section)),
            Kind::Pairs => base.pairs != fresh.pairs,
            Kind::Photo | Kind::Password | Kind::Object => false,
            Kind::Username
            | Kind::Text
            | Kind::Multiline
            | Kind::Email
            | Kind::Phone
            | Kind::Language
            | Kind::Timezone => base.text(self.field) != fresh.text(self.field),
        }
    }

    /// Whether a person has what this line sends.
    fn is_so(&self, person: &Person) -> bool {
        match &self.value {
            Value::Text(text) => person.text(self.field) == *text,
            Value::Switch(on) => person.enabled == Some(*on),
            Value::Pairs(pairs) => person.pairs == *pairs,
            Value::Roles(changes) => changes.iter().all(|change| {
                let has: BTreeSet<&String> = person.roles.get(&change.section).into_iter().flatten().collect();
                has == change.wanted.iter().collect()
            }),
            Value::Secret(_) | Value::Photo(_) | Value::Object(_) => false,
        }
    }
}

impl Request {
    pub(in crate::domain) fn new(
        target: Target,
        username: String,
        lines: Vec<Line>,
        base: Option<Arc<Person>>,
    ) -> Self {
        Self { target, username, lines, base }
    }

    /// Who was read before the change was made; nobody on create and on a blind update.
    pub fn base(&self) -> Option<&Person> {
        self.base.as_deref()
    }

    /// The fields of this request that somebody else changed since the base was read, as a fresh reading shows. An echoed field counts:
    /// sending it as it was would take the other change back. What is already as this request wants it does not: it may be this very
    /// change, sent before and done in part. A picture never does, because the service tells only that there is one.
    pub fn conflicts(&self, fresh: &Person) -> Vec<Field> {
        let Some(base) = self.base() else {
            return Vec::new();
        };
        let conflicts = |line: &&Line| line.differs(base, fresh) && !line.is_so(fresh);
        self.lines.iter().filter(conflicts).map(|line| line.field).collect()
    }

    /// Create or update.
    pub fn operation(&self) -> Operation {
        match self.target {
            Target::New => Operation::Create,
            Target::Known(_) => Operation::Update,
        }
    }

    /// Whom it addresses.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The username of that person: as typed on create, as read on update, the agent's own key on a blind update.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// What is sent, in the order of the form.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The line of a field.
    pub fn line(&self, field: Field) -> Option<&Line> {
        self.lines.iter().find(|line| line.field == field)
    }

    /// The sections whose roles are sent.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().flat_map(|line| line.value.sections())
    }

    /// Whether a person who was read back is the one that this request would have made: the same name, surname, e-mail and roles. That
    /// somebody of this username exists proves nothing (faults.md, read-back rule).
    pub fn made(&self, person: &Person) -> bool {
        person.username == self.username
            && [Field::Name, Field::Surname, Field::Email].into_iter().all(|field| {
                match self.line(field).map(|line| &line.value) {
                    Some(Value::Text(text)) => person.text(field) == *text,
                    _ => true,
                }
            })
            && self.lines.iter().all(|line| match &line.value {
                Value::Roles(changes) => changes.iter().all(|change| {
                    let wanted: BTreeSet<_> = change.wanted.iter().collect();
                    let has: BTreeSet<_> = person.roles.get(&change.section).into_iter().flatten().collect();
                    wanted == has
                }),
                Value::Text(_)
                | Value::Secret(_)
                | Value::Switch(_)
                | Value::Photo(_)
                | Value::Pairs(_)
                | Value::Object(_) => true,
            })
    }
}
