//! The palette: every act that there is here, found as one types, with its key, and why it cannot be done now.

use crate::app::editor::TextEditor;
use crate::app::fuzzy;
use crate::app::keymap::Binding;
use crate::app::model::Overlay;

/// The open palette.
#[derive(Clone, Debug)]
pub struct Palette {
    /// What was typed.
    pub query: TextEditor,
    /// The acts of the screen below that have a line here.
    pub bindings: Vec<Binding>,
    /// What matches, best first.
    pub found: Vec<usize>,
    /// The line under the cursor.
    pub at: usize,
    /// What the acts are about, which comes back after it.
    pub below: Option<Box<Overlay>>,
}

impl Palette {
    /// A palette of what is in force.
    pub fn new(bindings: Vec<Binding>, below: Option<Box<Overlay>>) -> Self {
        let mut palette = Self { query: TextEditor::new("", false), bindings, found: Vec::new(), at: 0, below };
        palette.refilter();
        palette
    }

    /// Finds again after the query changed.
    pub fn refilter(&mut self) {
        self.found = fuzzy::find(&self.query.text(), self.bindings.iter().map(|binding| binding.words));
        self.at = 0;
    }

    /// Moves the cursor.
    pub fn go(&mut self, by: i16) {
        self.at = self.at.saturating_add_signed(by.into()).min(self.found.len().saturating_sub(1));
    }

    /// The line under the cursor.
    pub fn taken(&self) -> Option<&Binding> {
        self.found.get(self.at).and_then(|index| self.bindings.get(*index))
    }
}
