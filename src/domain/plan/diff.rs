//! A request field by field: old -> new, for a plan.

use crate::domain::fields::Field;
use crate::domain::patch::Value;
use crate::domain::photo::Photo;
use crate::domain::request::{Line, Reason, Request};
use crate::domain::row::Column;

/// One change. The texts are from outside, and a password is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// What changes: a field, or the roles of one section.
    pub column: Column,
    /// What was read; nothing where nothing was set.
    pub old: Option<String>,
    /// What will be; nothing where the field is emptied.
    pub new: Option<String>,
}

/// What a request changes, in the order of the form. What is sent back as it was read is not in it.
pub fn diffs(request: &Request) -> Vec<Diff> {
    let changes = request.lines().iter().filter(|line| line.reason != Reason::Echoed);
    changes.flat_map(|line| of_line(request, line)).collect()
}

fn of_line(request: &Request, line: &Line) -> Vec<Diff> {
    let one = |new: Option<String>| vec![Diff { column: Column::Field(line.field), old: line.old.clone(), new }];
    match &line.value {
        Value::Roles(changes) => {
            let touched = changes.iter().filter(|change| !change.added.is_empty() || !change.removed.is_empty());
            let diff = |change: &crate::domain::roles::RoleChange| {
                let had = request.base().and_then(|person| person.roles.get(&change.section));
                let had = had.map(|roles| roles.iter().cloned().collect::<Vec<_>>());
                Diff {
                    column: Column::Roles(change.section.clone()),
                    old: had.filter(|roles| !roles.is_empty()).map(|roles| roles.join(", ")),
                    new: Some(change.wanted.join(", ")).filter(|roles| !roles.is_empty()),
                }
            };
            touched.map(diff).collect()
        }
        Value::Photo(Photo::Url(url)) => one(Some(url.clone())),
        Value::Photo(Photo::Picture(picture)) => one(Some(picture.name.clone())),
        Value::Text(_) if line.reason == Reason::Cleared => one(None),
        Value::Text(_) | Value::Secret(_) | Value::Switch(_) | Value::Pairs(_) | Value::Object(_) => {
            one(Some(line.value.summary()))
        }
    }
}

/// Whether a request gives the person another username.
pub(super) fn renames(request: &Request) -> bool {
    request.base().is_some() && request.line(Field::Username).is_some_and(|line| line.reason == Reason::Changed)
}
