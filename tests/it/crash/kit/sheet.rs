//! The file of a job: who is to be made, changed, left as they are, refused, and who cannot be done at all; and how each line has to end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use netex_users::codec::job::Kept;
use netex_users::codec::sheet::Options;
use netex_users::domain::field::Revision;
use netex_users::domain::job::LineState;
use netex_users::domain::plan::{Match, Mode};
use netex_users::domain::record::Standing;
use netex_users::domain::tenant::Synchronization::Synchronous;

use super::people;
use super::world::Resident;

/// The password of those who are made with one of the file's.
const PASSWORD: &str = "correct horse battery";

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody new, with a password of the file.
    Create,
    /// Somebody new, whose password is made.
    CreateWithMade,
    /// Somebody who is there gets another surname.
    Update,
    /// Somebody who is so already.
    Unchanged,
    /// Somebody new whom the service refuses.
    Refused,
    /// Somebody new of whom nothing is said.
    Impossible,
}

/// The kind of a row of the file: half of them make somebody.
pub fn kind(row: u32) -> Kind {
    match row % 10 {
        0 | 3 | 6 => Kind::Create,
        1 | 7 => Kind::CreateWithMade,
        2 | 5 | 8 => Kind::Update,
        4 => Kind::Refused,
        _ if row % 20 == 9 => Kind::Unchanged,
        _ => Kind::Impossible,
    }
}

/// The line of the file that a row is: the first is the header.
pub fn line(rows: &Range<u32>, row: u32) -> u64 {
    u64::from(row - rows.start) + 2
}

/// How a line ends where nothing happens to it, and where anything does.
pub fn end(kind: Kind) -> LineState {
    match kind {
        Kind::Create | Kind::CreateWithMade | Kind::Update => LineState::Sent(Standing::Done),
        Kind::Unchanged => LineState::Unchanged,
        Kind::Refused => LineState::Sent(Standing::Rejected),
        Kind::Impossible => LineState::Error,
    }
}

/// The given name of somebody who is made.
pub fn name(row: u32) -> String {
    format!("Name {row}")
}

/// The file.
pub fn text(rows: Range<u32>) -> String {
    let mut text = "username,password,name,surname,email,language,timezone\n".to_owned();
    for row in rows {
        let (username, surname) = (people::username(row), people::surname(row));
        let new = format!("{},{surname},{},en,Europe/Paris", name(row), people::email(&username));
        let cells = match kind(row) {
            Kind::Create | Kind::Refused => format!("{PASSWORD},{new}"),
            Kind::CreateWithMade => format!(",{new}"),
            Kind::Update => format!(",,{surname},,,"),
            Kind::Unchanged => ",,Before,,,".to_owned(),
            Kind::Impossible => ",,,,,".to_owned(),
        };
        writeln!(text, "{username},{cells}").expect("a text takes everything");
    }
    text
}

/// Those who are there from the beginning.
pub fn residents(rows: Range<u32>) -> BTreeMap<String, Resident> {
    let are_there = rows.filter(|row| matches!(kind(*row), Kind::Update | Kind::Unchanged));
    let before =
        Resident { name: "before".to_owned(), surname: "Before".to_owned(), created: 1, ..Resident::default() };
    are_there.map(|row| (people::username(row), before.clone())).collect()
}

/// Those whom the service refuses.
pub fn refused(rows: Range<u32>) -> BTreeSet<String> {
    rows.filter(|row| kind(*row) == Kind::Refused).map(people::username).collect()
}

/// Who is there at the end.
pub fn people_at_the_end(rows: Range<u32>) -> BTreeMap<String, (String, String)> {
    let end = |row| {
        let made = (name(row), people::surname(row));
        let there = match kind(row) {
            Kind::Create | Kind::CreateWithMade => made,
            Kind::Update => ("before".to_owned(), made.1),
            Kind::Unchanged => ("before".to_owned(), "Before".to_owned()),
            Kind::Refused | Kind::Impossible => return None,
        };
        Some((people::username(row), there))
    };
    rows.filter_map(end).collect()
}

/// How the file is read and carried out.
pub fn kept(folder: &Path) -> Kept {
    let path = |name: &str| folder.join(name).to_str().expect("a temporary path is UTF-8").to_owned();
    Kept {
        mode: Mode::CreateOrUpdate,
        matching: Match::Username,
        revision: Revision::Original,
        synchronization: Synchronous,
        options: Options::default(),
        file: None,
        folder: path(""),
        fit: false,
        passwords: Some(path("passwords.csv")),
        ticket: None,
    }
}
