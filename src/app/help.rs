//! The page of keys. What stands in it is read off the key map of the screen below.

use crate::app::keymap::Binding;

/// The open page.
#[derive(Clone, Debug)]
pub struct Help {
    /// What was in force when the page was opened.
    pub bindings: Vec<Binding>,
    /// The first line that is shown.
    pub scroll: usize,
}
