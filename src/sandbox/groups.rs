//! The groups that people are in, for reading alone: `assets/sandbox/groups.toml` (api.md 5, "A user's groups").
//!
//! Nobody is put into a group or taken out of it here: these services have no stored page, or another row of the table. A person who is
//! created later is in none.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::sandbox::numbers::{common_id, scrambled};

const GROUPS: &str = include_str!("../../assets/sandbox/groups.toml");

/// Beyond every number of a person: the common id of a group is nobody's.
const FIRST: u32 = 0x8000_0000;

/// Every group, in the order of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    code: String,
    name: String,
    description: Option<String>,
    parent: Option<String>,
    external: Option<String>,
    people: Option<(u64, u64)>,
    role: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, Vec<String>>,
}

impl Groups {
    /// Reads the groups.
    ///
    /// # Errors
    /// The built-in file cannot be read, which a test rules out.
    pub fn read() -> Result<Self, String> {
        toml::from_str(GROUPS).map_err(|error| error.to_string())
    }

    /// The groups of the person of this number, who has these fields, as the service shows them.
    pub fn of(&self, number: u32, fields: &Map<String, Value>) -> Vec<Value> {
        let is_in =
            |group: &&Group| self.has_drawn(group, number) || group.role.as_ref().is_some_and(|role| has(fields, role));
        self.group.iter().filter(is_in).map(|group| self.shown(group)).collect()
    }

    /// The lot is one for all groups of a parent, so that nobody is in two of them.
    fn has_drawn(&self, group: &Group, number: u32) -> bool {
        let salt = self.place(group.parent.as_deref()).map_or(0, u64::from);
        let lot = scrambled(number, 200 + salt) % 100;
        group.people.is_some_and(|(from, below)| (from..below).contains(&lot))
    }

    /// With the vendor's spelling of the parent.
    fn shown(&self, group: &Group) -> Value {
        let id = |code: Option<&str>| self.place(code).map(|place| common_id(FIRST + place));
        json!({
            "codGroup": group.code,
            "commonId": id(Some(&group.code)),
            "description": group.description,
            "externalId": group.external,
            "name": group.name,
            "parentCommondId": id(group.parent.as_deref()),
            "roles": group.roles,
        })
    }

    fn place(&self, code: Option<&str>) -> Option<u32> {
        let place = self.group.iter().position(|group| Some(group.code.as_str()) == code)?;
        u32::try_from(place).ok()
    }
}

/// Whether somebody has a role, written as `section/role`.
fn has(fields: &Map<String, Value>, role: &str) -> bool {
    let (section, role) = role.split_once('/').unwrap_or_default();
    let roles = fields.get("roles").and_then(|roles| roles.get(section)).and_then(Value::as_array);
    roles.is_some_and(|roles| roles.iter().any(|known| known == role))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(groups: &[Value]) -> Vec<&str> {
        groups.iter().map(|group| group["codGroup"].as_str().expect("a code")).collect()
    }

    #[test]
    fn the_groups_of_the_file_hang_together() {
        let groups = Groups::read().unwrap();
        for (at, group) in groups.group.iter().enumerate() {
            assert!(groups.place(Some(&group.code)).is_some_and(|place| place as usize == at), "{}: twice", group.code);
            if let Some(parent) = &group.parent {
                assert!(groups.place(Some(parent)).is_some_and(|place| (place as usize) < at), "{}", group.code);
            }
            assert!(group.people.is_none_or(|(from, below)| from < below && below <= 100), "{}", group.code);
        }
    }

    #[test]
    fn most_people_are_in_one_department_and_some_in_nothing() {
        let groups = Groups::read().unwrap();
        let nobody = Map::new();
        let departments = ["ACME-SAL", "ACME-CUS", "ACME-OPE", "ACME-LOG", "ACME-FIN", "ACME-PEO", "ACME-ITS"];
        let mut counts = [0; 4];
        for number in 1..=1000 {
            let of = groups.of(number, &nobody);
            let codes = codes(&of);
            assert!(codes.iter().filter(|code| departments.contains(code)).count() <= 1, "{number}: {codes:?}");
            counts[codes.len()] += 1;
        }
        assert!(counts[0] > 30 && counts[1] > 700 && counts[2] > 50 && counts[3] == 0, "{counts:?}");
    }

    #[test]
    fn a_role_puts_everybody_who_has_it_into_its_group() {
        let groups = Groups::read().unwrap();
        let fields = |roles: Value| Map::from_iter([("roles".to_owned(), roles)]);
        let number = (1..1000).find(|number| groups.of(*number, &Map::new()).is_empty()).expect("somebody in no group");
        let of = groups.of(number, &fields(json!({"management": ["user", "admin"], "training": ["trainer"]})));
        assert_eq!(codes(&of), ["ACME-TRA", "ACME-ADM"]);
        assert!(groups.of(number, &fields(json!({"training": ["user"], "social": ["trainer", "admin"]}))).is_empty());
    }
}
