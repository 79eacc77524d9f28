//! The question for the id or username of a user to open.

use crate::app::editor::TextEditor;
use crate::app::effect::Ticket;
use crate::domain::key::UserKey;
use crate::domain::outcome::ReadFault;

/// What a person does at the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Read the user.
    Take,
    /// Update without having read: only what is typed is sent.
    Blind,
}

/// The open question.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is being written.
    pub editor: TextEditor,
    /// How far it is.
    pub state: State,
    /// A new user shall be begun like that one.
    pub clone: bool,
}

/// How far the question is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// The agent writes.
    #[default]
    Asking,
    /// The user is being read.
    Reading(Ticket, UserKey),
    /// The text is no key; in words.
    Wrong(String),
    /// The user could not be read.
    Failed(UserKey, ReadFault),
}

impl Question {
    /// An empty question.
    pub fn new() -> Self {
        Self { editor: TextEditor::new("", false), state: State::Asking, clone: false }
    }

    /// A question whose answer fills a new form.
    pub fn to_clone() -> Self {
        Self { clone: true, ..Self::new() }
    }

    /// The key on which the agent may insist: nobody was found, or the tenant cannot show anybody (api.md 7, row 7).
    pub fn may_insist(&self) -> Option<&UserKey> {
        match &self.state {
            State::Failed(key, ReadFault::NotFound | ReadFault::NoService(_)) => Some(key),
            State::Failed(_, ReadFault::Failed(_) | ReadFault::SomeoneElse(_))
            | State::Asking
            | State::Reading(..)
            | State::Wrong(_) => None,
        }
    }
}

impl Default for Question {
    fn default() -> Self {
        Self::new()
    }
}
