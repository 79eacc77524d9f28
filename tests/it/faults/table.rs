//! The table as it stands in `tests/faults.toml`, and as it is shown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

/// What stands in an edit for the condition under which the guard is off.
pub const OFF: &str = "{off}";

/// Every fault, by its number in faults.md.
pub type Table = BTreeMap<u32, Fault>;

/// One fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `S1` to `S3`.
    pub severity: String,
    /// What goes wrong.
    pub fault: String,
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

/// The table for people.
pub fn shown(table: &Table) -> String {
    let with = |wanted: fn(&Fault) -> bool| table.values().filter(|fault| wanted(fault)).count();
    let grave = with(|fault| fault.severity == "S1");
    let mut out = String::from(
        "# The 100 faults\n\nMade from `tests/faults.toml` by `tests/it/faults.rs`; do not edit it here.\n\n",
    );
    let _ = write!(
        out,
        "{} of {} have a test, {} of them with a control that fails: {} of the {grave} grave ones (S1). \"Off\" means that the test itself \
         fails where the guard in that file is switched off, which `cargo bench --bench controls` does; other controls are tests that do \
         the same without the guard.\n\n| # | | fault | tests | control |\n|---|---|---|---|---|\n",
        with(|fault| !fault.tests.is_empty()),
        table.len(),
        with(Fault::is_controlled),
        with(|fault| fault.severity == "S1" && fault.is_controlled()),
    );
    for (number, fault) in table {
        let _ = writeln!(
            out,
            "| {number} | {} | {} | {} | {} |",
            fault.severity,
            fault.fault.replace('|', "\\|"),
            tests(fault),
            control(table, fault)
        );
    }
    out
}

fn tests(fault: &Fault) -> String {
    let named = fault.tests.iter().map(|test| name(test));
    let command = fault.command.iter().map(|command| format!("and for longer `cargo bench --bench {command}`"));
    let command = command.map(|words| words.replacen(" --", " -- --", 2).replacen("-- --bench", "--bench", 1));
    let reason = fault
        .reason
        .iter()
        .map(|reason| if fault.tests.is_empty() { format!("none: {reason}") } else { format!("but {reason}") });
    named.chain(command).chain(reason).collect::<Vec<_>>().join("; ")
}

fn control(table: &Table, fault: &Fault) -> String {
    let edits = fault.off_as.and_then(|other| table.get(&other)).unwrap_or(fault);
    let files: std::collections::BTreeSet<&str> = edits.off.iter().map(|edit| edit.file.as_str()).collect();
    let off = files.into_iter().map(|file| format!("off in `{file}`"));
    fault.control.iter().map(|test| name(test)).chain(off).collect::<Vec<_>>().join("; ")
}

fn name(test: &str) -> String {
    let (file, name) = test.split_once(' ').unwrap_or(("", test));
    format!("`{file}` {}", name.replace('_', " "))
}
