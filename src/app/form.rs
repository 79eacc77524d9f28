//! The form: one row for each field that the operation takes, each with its own editor.
//!
//! Nothing that can be computed is stored: what will be sent, what is wrong and what was touched are asked of the
//! [`Draft`] that the rows make.

use std::collections::BTreeMap;

use crate::app::editor::{Edit, Pasted, TextEditor};
use crate::app::effect::Ticket;
use crate::app::msg::Strength;
use crate::domain::draft::{Draft, Entry, Subject};
use crate::domain::field::{Kind, Revision};
use crate::domain::fields::Field;
use crate::domain::person::Person;
use crate::domain::photo::Photo;
use crate::domain::recipe::{Recipe, fill};
use crate::domain::roles::RoleGrid;
use crate::domain::secret::{Sealed, Secret};
use crate::domain::untrusted::Untrusted;

mod typed;

/// The form of one user.
#[derive(Clone, Debug)]
pub struct Form {
    /// The tenant's revision.
    pub revision: Revision,
    /// Whom it is about.
    pub subject: Subject,
    /// The rows, in the table's order; never empty.
    pub rows: Vec<Row>,
    /// The row that has the focus.
    pub at: usize,
    /// Whether sending was tried: then every fault is shown.
    pub tried: bool,
    /// The password is shown until this question is answered.
    pub reveal: Option<Ticket>,
    /// What is known of the password's strength.
    pub strength: Option<Strength>,
    /// The question about it that is open.
    pub rating: Option<Ticket>,
    /// What the service said against a field of this form.
    pub blamed: Vec<(Field, Untrusted)>,
    /// The recipe that fills the form in: its patterns are filled whenever a name is left.
    pub recipe: Option<Recipe>,
    /// A password was typed before the program ended, and has to be entered again.
    pub password_again: bool,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The field.
    pub field: Field,
    /// What edits it.
    pub input: Input,
    /// The agent chose to empty the field on the server.
    pub cleared: bool,
    /// The row was left once, so that its fault may be shown.
    pub left: bool,
}

/// What edits a row.
#[derive(Clone, Debug)]
pub enum Input {
    /// A text.
    Text(Box<TextEditor>),
    /// A switch; nothing where its state is not known.
    Switch(Option<bool>),
}

impl Form {
    /// An empty form for somebody new. A new person can sign in unless the agent says otherwise, and that is sent explicitly: the
    /// service's own default is not documented (api.md 7, row 32).
    pub fn new(revision: Revision) -> Self {
        Self::about(Subject::New, revision)
    }

    /// The form of whom the subject says.
    pub fn about(subject: Subject, revision: Revision) -> Self {
        let rows = Field::of(subject.operation(), revision)
            .filter(|field| !matches!(field.spec().kind, Kind::Photo | Kind::Roles))
            .map(|field| Row { field, input: Input::of(field, &subject), cleared: false, left: false })
            .collect();
        Self {
            revision,
            subject,
            rows,
            at: 0,
            tried: false,
            reveal: None,
            strength: None,
            rating: None,
            blamed: Vec::new(),
            recipe: None,
            password_again: false,
        }
    }

    /// The row that has the focus.
    pub fn row(&self) -> &Row {
        &self.rows[self.at]
    }

    /// The text editor that has the focus.
    pub fn editor_mut(&mut self) -> Option<&mut TextEditor> {
        let row = &mut self.rows[self.at];
        match &mut row.input {
            Input::Text(editor) if !row.cleared => Some(editor),
            Input::Text(_) | Input::Switch(_) => None,
        }
    }

    /// What was typed, with the picture and the roles of their own panes.
    pub fn draft(&self, photo: Option<Photo>, roles: RoleGrid) -> Draft {
        Draft { revision: self.revision, subject: self.subject.clone(), entries: self.entries(), photo, roles }
    }

    fn entries(&self) -> BTreeMap<Field, Entry> {
        self.rows.iter().filter_map(|row| Some((row.field, row.entry()?))).collect()
    }

    /// Goes to a row; the one that is left may show its fault from now on.
    pub fn go(&mut self, at: usize) {
        self.rows[self.at].left = true;
        self.fill_patterns();
        self.at = at.min(self.rows.len() - 1);
    }

    /// Fills the recipe's patterns into the fields that are still empty, once both names are there.
    fn fill_patterns(&mut self) {
        let Some(recipe) = self.recipe.clone() else {
            return;
        };
        if self.text(Field::Name).is_empty() || self.text(Field::Surname).is_empty() {
            return;
        }
        for (field, pattern) in recipe.values.iter().filter(|(_, value)| value.contains('{')) {
            if self.text(*field).is_empty()
                && let Ok(text) = fill(pattern, |field| self.text(field))
            {
                self.put(*field, &text);
            }
        }
    }

    /// The text that stands in a field; empty where it has none.
    pub fn text(&self, field: Field) -> String {
        self.rows
            .iter()
            .find(|row| row.field == field)
            .map(|row| match &row.input {
                Input::Text(editor) => editor.text(),
                Input::Switch(_) => String::new(),
            })
            .unwrap_or_default()
    }

    /// Goes to the row of a field, if it has one.
    pub fn go_to(&mut self, field: Field) -> bool {
        let at = self.rows.iter().position(|row| row.field == field);
        at.inspect(|at| self.go(*at)).is_some()
    }

    /// The password that stands in the form, to be rated.
    pub fn password(&self) -> Option<Sealed> {
        self.rows.iter().find(|row| row.field == Field::Password).and_then(|row| match &row.input {
            Input::Text(editor) if !editor.is_empty() => Some(Sealed::new(Secret::new(editor.text()))),
            Input::Text(_) | Input::Switch(_) => None,
        })
    }

    /// Puts a text into a field, as one change that can be undone.
    pub fn put(&mut self, field: Field, text: &str) {
        for row in self.rows.iter_mut().filter(|row| row.field == field) {
            row.cleared = false;
            if let Input::Text(editor) = &mut row.input {
                editor.replace(text);
            }
        }
    }

    /// Sets a switch.
    pub fn set_switch(&mut self, field: Field, on: bool) {
        for row in self.rows.iter_mut().filter(|row| row.field == field) {
            row.input = Input::Switch(Some(on));
        }
    }

    /// Takes the person as read afresh: rows that the agent did not change show what is there now, the others keep what was typed.
    pub fn rebase(&mut self, person: Person) {
        let old = std::mem::replace(&mut self.subject, Subject::Known(Box::new(person)));
        for row in &mut self.rows {
            let fresh = Input::of(row.field, &self.subject);
            let keep = match (&row.input, &Input::of(row.field, &old), &fresh) {
                (Input::Text(typed), Input::Text(before), Input::Text(now)) => {
                    !row.cleared && typed.text() != before.text() && typed.text() != now.text()
                }
                (Input::Switch(typed), Input::Switch(before), _) => typed != before,
                _ => false,
            };
            row.cleared &= !matches!(&fresh, Input::Text(now) if now.is_empty());
            if !keep {
                row.input = fresh;
            }
        }
        self.blamed.clear();
        self.tried = false;
    }

    /// Whether a key of the editor would leave the text: the arrows then go to the next row.
    pub fn leaves(&self, edit: Edit) -> bool {
        match &self.row().input {
            Input::Text(editor) if !self.row().cleared => match edit {
                Edit::Up => editor.is_at_top(),
                Edit::Down => editor.is_at_bottom(),
                Edit::Newline => !editor.is_multiline(),
                Edit::Left
                | Edit::Right
                | Edit::WordLeft
                | Edit::WordRight
                | Edit::Home
                | Edit::End
                | Edit::Backspace
                | Edit::Delete
                | Edit::KillWord
                | Edit::KillToEnd
                | Edit::KillToStart
                | Edit::Yank
                | Edit::Undo => false,
            },
            Input::Text(_) | Input::Switch(_) => matches!(edit, Edit::Up | Edit::Down | Edit::Newline),
        }
    }

    /// Takes a paste where a text has the focus.
    pub fn paste(&mut self, text: &str) -> Option<Pasted> {
        self.editor_mut().map(|editor| editor.paste(text))
    }
}

impl Row {
    fn entry(&self) -> Option<Entry> {
        if self.cleared {
            return Some(Entry::Cleared);
        }
        match &self.input {
            Input::Text(editor) if self.field.spec().kind == Kind::Password => {
                Some(Entry::Secret(Secret::new(editor.text())))
            }
            Input::Text(editor) => Some(Entry::Text(editor.text())),
            Input::Switch(on) => on.map(Entry::Switch),
        }
    }
}

impl Input {
    /// A text editor.
    pub fn text(text: &str, multiline: bool) -> Self {
        Self::Text(Box::new(TextEditor::new(text, multiline)))
    }

    fn of(field: Field, subject: &Subject) -> Self {
        let person = subject.person();
        let kind = field.spec().kind;
        if kind == Kind::Switch {
            return Self::Switch(typed::untouched(subject));
        }
        let text = person.map(|person| person.text(field)).unwrap_or_default();
        Self::text(&text, kind.is_multiline() || text.contains('\n'))
    }
}
