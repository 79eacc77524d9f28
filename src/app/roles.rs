//! The role matrix: sections down, roles across.
//!
//! The cursor is a section and one of that section's own roles, so that a cell that does not exist cannot be reached:
//! there is no value for it.

use crate::domain::roles::{Catalogue, Role, RoleGrid, Section};

/// The matrix and its cursor.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// What the user has and shall have.
    pub grid: RoleGrid,
    section: usize,
    role: usize,
}

/// What a person does in the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// One section up.
    Up,
    /// One section down.
    Down,
    /// One role to the left.
    Left,
    /// One role to the right.
    Right,
    /// Give or take the role; asks first where it is a grave one.
    Toggle,
    /// Give or take the role, asked or not.
    ToggleAnyway,
    /// Put the section back to what was read.
    Untouch,
}

impl Matrix {
    /// A matrix of what was read.
    pub fn new(grid: RoleGrid) -> Self {
        Self { grid, section: 0, role: 0 }
    }

    /// Where the cursor is.
    pub fn at<'a>(&self, catalogue: &'a Catalogue) -> Option<(&'a Section, &'a Role)> {
        let section = catalogue.sections().get(self.section)?;
        Some((section, section.roles.get(self.role)?))
    }

    /// Moves, gives, takes. Whether a grave change was agreed to is the caller's affair.
    pub fn act(&mut self, act: Act, catalogue: &Catalogue) {
        let Some((section, role)) = self.at(catalogue) else {
            return;
        };
        match act {
            Act::Up => self.go_to_section(self.section.saturating_sub(1), catalogue),
            Act::Down => self.go_to_section((self.section + 1).min(catalogue.sections().len() - 1), catalogue),
            Act::Left => self.role = self.role.saturating_sub(1),
            Act::Right => self.role = (self.role + 1).min(section.roles.len() - 1),
            Act::Toggle | Act::ToggleAnyway => {
                self.grid.toggle(section, &role.key);
            }
            Act::Untouch => self.grid.untouch(&section.key),
        }
    }

    /// The question to ask before a toggle, if the role is one that is given and taken with care.
    pub fn question(&self, catalogue: &Catalogue, who: &str) -> Option<String> {
        let (section, role) = self.at(catalogue).filter(|(_, role)| role.grave)?;
        Some(if self.grid.has(&section.key, &role.key) {
            format!("Take {} in {} away from {who}?", role.label, section.label)
        } else {
            format!("Make {who} {} in {}?", role.label, section.label)
        })
    }

    /// To another section, as near to the same column as that section has one.
    fn go_to_section(&mut self, to: usize, catalogue: &Catalogue) {
        let columns = catalogue.columns();
        let column_of = |key: &str| columns.iter().position(|column| column.key == key).unwrap_or_default();
        let here = self.at(catalogue).map_or(0, |(_, role)| column_of(&role.key));
        let roles = &catalogue.sections()[to].roles;
        let nearest = (0..roles.len()).min_by_key(|index| column_of(&roles[*index].key).abs_diff(here));
        (self.section, self.role) = (to, nearest.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::app::testing::catalogue;
    use crate::domain::roles::Roles;

    fn at(matrix: &Matrix) -> (String, String) {
        let catalogue = catalogue();
        let (section, role) = matrix.at(&catalogue).expect("the cursor is on a cell");
        (section.key.clone(), role.key.clone())
    }

    #[test]
    fn down_keeps_to_the_column_where_there_is_one() {
        let (catalogue, mut matrix) = (catalogue(), Matrix::default());
        for act in [Act::Right, Act::Down] {
            matrix.act(act, &catalogue);
        }
        assert_eq!(at(&matrix), ("training".into(), "admin".into()));
        for act in [Act::Left, Act::Down] {
            matrix.act(act, &catalogue);
        }
        assert_eq!(at(&matrix).0, "social");
    }

    #[test]
    fn a_grave_role_asks_in_both_directions() {
        let (catalogue, mut matrix) = (catalogue(), Matrix::default());
        assert_eq!(matrix.question(&catalogue, "Marta"), None);
        matrix.act(Act::Right, &catalogue);
        assert_eq!(matrix.question(&catalogue, "Marta").as_deref(), Some("Make Marta admin in management?"));
        matrix.act(Act::ToggleAnyway, &catalogue);
        assert_eq!(matrix.question(&catalogue, "Marta").as_deref(), Some("Take admin in management away from Marta?"));
    }

    proptest! {
        #[test]
        fn no_keys_reach_a_cell_or_give_a_role_that_does_not_exist(keys in prop::collection::vec(0..7_usize, 0..200)) {
            const ACTS: [Act; 7] = [Act::Up, Act::Down, Act::Left, Act::Right, Act::Toggle, Act::ToggleAnyway, Act::Untouch];
            let loaded = Roles::from([("training".into(), ["user".to_owned()].into())]);
            let (catalogue, mut matrix) = (catalogue(), Matrix::new(RoleGrid::new(loaded)));
            for key in keys {
                matrix.act(ACTS[key], &catalogue);
                prop_assert!(matrix.at(&catalogue).is_some());
                for change in matrix.grid.changes(&catalogue) {
                    let section = catalogue.section(&change.section).expect("a section of the catalogue");
                    prop_assert!(change.wanted.iter().all(|role| section.role(role).is_some()));
                    prop_assert!(!change.added.is_empty() || !change.removed.is_empty());
                }
            }
        }
    }
}
