//! The list of languages or time zones: found as one types, and a code that is not in it is taken as written.

use crate::app::editor::TextEditor;
use crate::app::effect::Ticket;
use crate::app::fuzzy;
use crate::domain::fields::Field;

/// The languages that the vendor's pages name (api.md 6); they stand first because a tenant is likely to have them enabled.
const LIKELY: [&str; 5] = ["es", "en", "pt", "it", "gl"];

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What goes into the field.
    pub code: String,
    /// What it means.
    pub label: String,
}

/// The open list.
#[derive(Clone, Debug)]
pub struct Chooser {
    /// The field that it fills.
    pub field: Field,
    /// What was typed.
    pub query: TextEditor,
    /// Everything that can be chosen.
    pub items: Vec<Item>,
    /// What matches, best first.
    pub found: Vec<usize>,
    /// The line under the cursor: the matches, and after them the text as written where it is none of them.
    pub at: usize,
    /// The list is still being read.
    pub waiting: Option<Ticket>,
}

/// What a person does in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// By lines; down where positive.
    Move(i16),
    /// Take the line.
    Take,
}

impl Chooser {
    /// The list for a field, with the cursor on what stands there now.
    pub fn new(field: Field, current: &str, items: Vec<Item>, waiting: Option<Ticket>) -> Self {
        let mut chooser = Self { field, query: TextEditor::new("", false), items, found: Vec::new(), at: 0, waiting };
        chooser.refilter();
        chooser.at = chooser.items.iter().position(|item| item.code == current).unwrap_or_default();
        chooser
    }

    /// Finds again after the query or the list changed.
    pub fn refilter(&mut self) {
        let texts: Vec<String> = self.items.iter().map(|item| format!("{} {}", item.code, item.label)).collect();
        self.found = fuzzy::find(&self.query.text(), texts.iter().map(String::as_str));
        self.at = 0;
    }

    /// The text as written, where it is not one of the codes: it can be taken by hand.
    pub fn by_hand(&self) -> Option<String> {
        let text = self.query.text().trim().to_owned();
        (!text.is_empty() && !self.items.iter().any(|item| item.code == text)).then_some(text)
    }

    /// How many lines there are to go through.
    pub fn len(&self) -> usize {
        self.found.len() + usize::from(self.by_hand().is_some())
    }

    /// Whether there is nothing to choose.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Moves the cursor.
    pub fn go(&mut self, by: i16) {
        self.at = self.at.saturating_add_signed(by.into()).min(self.len().saturating_sub(1));
    }

    /// What the line under the cursor puts into the field.
    pub fn taken(&self) -> Option<String> {
        match self.found.get(self.at) {
            Some(index) => Some(self.items[*index].code.clone()),
            None => self.by_hand(),
        }
    }
}

/// Every language that has a code of two letters, the likely ones first.
pub fn languages() -> Vec<Item> {
    let mut items: Vec<Item> = isolang::languages()
        .filter_map(|language| {
            let code = language.to_639_1()?.to_owned();
            Some(Item { code, label: plain_name(language.to_name()).to_owned() })
        })
        .collect();
    items.sort_by_key(|item| {
        (LIKELY.iter().position(|code| *code == item.code).unwrap_or(LIKELY.len()), item.label.clone())
    });
    items
}

/// What a language code means, by its first part.
pub fn language_name(code: &str) -> Option<&'static str> {
    let primary = code.split(['-', '_']).next()?.to_lowercase();
    isolang::Language::from_639_1(&primary).map(|language| plain_name(language.to_name()))
}

/// The list calls Greek "Modern Greek (1453-)": the years are of no use here.
fn plain_name(name: &str) -> &str {
    name.split(" (").next().unwrap_or(name)
}

/// The time zones as lines of the list.
pub fn zones(names: Vec<String>) -> Vec<Item> {
    names.into_iter().map(|code| Item { code, label: String::new() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likely_languages_stand_first_and_all_have_two_letters() {
        let items = languages();
        assert!(items.iter().take(5).map(|item| item.code.as_str()).eq(LIKELY));
        assert!(items.len() > 150 && items.iter().all(|item| item.code.len() == 2));
        assert_eq!(language_name("pt-BR"), Some("Portuguese"));
        assert_eq!(language_name("xx"), None);
    }

    #[test]
    fn a_code_that_is_not_in_the_list_can_be_taken_by_hand() {
        let mut chooser = Chooser::new(Field::Language, "es", languages(), None);
        assert_eq!(chooser.taken().as_deref(), Some("es"));
        chooser.query.paste("pt-BR");
        chooser.refilter();
        chooser.go(100);
        assert_eq!(chooser.taken().as_deref(), Some("pt-BR"));
        chooser.query.replace("galic");
        chooser.refilter();
        assert_eq!(chooser.taken().as_deref(), Some("gl"));
    }
}
