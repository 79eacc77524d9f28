//! People to CSV that reads back through [`crate::codec::sheet`]: fed back as it is, it changes nobody.
//!
//! What this program could not send back (a number that is none, a role that the tenant's roles do not have, a field of another revision)
//! stands in words in a last column that is not read. There is no picture and no password: the service tells neither.

use std::collections::BTreeSet;

use crate::codec::inert::written;
use crate::codec::sheet::{Delimiter, ROW};
use crate::codec::table::{MARK, line};
use crate::domain::draft::{Entry, Weight};
use crate::domain::field::{Kind, Revision};
use crate::domain::fields::{FIELDS, Field};
use crate::domain::key::UserKey;
use crate::domain::listed::Listed;
use crate::domain::person::Person;
use crate::domain::plan::{Match, Mode, Terms};
use crate::domain::roles::{Catalogues, Section};
use crate::domain::row::{Column, Row};
use crate::domain::untrusted::visible;

/// The column for people to read.
pub const UNREAD: &str = "(not read back)";

/// The longest text that one cell gets, in bytes: what a spreadsheet takes.
const CELL: usize = 32_000;

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What stands between the cells.
    pub delimiter: Delimiter,
    /// Whether a mark tells spreadsheets that it is UTF-8.
    pub mark: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { delimiter: Delimiter::Comma, mark: false }
    }
}

/// An export of one tenant's people.
pub struct Export {
    columns: Vec<Column>,
    terms: Terms,
    layout: Layout,
}

impl Export {
    /// Everything that is known of people who were read one by one.
    pub fn people(revision: Revision, catalogues: Catalogues, layout: Layout) -> Self {
        Self::new(revision, catalogues, layout, |_| true)
    }

    /// What the list of everybody knows.
    pub fn list(revision: Revision, catalogues: Catalogues, layout: Layout) -> Self {
        let known = [Field::Username, Field::Name, Field::Surname, Field::Email, Field::Language, Field::Enabled];
        Self::new(revision, catalogues, layout, |field| known.contains(&field))
    }

    fn new(revision: Revision, catalogues: Catalogues, layout: Layout, wanted: impl Fn(Field) -> bool) -> Self {
        let terms = Terms {
            mode: Mode::CreateOrUpdate,
            matching: Match::Username,
            revision,
            catalogues,
            makes_passwords: true,
        };
        let is_taken = |field: Field| terms.operations().iter().any(|operation| terms.takes(field, *operation));
        let fields = FIELDS.iter().filter(|spec| is_kept(spec.kind)).map(|spec| spec.field);
        let fields = fields.filter(|field| is_taken(*field) && wanted(*field)).map(Column::Field);
        let sections = terms.catalogues.update.sections().iter().map(|section| Column::Roles(section.key.clone()));
        let columns = [Column::Id].into_iter().chain(fields).chain(sections).collect();
        Self { columns, terms, layout }
    }

    /// What the file begins with.
    pub fn header(&self) -> Vec<u8> {
        let names = self.columns.iter().map(ToString::to_string).chain([UNREAD.to_owned()]);
        let line = line(names, self.layout.delimiter);
        if self.layout.mark { [MARK, &line].concat() } else { line }
    }

    /// The line of a row of the list.
    pub fn listed(&self, listed: &Listed) -> Vec<u8> {
        let texts = [
            (Field::Name, &*listed.name),
            (Field::Surname, &*listed.surname),
            (Field::Email, &*listed.email),
            (Field::Language, &*listed.language),
        ];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
        self.person(&Person {
            id: listed.id.as_deref().map(str::to_owned),
            username: listed.username.to_string(),
            texts: texts.map(|(field, text)| (field, text.to_owned())).collect(),
            enabled: listed.enabled,
            roles: (*listed.roles).clone(),
            ..Person::default()
        })
    }

    /// The line of a person.
    pub fn person(&self, person: &Person) -> Vec<u8> {
        let mut odd = self.odd(person);
        loop {
            let line = self.line(person, &odd);
            if line.len() <= ROW {
                return line;
            }
            // A line that the importer would not take: the longest text is left out of it, until it does.
            let longest = self.columns.iter().filter(|column| !odd.contains(*column));
            match longest.max_by_key(|column| self.cell(column, person).len()) {
                Some(column) => odd.insert(column.clone()),
                None => return line,
            };
        }
    }

    fn line(&self, person: &Person, odd: &BTreeSet<Column>) -> Vec<u8> {
        let is_odd = |column: &&Column| odd.contains(*column);
        let cell = |column: &Column| if is_odd(&column) { String::new() } else { self.cell(column, person) };
        let cells = self.columns.iter().map(cell).chain([self.unread(person, odd)]);
        line(cells.map(|cell| written(&cell).into_owned()), self.layout.delimiter)
    }

    /// A value as it is, before it is guarded.
    fn cell(&self, column: &Column, person: &Person) -> String {
        match column {
            Column::Id => person.id.clone().unwrap_or_default(),
            Column::Field(Field::Enabled) => person.enabled.map(|on| on.to_string()).unwrap_or_default(),
            Column::Field(field) => person.text(*field),
            Column::Extended(key) => {
                let pair = person.pairs.iter().find(|(known, _)| known == key);
                pair.and_then(|(_, value)| value.clone()).unwrap_or_default()
            }
            Column::Roles(key) => {
                let section = self.terms.catalogues.update.section(key);
                section.map(|section| roles(section, person)).unwrap_or_default()
            }
        }
    }

    /// What the importer would refuse, or not understand as it is.
    fn odd(&self, person: &Person) -> BTreeSet<Column> {
        let mut odd = BTreeSet::new();
        let mut row = Row { id: person.id.clone(), ..Row::default() };
        for column in &self.columns {
            let text = self.cell(column, person);
            let is_key = matches!(column, Column::Id | Column::Field(Field::Username));
            // The blanks at the ends of a key would be taken off, and then it may be somebody else's.
            let is_other = is_key && !text.is_empty() && UserKey::parse(&text).is_err();
            if is_other || text.contains('\0') || text.len() > CELL {
                odd.insert(column.clone());
            }
            if let Column::Field(field) = column
                && *field != Field::Enabled
                && !text.is_empty()
            {
                row.entries.insert(*field, Entry::Text(text));
            }
        }
        let faults = self.terms.check(&row).into_iter().filter(|fault| fault.weight == Weight::Stop);
        odd.extend(faults.map(|fault| fault.column));
        odd
    }

    /// In words, what no other column says.
    fn unread(&self, person: &Person, odd: &BTreeSet<Column>) -> String {
        const MOST: usize = 2_000;
        let mut parts = Vec::new();
        let mut part = |name: &str, text: &str| {
            let text: String = visible(text).chars().take(MOST).collect();
            if !text.is_empty() {
                parts.push(format!("{}: {text}", visible(name)));
            }
        };
        for column in self.columns.iter().filter(|column| odd.contains(*column)) {
            part(&column.to_string(), &self.cell(column, person));
        }
        for spec in FIELDS.iter().filter(|spec| is_kept(spec.kind)) {
            if !self.columns.contains(&Column::Field(spec.field)) {
                part(spec.key, &person.text(spec.field));
            }
        }
        for (key, roles) in &person.roles {
            let section = self.terms.catalogues.update.section(key);
            let unknown = roles.iter().filter(|role| section.is_none_or(|section| section.role(role).is_none()));
            part(&format!("roles.{key}"), &unknown.cloned().collect::<Vec<_>>().join(", "));
        }
        parts.join("; ")
    }
}

/// Whether a person who was read has such a field.
fn is_kept(kind: Kind) -> bool {
    match kind {
        Kind::Password | Kind::Object | Kind::Photo | Kind::Roles => false,
        Kind::Username
        | Kind::Text
        | Kind::Multiline
        | Kind::Email
        | Kind::Phone
        | Kind::Language
        | Kind::Timezone
        | Kind::Switch
        | Kind::Pairs => true,
    }
}

/// The roles that the section knows: an import leaves the others as they are.
fn roles(section: &Section, person: &Person) -> String {
    let Some(has) = person.roles.get(&section.key) else { return String::new() };
    let known: Vec<&str> =
        section.roles.iter().map(|role| role.key.as_str()).filter(|role| has.contains(*role)).collect();
    if known.is_empty() { "none".to_owned() } else { known.join("|") }
}

#[cfg(test)]
mod tests;
