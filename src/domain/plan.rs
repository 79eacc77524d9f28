//! What a line of a file of people would do: create, update, nothing, or why it cannot. Pure: who asks the service is
//! [`crate::service`]'s business.
//!
//! The request of a plan is the one that [`crate::domain::draft::Draft::check`] made, so that what was reviewed is what is sent. Whether
//! people changed between the plan and its carrying out is found by planning the line again, with a fresh reading, and comparing.

use std::sync::Arc;

use crate::domain::draft::{Draft, Fault, Refusal, Subject, Weight};
use crate::domain::field::{Kind, Need, Operation, Revision};
use crate::domain::fields::{FIELDS, Field};
use crate::domain::key::UserKey;
use crate::domain::person::Person;
use crate::domain::request::Request;
use crate::domain::roles::{Catalogue, Catalogues, Section};
use crate::domain::row::{Column, ImageSource, Row, Supply};
use crate::domain::secret::Secret;
use crate::domain::untrusted::visible;

mod diff;
mod tally;

pub use self::diff::{Diff, diffs};
pub use self::tally::{Harm, Tally, harm};

/// What a file may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nobody who is there is changed: such a line is an error.
    CreateOnly,
    /// Nobody is created: a line that finds nobody is an error.
    UpdateOnly,
    /// Whoever is there is changed, whoever is not is created.
    #[default]
    CreateOrUpdate,
}

/// By what a line finds its person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Match {
    /// The username, exactly.
    #[default]
    Username,
    /// The service's id.
    Id,
    /// The e-mail address, large and small letters alike. The service has no question for it: the whole list has to be known.
    Email,
}

/// What is asked of the service, or of the list of everybody, before a line can be planned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// Who has this id?
    Id(UserKey),
    /// Who has this username?
    Username(UserKey),
    /// Who has this address? Without the blanks at its ends, as written otherwise.
    Email(String),
}

/// What became of the questions of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Every question was asked, and nobody was there.
    Nobody,
    /// The first question that found somebody, and whom, read afresh.
    One(Question, Box<Person>),
    /// More than one has the address.
    Several(usize),
    /// The service did not say; why, in words.
    Unread(String),
}

/// How a file is read and what it may do. The same terms make the same plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What the file may do.
    pub mode: Mode,
    /// By what a line finds its person.
    pub matching: Match,
    /// The tenant's revision.
    pub revision: Revision,
    /// The sections and roles of create and of update.
    pub catalogues: Catalogues,
    /// Whether a password is made for somebody new whose line has none.
    pub makes_passwords: bool,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Which column it is about.
    pub column: Column,
    /// Whether the file can be used all the same.
    pub weight: Weight,
    /// Such as "needs a value": they follow the column's name.
    pub words: String,
}

/// What a line would do.
#[derive(Clone, Debug, PartialEq)]
pub enum Planned {
    /// Somebody new.
    Create(Arc<Request>),
    /// A change of somebody who is there.
    Update(Arc<Request>),
    /// The person is so already: nothing is sent.
    Unchanged,
    /// It cannot be done; why, in words.
    Error(String),
}

/// A line of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The line of the file.
    pub line: u64,
    /// The username: of the person who was found, or else as written; empty where the line has none.
    pub username: String,
    /// What it would do.
    pub planned: Planned,
    /// What the agent should know: what the line says and this operation does not take, and values that are odd.
    pub remarks: Vec<String>,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::CreateOnly, Self::UpdateOnly, Self::CreateOrUpdate];

    /// The word of the option and of a plan's file.
    pub fn word(self) -> &'static str {
        match self {
            Self::CreateOnly => "create",
            Self::UpdateOnly => "update",
            Self::CreateOrUpdate => "create-or-update",
        }
    }

    /// The mode of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

impl Match {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Username, Self::Id, Self::Email];

    /// The word of the option and of a plan's file, which is the name of the column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Id => "id",
            Self::Email => "email",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The column that has to be there.
    pub fn column(self) -> Column {
        match self {
            Self::Username => Column::Field(Field::Username),
            Self::Id => Column::Id,
            Self::Email => Column::Field(Field::Email),
        }
    }
}

impl Step {
    /// A line that cannot be planned for a reason that the caller knows: a picture that cannot be read, say.
    pub fn error(row: &Row, words: impl Into<String>) -> Self {
        let planned = Planned::Error(words.into());
        Self { line: row.line, username: row.text(Field::Username).to_owned(), planned, remarks: Vec::new() }
    }

    /// What it would change, field by field, and what the agent should know: a line for each. Texts from outside may be in it.
    pub fn details(&self) -> Vec<String> {
        let side = |side: Option<&String>| side.map_or_else(|| "(not set)".to_owned(), |side| format!("\"{side}\""));
        let changes = match &self.planned {
            Planned::Update(request) => diffs(request),
            Planned::Create(_) | Planned::Unchanged | Planned::Error(_) => Vec::new(),
        };
        let change =
            |diff: &Diff| format!("{}: {} -> {}", diff.column, side(diff.old.as_ref()), side(diff.new.as_ref()));
        let remarks = self.remarks.iter().map(|remark| format!("note: {remark}"));
        changes.iter().map(change).chain(remarks).collect()
    }

    /// The request that would be sent.
    pub fn request(&self) -> Option<&Arc<Request>> {
        match &self.planned {
            Planned::Create(request) | Planned::Update(request) => Some(request),
            Planned::Unchanged | Planned::Error(_) => None,
        }
    }
}

impl Planned {
    /// The word of the report.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Update(_) => "update",
            Self::Unchanged => "unchanged",
            Self::Error(_) => "error",
        }
    }
}

/// The form in which addresses, and names that must not stand twice, are compared.
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

impl Terms {
    /// What has to be asked for a line, in this order, until a question finds somebody. Before somebody is created by e-mail or id, the
    /// username is asked for as well: it may be somebody else's.
    ///
    /// # Errors
    /// The line does not say whom it is about.
    pub fn questions(&self, row: &Row) -> Result<Vec<Question>, RowFault> {
        let fault = |words: String| RowFault { column: self.matching.column(), weight: Weight::Stop, words };
        let username = || UserKey::parse(row.text(Field::Username)).map(Question::Username);
        let first = match self.matching {
            Match::Username => None,
            Match::Id => match row.id.as_deref() {
                Some(id) => Some(Question::Id(
                    UserKey::parse(id).map_err(|fault_of_key| fault(format!("cannot be an id: {fault_of_key}")))?,
                )),
                None if self.mode == Mode::UpdateOnly => {
                    return Err(fault("needs a value: people are found by it".into()));
                }
                None => None,
            },
            Match::Email => match row.text(Field::Email) {
                "" => return Err(fault("needs a value: people are found by it".into())),
                email => Some(Question::Email(email.to_owned())),
            },
        };
        if self.mode == Mode::UpdateOnly && first.is_some() {
            return Ok(first.into_iter().collect());
        }
        let column = Column::Field(Field::Username);
        let username = username().map_err(|fault| RowFault { column, weight: Weight::Stop, words: fault.to_string() });
        match (first, username) {
            (first, Ok(username)) => Ok(first.into_iter().chain([username]).collect()),
            // Somebody who is found by another key need not be named; a create without a username is refused where it is planned.
            (Some(first), Err(_)) if row.text(Field::Username).is_empty() => Ok(vec![first]),
            (_, Err(fault)) => Err(fault),
        }
    }

    /// Everything that is wrong with a line whoever it finds. What depends on that is told by [`Terms::plan`].
    pub fn check(&self, row: &Row) -> Vec<RowFault> {
        let mut faults: Vec<RowFault> = self.questions(row).err().into_iter().collect();
        faults.extend(self.unknown_roles(row));
        let creates = self.mode == Mode::CreateOnly;
        if self.mode != Mode::UpdateOnly {
            let found = self.draft(row, Operation::Create, None, self.stand_in()).faults(&self.catalogues.create);
            let concerns = |fault: &Fault| creates || (row.has(fault.field) && fault.field != Field::Roles);
            faults.extend(found.into_iter().filter(concerns).map(RowFault::from));
        }
        if !creates {
            let nobody = Some(Person::default());
            let found = self.draft(row, Operation::Update, nobody, Supply::default()).faults(&self.catalogues.update);
            let told = |fault: &Fault| self.mode == Mode::CreateOrUpdate && self.takes(fault.field, Operation::Create);
            let concerns = |fault: &Fault| row.has(fault.field) && fault.field != Field::Roles && !told(fault);
            faults.extend(found.into_iter().filter(concerns).map(RowFault::from));
        }
        let mut told = Vec::new();
        faults.retain(|fault| {
            let is_new = !told.contains(&(fault.column.clone(), fault.weight));
            told.push((fault.column.clone(), fault.weight));
            is_new
        });
        faults
    }

    /// What a line would do to whom it found.
    pub fn plan(&self, row: &Row, found: Found, supply: Supply) -> Step {
        let mut step = Step::error(row, "");
        let unread = match (&row.image, &supply.photo) {
            (Some(ImageSource::File(way)), None) => Some(format!("the picture {} was not read", visible(way))),
            (Some(ImageSource::Inline(_)), None) => Some("the picture in the line was not read".to_owned()),
            (Some(ImageSource::File(_) | ImageSource::Inline(_)), Some(_)) | (Some(ImageSource::Url(_)) | None, _) => {
                None
            }
        };
        if let Some(words) = unread {
            step.planned = Planned::Error(words);
            return step;
        }
        step.planned = match found {
            Found::Unread(why) => Planned::Error(format!("whether the person is there could not be read: {why}")),
            Found::Several(count) => {
                Planned::Error(format!("{count} people have this e-mail: find them by username or id"))
            }
            Found::Nobody => self.nobody(row, supply, &mut step.remarks),
            Found::One(by, person) => {
                step.username.clone_from(&person.username);
                self.somebody(row, &by, *person, supply, &mut step.remarks)
            }
        };
        step
    }

    fn nobody(&self, row: &Row, supply: Supply, remarks: &mut Vec<String>) -> Planned {
        let by_id = self.matching == Match::Id && row.id.is_some();
        match self.mode {
            Mode::UpdateOnly => {
                Planned::Error(format!("nobody has this {}: there is nobody to update", self.matching.word()))
            }
            Mode::CreateOrUpdate if by_id => {
                Planned::Error("nobody has this id, and ids of new people are made by the service".into())
            }
            Mode::CreateOrUpdate | Mode::CreateOnly => {
                let draft = self.draft(row, Operation::Create, None, supply);
                self.remark(row, Operation::Create, &draft, remarks);
                match draft.check(&self.catalogues.create) {
                    Ok(request) => Planned::Create(Arc::new(request)),
                    Err(refusal) => Planned::Error(words(&refusal)),
                }
            }
        }
    }

    fn somebody(&self, row: &Row, by: &Question, person: Person, supply: Supply, remarks: &mut Vec<String>) -> Planned {
        if let Err(words) = self.is_meant(row, by, &person) {
            return Planned::Error(words);
        }
        if self.mode == Mode::CreateOnly {
            return Planned::Error("is there already, and this file only creates".into());
        }
        if let Some(why) = row.cannot_extend(&person) {
            return Planned::Error(why.to_owned());
        }
        let draft = self.draft(row, Operation::Update, Some(person), supply);
        self.remark(row, Operation::Update, &draft, remarks);
        let catalogue = &self.catalogues.update;
        // Somebody who lacks what the revision wants, or has an odd value, is left alone where the line does not touch them.
        if Field::of(Operation::Update, self.revision).all(|field| !draft.is_touched(field, catalogue)) {
            return Planned::Unchanged;
        }
        match draft.check(catalogue) {
            Ok(request) => Planned::Update(Arc::new(request)),
            Err(Refusal::Nothing) => Planned::Unchanged,
            Err(refusal @ Refusal::Faults(_)) => Planned::Error(words(&refusal)),
        }
    }

    /// Whether the person who was found is the one whom the line means. A service may answer a username with somebody who has it as an id
    /// (faults.md, row 44), or with another way of writing it.
    fn is_meant(&self, row: &Row, by: &Question, person: &Person) -> Result<(), String> {
        let there = || visible(&person.username).into_owned();
        let is_so = match by {
            Question::Username(key) => key.as_str() == person.username,
            Question::Id(key) => person.id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(key.as_str())),
            Question::Email(email) => folded(email) == folded(&person.text(Field::Email)),
        };
        if !is_so {
            return Err(match by {
                Question::Username(key) if folded(key.as_str()) == folded(&person.username) => {
                    format!("the username is written {} there: write it so", there())
                }
                Question::Username(_) | Question::Id(_) | Question::Email(_) => {
                    format!("the service answered with somebody else, {}: find the person otherwise", there())
                }
            });
        }
        let other_id =
            row.id.as_deref().zip(person.id.as_deref()).is_some_and(|(id, there)| !id.eq_ignore_ascii_case(there));
        if other_id {
            return Err("the id is another one there: somebody else has this name or address now".to_owned());
        }
        let is_by_key = match by {
            Question::Username(_) => self.matching == Match::Username,
            Question::Id(_) | Question::Email(_) => true,
        };
        if !is_by_key {
            let other = self.matching.word();
            return Err(format!("somebody with another {other} has this username already: {}", there()));
        }
        let username = row.text(Field::Username);
        let can_rename = self.takes(Field::Username, Operation::Update);
        if self.mode != Mode::CreateOnly && !username.is_empty() && username != person.username && !can_rename {
            let revision = self.revision.word();
            return Err(format!("the username is {} there, and revision {revision} cannot change it", there()));
        }
        Ok(())
    }

    /// What the line says and the operation does not take, and what is odd. Leaving a value out in silence would be a lie.
    fn remark(&self, row: &Row, operation: Operation, draft: &Draft, remarks: &mut Vec<String>) {
        let catalogue = self.catalogues.of(operation);
        for spec in FIELDS {
            let is_key = spec.field == Field::Username;
            if is_key || !row.has(spec.field) || self.takes(spec.field, operation) {
                continue;
            }
            remarks.push(match (operation, spec.kind) {
                (Operation::Update, Kind::Password) => {
                    "the password stays as it is: an update does not set it".to_owned()
                }
                (Operation::Update, _) => format!("{} is not sent: an update does not take it", spec.label),
                (Operation::Create, _) => format!(
                    "{} is not sent: create does not take it; the same line sets it once the person is there",
                    spec.label
                ),
            });
        }
        let lost = row.roles.iter().filter(|(key, roles)| {
            catalogue.section(key).is_none_or(|section| roles.iter().any(|role| section.role(role).is_none()))
        });
        remarks.extend(
            lost.map(|(key, _)| format!("not every role of {} is sent: {operation} does not take it", visible(key))),
        );
        if operation == Operation::Create && row.id.is_some() {
            remarks.push("the id is not sent: the service makes the ids of new people".to_owned());
        }
        let odd = draft.faults(catalogue).into_iter().filter(|fault| fault.weight == Weight::Warn);
        remarks.extend(odd.map(|fault| format!("{} {}", fault.field.spec().label, fault.words)));
    }

    fn draft(&self, row: &Row, operation: Operation, person: Option<Person>, supply: Supply) -> Draft {
        let subject = person.map_or(Subject::New, |person| Subject::Known(Box::new(person)));
        row.draft(subject, self.revision, self.catalogues.of(operation), supply)
    }

    /// A password that is still to be made is not one that is missing.
    fn stand_in(&self) -> Supply {
        let password = self.makes_passwords.then(|| Secret::new("made-when-it-is-sent".to_owned()));
        Supply { password, ..Supply::default() }
    }

    /// Whether an operation takes a field.
    pub fn takes(&self, field: Field, operation: Operation) -> bool {
        field.need(operation, self.revision) != Need::Absent
    }

    /// The operations that the file may do.
    pub fn operations(&self) -> &'static [Operation] {
        match self.mode {
            Mode::CreateOnly => &[Operation::Create],
            Mode::UpdateOnly => &[Operation::Update],
            Mode::CreateOrUpdate => &[Operation::Create, Operation::Update],
        }
    }

    /// The catalogues of these operations.
    pub fn catalogues(&self) -> impl Iterator<Item = &Catalogue> {
        self.operations().iter().map(|operation| self.catalogues.of(*operation))
    }

    /// A section as the operations know it; several where create and update differ.
    pub fn sections<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Section> {
        self.catalogues().filter_map(move |catalogue| catalogue.section(key))
    }

    /// Roles that no operation of the file could give.
    fn unknown_roles(&self, row: &Row) -> Vec<RowFault> {
        let mut faults = Vec::new();
        for (key, roles) in &row.roles {
            let unknown = roles.iter().find(|role| self.sections(key).all(|section| section.role(role).is_none()));
            let Some(unknown) = unknown else { continue };
            let known: Vec<&str> = self
                .sections(key)
                .last()
                .into_iter()
                .flat_map(|section| &section.roles)
                .map(|role| &*role.key)
                .collect();
            let words = if known.is_empty() {
                "is no section of this tenant".to_owned()
            } else {
                format!("has no role {:.40}; there are {}", visible(unknown), known.join(", "))
            };
            faults.push(RowFault { column: Column::Roles(key.clone()), weight: Weight::Stop, words });
        }
        faults
    }
}

impl From<Fault> for RowFault {
    fn from(fault: Fault) -> Self {
        Self { column: Column::Field(fault.field), weight: fault.weight, words: fault.words }
    }
}

/// A refusal for a line of a report.
fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Nothing => "changes nothing".to_owned(),
        Refusal::Faults(faults) => {
            let words = |fault: &Fault| format!("{} {}", fault.field.spec().label, fault.words);
            faults.iter().map(words).collect::<Vec<_>>().join("; ")
        }
    }
}

#[cfg(test)]
mod tests;
