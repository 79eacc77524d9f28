//! Roles: what a section allows (the catalogue, read from data), and what one user has and shall have (the grid).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::field::Operation;

/// The roles of a user, by section. A section that is not there is one that the server did not name.
pub type Roles = BTreeMap<String, BTreeSet<String>>;

/// One role of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The API's word.
    pub key: String,
    /// What the screen calls it.
    pub label: String,
    /// One sentence on what it allows.
    pub help: String,
    /// Whether giving or taking it asks again.
    pub grave: bool,
}

/// A section of the learning platform with the roles that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The API's word.
    pub key: String,
    /// What the screen calls it.
    pub label: String,
    /// The roles, in the order in which they are sent.
    pub roles: Vec<Role>,
    /// Whether the tenant's revision wants at least one role here (api.md 4.2, 4.3): then create cannot go without, and update sends the
    /// section in any case.
    pub needs_one: bool,
}

/// The sections of one revision and one operation, in the order of the screen. Data: `assets/roles.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    sections: Vec<Section>,
}

impl Catalogue {
    /// Takes the sections as they were read. [`crate::codec::roles`] has checked them.
    pub fn new(sections: Vec<Section>) -> Self {
        Self { sections }
    }

    /// The sections, in the order of the screen.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// A section by its key.
    pub fn section(&self, key: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.key == key)
    }

    /// The columns of the matrix: every role once, a role that several sections share standing where the first of them has it, and so
    /// that no section's own order is broken.
    pub fn columns(&self) -> Vec<&Role> {
        let mut columns: Vec<&Role> = Vec::new();
        for section in &self.sections {
            let mut at = 0;
            for role in &section.roles {
                if let Some(there) = columns.iter().position(|column| column.key == role.key) {
                    at = there.max(at) + 1;
                } else {
                    columns.insert(at, role);
                    at += 1;
                }
            }
        }
        columns
    }
}

/// The catalogues of one revision: in the latest, create and update differ (api.md 4.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogues {
    /// For a user that does not exist yet.
    pub create: Catalogue,
    /// For one that does.
    pub update: Catalogue,
}

impl Catalogues {
    /// The catalogue that an operation follows.
    pub fn of(&self, operation: Operation) -> &Catalogue {
        match operation {
            Operation::Create => &self.create,
            Operation::Update => &self.update,
        }
    }
}

impl Section {
    /// A role of this section by its key.
    pub fn role(&self, key: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.key == key)
    }
}

/// What one user has, and what they shall have. For each section either untouched, or the full wanted list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleGrid {
    loaded: Roles,
    wanted: Roles,
}

/// How one section shall change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChange {
    /// The section's key.
    pub section: String,
    /// The full list that is sent.
    pub wanted: Vec<String>,
    /// Roles that the user did not have.
    pub added: Vec<String>,
    /// Roles that the user loses.
    pub removed: Vec<String>,
}

impl RoleGrid {
    /// A grid of what was read; empty for a user that does not exist yet.
    pub fn new(loaded: Roles) -> Self {
        Self { loaded, wanted: Roles::new() }
    }

    /// A grid of nobody yet, that wants what somebody else has, as far as the catalogue knows it.
    pub fn wanting(roles: &Roles, catalogue: &Catalogue) -> Self {
        let mut grid = Self::default();
        for section in catalogue.sections() {
            if let Some(roles) = roles.get(&section.key) {
                grid.want(section, roles);
            }
        }
        grid
    }

    /// A grid of what was read and of what was wanted once: a section that is already so is untouched.
    pub fn resumed(loaded: Roles, wanted: Roles) -> Self {
        let mut grid = Self { loaded: Roles::new(), wanted };
        grid.rebase(loaded);
        grid
    }

    /// The touched sections, each with the full wanted list.
    pub fn wanted(&self) -> &Roles {
        &self.wanted
    }

    /// What the server named for a section.
    pub fn loaded(&self, section: &str) -> Option<&BTreeSet<String>> {
        self.loaded.get(section)
    }

    /// Whether the section will be sent.
    pub fn is_touched(&self, section: &str) -> bool {
        self.wanted.contains_key(section)
    }

    /// Whether any section will be sent.
    pub fn is_any_touched(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// What the user shall have in a section: the touched list, or what was read; nothing where neither is known ("not set").
    pub fn current(&self, section: &str) -> Option<&BTreeSet<String>> {
        self.wanted.get(section).or_else(|| self.loaded.get(section))
    }

    /// Whether the user shall have a role.
    pub fn has(&self, section: &str, role: &str) -> bool {
        self.current(section).is_some_and(|roles| roles.contains(role))
    }

    /// Gives or takes a role. A section that is back to what was read is untouched again. A role that the section does not have changes
    /// nothing, and answers false.
    pub fn toggle(&mut self, section: &Section, role: &str) -> bool {
        if section.role(role).is_none() {
            return false;
        }
        let mut roles = self.current(&section.key).cloned().unwrap_or_default();
        if !roles.remove(role) {
            roles.insert(role.to_owned());
        }
        if self.loaded.get(&section.key).map_or(roles.is_empty(), |loaded| *loaded == roles) {
            self.wanted.remove(&section.key);
        } else {
            self.wanted.insert(section.key.clone(), roles);
        }
        true
    }

    /// Wants exactly these roles of a section, as far as it has them; a role that the section does not know stays as it is.
    pub fn want(&mut self, section: &Section, roles: &BTreeSet<String>) {
        for role in &section.roles {
            if self.has(&section.key, &role.key) != roles.contains(&role.key) {
                self.toggle(section, &role.key);
            }
        }
    }

    /// Takes what was read afresh as the new ground: what is wanted stays wanted, and is untouched where it is already so.
    pub fn rebase(&mut self, loaded: Roles) {
        self.loaded = loaded;
        let loaded = &self.loaded;
        self.wanted.retain(|section, roles| loaded.get(section).map_or(!roles.is_empty(), |had| had != roles));
    }

    /// Puts a section back to untouched.
    pub fn untouch(&mut self, section: &str) {
        self.wanted.remove(section);
    }

    /// The touched sections in the catalogue's order. A role that was read but that the catalogue does not know is kept: the list that is
    /// sent is the whole list, and leaving it out would take it away.
    pub fn changes(&self, catalogue: &Catalogue) -> Vec<RoleChange> {
        catalogue
            .sections()
            .iter()
            .filter_map(|section| {
                let wanted = self.wanted.get(&section.key)?;
                let loaded = self.loaded.get(&section.key).cloned().unwrap_or_default();
                Some(RoleChange {
                    section: section.key.clone(),
                    wanted: in_order(section, wanted),
                    added: in_order(section, &wanted.difference(&loaded).cloned().collect()),
                    removed: in_order(section, &loaded.difference(wanted).cloned().collect()),
                })
            })
            .collect()
    }

    /// An untouched section as it was read, for a revision that wants it sent in any case.
    pub fn echo(&self, section: &Section) -> Option<RoleChange> {
        if self.is_touched(&section.key) {
            return None;
        }
        let loaded = self.loaded.get(&section.key).filter(|roles| !roles.is_empty())?;
        Some(RoleChange {
            section: section.key.clone(),
            wanted: in_order(section, loaded),
            added: Vec::new(),
            removed: Vec::new(),
        })
    }
}

/// The catalogue's order, then what the catalogue does not know.
pub(in crate::domain) fn in_order(section: &Section, roles: &BTreeSet<String>) -> Vec<String> {
    let known = section.roles.iter().map(|role| &role.key).filter(|key| roles.contains(*key));
    let unknown = roles.iter().filter(|key| section.role(key).is_none());
    known.chain(unknown).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(key: &str, roles: &[&str]) -> Section {
        let role =
            |key: &&str| Role { key: (*key).into(), label: (*key).into(), help: String::new(), grave: *key == "admin" };
        Section { key: key.into(), label: key.into(), roles: roles.iter().map(role).collect(), needs_one: false }
    }

    fn catalogue() -> Catalogue {
        Catalogue::new(vec![
            section("management", &["user", "admin"]),
            section("training", &["user", "trainer", "admin"]),
            section("social", &["user", "admin"]),
            section("play", &["user", "admin"]),
        ])
    }

    fn roles(pairs: &[(&str, &[&str])]) -> Roles {
        pairs.iter().map(|(key, roles)| ((*key).into(), roles.iter().map(|role| (*role).into()).collect())).collect()
    }

    #[test]
    fn columns_keep_every_sections_order() {
        let keys: Vec<_> = catalogue().columns().iter().map(|role| role.key.clone()).collect();
        assert_eq!(keys, ["user", "trainer", "admin"]);
    }

    #[test]
    fn an_untouched_grid_changes_nothing() {
        let grid = RoleGrid::new(roles(&[("training", &["user"])]));
        assert_eq!(grid.changes(&catalogue()), []);
    }

    #[test]
    fn a_touched_section_is_sent_as_the_whole_list_with_what_the_catalogue_does_not_know() {
        let catalogue = catalogue();
        let mut grid = RoleGrid::new(roles(&[("training", &["user", "groupadmin"]), ("social", &["user"])]));
        assert!(grid.toggle(&catalogue.sections()[1], "trainer"));
        assert!(grid.toggle(&catalogue.sections()[1], "user"));
        assert_eq!(
            grid.changes(&catalogue),
            [RoleChange {
                section: "training".into(),
                wanted: vec!["trainer".into(), "groupadmin".into()],
                added: vec!["trainer".into()],
                removed: vec!["user".into()],
            }]
        );
    }

    #[test]
    fn toggled_back_is_untouched() {
        let catalogue = catalogue();
        let mut grid = RoleGrid::new(roles(&[("social", &["user"])]));
        for (section, role) in [(2, "admin"), (2, "admin"), (0, "user"), (0, "user")] {
            grid.toggle(&catalogue.sections()[section], role);
        }
        assert!(!grid.is_any_touched());
    }

    #[test]
    fn a_role_that_a_section_does_not_have_cannot_be_given() {
        let catalogue = catalogue();
        let mut grid = RoleGrid::default();
        assert!(!grid.toggle(&catalogue.sections()[0], "trainer"));
        assert!(!grid.is_any_touched());
    }
}
