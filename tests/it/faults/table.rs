//! The table as it stands in `tests/faults.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What stands in an edit for the condition under which the guard is off.
pub const OFF: &str = "{off}";

/// The variable that says which guard is off, in the copy of `cargo bench --bench controls`.
pub const SWITCH: &str = "NETEX_USERS_OFF";

/// Every fault, by its number in faults.md.
pub type Table = BTreeMap<u32, Fault>;

/// One fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `S1` to `S3`.
    pub severity: String,
    /// What goes wrong.
    #[serde(rename = "fault")]
    pub what: String,
    /// The tests, each as its file and its name.
    pub tests: Vec<String>,
    /// A test that finds what happens without the guard.
    pub control: Option<String>,
    /// What switches the guard off.
    #[serde(default)]
    pub off: Vec<Edit>,
    /// The fault whose edits switch it off too.
    pub off_as: Option<u32>,
    /// What tries it for longer.
    pub command: Option<String>,
    /// Why there is no test, or what it does not reach.
    pub reason: Option<String>,
}

/// One place of the sources.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The file.
    pub file: String,
    /// What stands there, once.
    pub from: String,
    /// What stands there instead; [`OFF`] in it becomes a condition.
    pub to: String,
}

impl Fault {
    /// Whether it has a test and something that shows that the test would see it.
    pub fn is_controlled(&self) -> bool {
        !self.tests.is_empty() && (self.control.is_some() || !self.off.is_empty() || self.off_as.is_some())
    }
}

/// The table of this repository.
pub fn read() -> Table {
    let text = include_str!("../../faults.toml");
    let table: BTreeMap<String, Fault> = toml::from_str(text).expect("the table of faults is sound");
    table.into_iter().map(|(number, fault)| (number.parse().expect("a number"), fault)).collect()
}
