//! A few things to choose from, found as one types.

use crate::app::editor::TextEditor;
use crate::app::fuzzy;
use crate::app::msg::Act as Perform;

/// What a person does in a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// By lines; down where positive.
    Move(i16),
    /// Take the line.
    Take,
}

/// The open menu.
#[derive(Clone, Debug)]
pub struct Menu {
    /// What it is about.
    pub title: String,
    /// What was typed.
    pub query: TextEditor,
    /// The lines, and what each does.
    pub items: Vec<(String, Perform)>,
    /// What matches, best first.
    pub found: Vec<usize>,
    /// The line under the cursor.
    pub at: usize,
}

impl Menu {
    /// A menu of these.
    pub fn new(title: impl Into<String>, items: Vec<(String, Perform)>) -> Self {
        let mut menu = Self { title: title.into(), query: TextEditor::new("", false), items, found: Vec::new(), at: 0 };
        menu.refilter();
        menu
    }

    /// Finds again after the query changed.
    pub fn refilter(&mut self) {
        self.found = fuzzy::find(&self.query.text(), self.items.iter().map(|(words, _)| words.as_str()));
        self.at = 0;
    }

    /// Moves the cursor.
    pub fn go(&mut self, by: i16) {
        self.at = self.at.saturating_add_signed(by.into()).min(self.found.len().saturating_sub(1));
    }

    /// What the line under the cursor does.
    pub fn taken(&self) -> Option<Perform> {
        self.found.get(self.at).and_then(|index| self.items.get(*index)).map(|(_, act)| *act)
    }
}
