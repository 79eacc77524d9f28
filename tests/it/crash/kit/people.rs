//! The rows: who is to be created, who is to be changed, and the requests that do so.
//!
//! Every request carries a tag of its own as the given name. So what the server has of a person says which request put it there, and a look
//! at the person says whether it was this one.

use std::collections::BTreeMap;
use std::ops::Range;

use netex_users::domain::draft::{Draft, Entry, Subject};
use netex_users::domain::field::Revision;
use netex_users::domain::fields::Field;
use netex_users::domain::person::Person;
use netex_users::domain::record::{Intent, Kept};
use netex_users::domain::request::Request;
use netex_users::domain::roles::{Catalogue, RoleGrid};
use netex_users::domain::secret::Secret;

use super::world::Resident;

/// What is done in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody new is made.
    Create,
    /// Somebody who was there from the beginning gets another surname.
    Update,
}

/// Every third row is an update.
pub fn kind(row: u32) -> Kind {
    if row % 3 == 2 { Kind::Update } else { Kind::Create }
}

/// The username of a row.
pub fn username(row: u32) -> String {
    format!("row.{row}")
}

/// The surname that the row is to end with.
pub fn surname(row: u32) -> String {
    format!("Wanted {row}")
}

/// Those who are there from the beginning.
pub fn residents(rows: Range<u32>) -> BTreeMap<String, Resident> {
    let updates = rows.filter(|row| kind(*row) == Kind::Update);
    let before =
        Resident { name: "before".to_owned(), surname: "Before".to_owned(), created: 1, ..Resident::default() };
    updates.map(|row| (username(row), before.clone())).collect()
}

/// The request that makes the person of a row.
pub fn create(row: u32, tag: &str) -> Request {
    let mut draft = draft(Subject::New);
    for (field, text) in [
        (Field::Username, username(row).as_str()),
        (Field::Name, tag),
        (Field::Surname, &surname(row)),
        (Field::Email, &email(&username(row))),
        (Field::Language, "en"),
        (Field::Timezone, "Europe/Paris"),
    ] {
        draft.entries.insert(field, Entry::Text(text.to_owned()));
    }
    draft.entries.insert(Field::Password, Entry::Secret(Secret::new("correct horse battery".into())));
    draft.check(&Catalogue::default()).expect("a complete draft")
}

/// The request that changes the person of a row, who was read.
pub fn update(row: u32, tag: &str, person: Person) -> Request {
    let mut draft = draft(Subject::Known(Box::new(person)));
    draft.entries.insert(Field::Name, Entry::Text(tag.to_owned()));
    draft.entries.insert(Field::Surname, Entry::Text(surname(row)));
    draft.check(&Catalogue::default()).expect("a name that is another each time")
}

/// A person as the one who has to be changed was before.
pub fn before(row: u32) -> Person {
    let texts = [(Field::Name, "before".to_owned()), (Field::Surname, "Before".to_owned())];
    Person { id: Some(id(&username(row))), username: username(row), texts: texts.into(), ..Person::default() }
}

/// The address of a person of this username.
pub fn email(username: &str) -> String {
    format!("{username}@kill-loop.example")
}

/// The id of a person of this username.
pub fn id(username: &str) -> String {
    format!("id-{username}")
}

/// The tag that an intent carries.
pub fn tag(intent: &Intent) -> Option<String> {
    intent.touched.iter().find(|touched| touched.field == Field::Name).and_then(|touched| match &touched.new {
        Kept::Text(text) => Some(text.clone()),
        Kept::Nothing | Kept::Unknown | Kept::Switch(_) | Kept::Roles(_) | Kept::Mark { .. } => None,
    })
}

fn draft(subject: Subject) -> Draft {
    Draft { revision: Revision::Original, subject, entries: [].into(), photo: None, roles: RoleGrid::new([].into()) }
}
