//! `assets/roles.toml`, or a tenant's own file of that shape, to catalogues.
//!
//! Every fault is reported, with its line, not the first alone: whoever edits such a file mends it in one go. Only a text that is not
//! TOML, or not of this shape, stops at its first fault: there is nothing believable to look at after it. The file's own path is for the
//! caller to say.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use crate::domain::field::{Operation, Revision};
use crate::domain::roles::{Catalogue, Catalogues, Role, Section};
use crate::domain::untrusted::visible;

/// The roles that the vendor's pages document (api.md 4.4).
pub const BUILT_IN: &str = include_str!("../../assets/roles.toml");

/// The sections of one revision, for each operation.
///
/// The whole file is checked, not only the lists that are asked for; but a tenant's own file need not know the other revisions.
///
/// # Errors
/// Every fault of the text, in words and with its line.
pub fn catalogues(text: &str, revision: Revision) -> Result<Catalogues, Vec<String>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        vec![format!("line {line}: {}", visible(error.message()))]
    })?;
    let mut check = Check { text, file: &file, faults: Vec::new() };
    check.words();
    check.lists();
    check.revisions(revision);
    check.faults.sort();
    if !check.faults.is_empty() {
        return Err(check.faults.into_iter().map(|(line, what)| format!("line {line}: {what}")).collect());
    }
    Ok(Catalogues { create: file.build(revision, Operation::Create), update: file.build(revision, Operation::Update) })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    revisions: BTreeMap<Spanned<String>, Pages>,
    lists: BTreeMap<Spanned<String>, Vec<Row>>,
    sections: BTreeMap<Spanned<String>, SectionWords>,
    roles: BTreeMap<Spanned<String>, RoleWords>,
}

/// Which list each operation of a revision follows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pages {
    create: Spanned<String>,
    update: Spanned<String>,
}

/// One section of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    section: Spanned<String>,
    roles: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    needs_one: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionWords {
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleWords {
    label: String,
    help: String,
    #[serde(default)]
    grave: bool,
}

impl File {
    /// The catalogue of a file that was checked.
    fn build(&self, revision: Revision, operation: Operation) -> Catalogue {
        let rows = self.revisions.get(revision.word()).map(|pages| match operation {
            Operation::Create => &pages.create,
            Operation::Update => &pages.update,
        });
        let rows = rows.and_then(|list| self.lists.get(list.get_ref().as_str()));
        Catalogue::new(rows.into_iter().flatten().filter_map(|row| self.section(row)).collect())
    }

    fn section(&self, row: &Row) -> Option<Section> {
        let key = row.section.get_ref();
        Some(Section {
            key: key.clone(),
            label: self.sections.get(key.as_str())?.label.clone(),
            roles: row.roles.get_ref().iter().filter_map(|role| self.role(role.get_ref())).collect(),
            needs_one: row.needs_one,
        })
    }

    fn role(&self, key: &str) -> Option<Role> {
        let words = self.roles.get(key)?;
        Some(Role { key: key.to_owned(), label: words.label.clone(), help: words.help.clone(), grave: words.grave })
    }
}

/// The faults found so far, each with its line.
struct Check<'a> {
    text: &'a str,
    file: &'a File,
    faults: Vec<(usize, String)>,
}

impl Check<'_> {
    fn fault<T>(&mut self, at: &Spanned<T>, what: String) {
        self.faults.push((line_of(self.text, at.span().start), what));
    }

    /// Labels and help sentences are there, and nothing hidden is in them: they are shown as they are.
    fn words(&mut self) {
        for (key, words) in &self.file.sections {
            self.shown(key, "section", "label", &words.label);
        }
        for (key, words) in &self.file.roles {
            self.shown(key, "role", "label", &words.label);
            self.shown(key, "role", "help", &words.help);
        }
    }

    fn shown(&mut self, key: &Spanned<String>, kind: &str, what: &str, text: &str) {
        let name = visible(key.get_ref());
        if text.trim().is_empty() {
            self.fault(key, format!("the {kind} \"{name}\" has an empty {what}"));
        }
        if [text, key.get_ref()].into_iter().any(|shown| shown != visible(shown)) {
            self.fault(key, format!("the {kind} \"{name}\" has a hidden character in its name or {what}"));
        }
    }

    fn lists(&mut self) {
        for (name, rows) in &self.file.lists {
            if rows.is_empty() {
                self.fault(name, format!("the list \"{}\" has no section", visible(name.get_ref())));
            }
            let mut seen = BTreeSet::new();
            for row in rows {
                let section = row.section.get_ref();
                if !seen.insert(section) {
                    let name = visible(name.get_ref());
                    self.fault(
                        &row.section,
                        format!("the list \"{name}\" has the section \"{}\" twice", visible(section)),
                    );
                }
                self.row(row);
            }
        }
    }

    fn row(&mut self, row: &Row) {
        let section = row.section.get_ref();
        if !self.file.sections.contains_key(section.as_str()) {
            self.fault(&row.section, format!("the section \"{}\" is not described under [sections]", visible(section)));
        }
        if row.roles.get_ref().is_empty() {
            self.fault(&row.roles, format!("the section \"{}\" has no role", visible(section)));
        }
        let mut seen = BTreeSet::new();
        for role in row.roles.get_ref() {
            let key = role.get_ref();
            if !self.file.roles.contains_key(key.as_str()) {
                self.fault(role, format!("the role \"{}\" is not described under [roles]", visible(key)));
            }
            if !seen.insert(key) {
                self.fault(
                    role,
                    format!("the section \"{}\" has the role \"{}\" twice", visible(section), visible(key)),
                );
            }
        }
    }

    fn revisions(&mut self, wanted: Revision) {
        for (word, pages) in &self.file.revisions {
            if Revision::from_word(word.get_ref()).is_none() {
                let known = Revision::ALL.map(Revision::word).join(", ");
                let word_shown = visible(word.get_ref());
                self.fault(word, format!("there is no revision \"{word_shown}\"; there are: {known}"));
            }
            for list in [&pages.create, &pages.update] {
                if !self.file.lists.contains_key(list.get_ref().as_str()) {
                    self.fault(list, format!("there is no list \"{}\" under [lists]", visible(list.get_ref())));
                }
            }
        }
        if !self.file.revisions.contains_key(wanted.word()) {
            self.faults.push((1, format!("the revision \"{}\" is missing under [revisions]", wanted.word())));
        }
    }
}

/// The line of a byte, counted from 1.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
