//! Loaded, theirs and mine: what somebody else changed while the agent was typing.

use crate::domain::fields::Field;
use crate::domain::person::Person;
use crate::domain::request::{Line, Request};

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

/// The open view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreeWay {
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
                loaded: request.base().map(|base| shown(base, line)).unwrap_or_default(),
                theirs: shown(fresh, line),
                mine: line.value.summary(),
                given_up: false,
            })
        };
        Self { rows: request.conflicts(fresh).into_iter().filter_map(row).collect(), at: 0 }
    }

    /// Moves the cursor.
    pub fn go(&mut self, by: i16) {
        self.at = self.at.saturating_add_signed(by.into()).min(self.rows.len().saturating_sub(1));
    }
}

/// What a person has in the field of a line, in the words of the review.
fn shown(person: &Person, line: &Line) -> String {
    match line.field {
        Field::Enabled => match person.enabled {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => "not known".to_owned(),
        },
        Field::Image => if person.has_picture { "a picture" } else { "none" }.to_owned(),
        Field::Roles => line
            .value
            .sections()
            .map(|section| {
                let roles = person.roles.get(section).map(|roles| roles.iter().cloned().collect::<Vec<_>>().join(", "));
                format!("{section}: {}", roles.unwrap_or_else(|| "not set".to_owned()))
            })
            .collect::<Vec<_>>()
            .join("; "),
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
        | Field::Extra => person.text(line.field),
    }
}
