//! Loaded, theirs and mine: what somebody else changed while the agent was typing.

use std::collections::BTreeSet;

use crate::app::model::Model;
use crate::domain::fields::Field;
use crate::domain::kept::KeptEntry;
use crate::domain::person::Person;
use crate::domain::photo::Photo;
use crate::domain::request::Request;

/// What a person does in the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// By lines; down where positive.
    Move(i16),
    /// Give one's own value up for theirs.
    Theirs,
}

/// One field that both changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The field.
    pub field: Field,
    /// What was read first.
    pub loaded: String,
    /// What is there now.
    pub theirs: String,
    /// What would have been sent.
    pub mine: String,
    /// The agent gave their own value up.
    pub given_up: bool,
}

/// Why it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Something was to be sent, and was not.
    Conflict,
    /// A draft was taken up again; with the time of it in words.
    Draft(String),
}

/// The open view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreeWay {
    /// Why it is shown.
    pub why: Why,
    /// The fields, in the order of the form.
    pub rows: Vec<Row>,
    /// The line under the cursor.
    pub at: usize,
}

impl ThreeWay {
    /// What a request that was not sent has against what is there now.
    pub fn of(request: &Request, fresh: &Person) -> Self {
        let row = |field: Field| {
            let line = request.line(field)?;
            Some(Row {
                field,
                loaded: request.base().map(|base| shown(base, field, line.value.sections())).unwrap_or_default(),
                theirs: shown(fresh, field, line.value.sections()),
                mine: line.value.summary(),
                given_up: false,
            })
        };
        Self { why: Why::Conflict, rows: request.conflicts(fresh).into_iter().filter_map(row).collect(), at: 0 }
    }

    /// What a draft that was put into the form has against what is there now: every field that would still be sent, whoever changed it
    /// meanwhile.
    pub fn of_draft(model: &Model, fresh: &Person, when: String) -> Self {
        let base = model.form.subject.person();
        let row = |field: Field, sections: &[&str], mine: String| Row {
            field,
            loaded: base.map(|base| shown(base, field, sections.iter().copied())).unwrap_or_default(),
            theirs: shown(fresh, field, sections.iter().copied()),
            mine,
            given_up: false,
        };
        let typed = model.form.typed();
        let mut rows: Vec<Row> = Vec::new();
        for (field, entry) in &typed {
            rows.extend(mine(*field, entry, fresh).map(|mine| row(*field, &[], mine)));
        }
        rows.extend(photo(model).map(|mine| row(Field::Image, &[], mine)));
        let mut grid = model.matrix.grid.clone();
        grid.rebase(fresh.roles.clone());
        let sections: Vec<&str> = grid.wanted().keys().map(String::as_str).collect();
        if !sections.is_empty() {
            let mine = sections.iter().map(|section| roles(section, grid.wanted().get(*section)));
            rows.push(row(Field::Roles, &sections, mine.collect::<Vec<_>>().join("; ")));
        }
        rows.sort_by_key(|row| row.field);
        Self { why: Why::Draft(when), rows, at: 0 }
    }

    /// Moves the cursor.
    pub fn go(&mut self, by: i16) {
        self.at = self.at.saturating_add_signed(by.into()).min(self.rows.len().saturating_sub(1));
    }
}

/// What was typed into a field, in words; nothing where it is there already.
fn mine(field: Field, entry: &KeptEntry, fresh: &Person) -> Option<String> {
    match entry {
        KeptEntry::Text(text) => (fresh.ground(field) != text.as_str()).then(|| text.clone()),
        KeptEntry::Switch(on) => (fresh.enabled != Some(*on)).then(|| switch(Some(*on))),
        KeptEntry::Cleared(_) => (!fresh.ground(field).is_empty()).then(|| "to be cleared".to_owned()),
    }
}

/// The picture of the form, in words.
fn photo(model: &Model) -> Option<String> {
    match (&model.image.photo, &model.image.again) {
        (Some(Photo::Url(url)), _) => Some(url.clone()),
        (Some(Photo::Picture(picture)), _) => Some(picture.name.clone()),
        (None, Some((name, _))) => Some(format!("{name}: choose it again")),
        (None, None) => None,
    }
}

fn switch(on: Option<bool>) -> String {
    match on {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => "not known".to_owned(),
    }
}

fn roles(section: &str, roles: Option<&BTreeSet<String>>) -> String {
    let list = roles.map(|roles| roles.iter().cloned().collect::<Vec<_>>().join(", "));
    format!("{section}: {}", list.unwrap_or_else(|| "not set".to_owned()))
}

/// What a person has in a field, in the words of the review.
fn shown<'a>(person: &Person, field: Field, sections: impl Iterator<Item = &'a str>) -> String {
    match field {
        Field::Enabled => switch(person.enabled),
        Field::Image => if person.has_picture { "a picture" } else { "none" }.to_owned(),
        Field::Roles => {
            sections.map(|section| roles(section, person.roles.get(section))).collect::<Vec<_>>().join("; ")
        }
        Field::Username
        | Field::Password
        | Field::Name
        | Field::Surname
        | Field::Email
        | Field::Language
        | Field::Timezone
        | Field::OfficePhone
        | Field::MobilePhone
        | Field::Location
        | Field::Interests
        | Field::AboutMe
        | Field::AuthSource
        | Field::ExternalId
        | Field::ExtendedFields
        | Field::Extra => person.text(field),
    }
}
