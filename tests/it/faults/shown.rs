//! The table as `tests/faults.md` shows it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::table::{Fault, Table};

/// The table for people.
pub fn markdown(table: &Table) -> String {
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
            fault.what.replace('|', "\\|"),
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
    let files: BTreeSet<&str> = edits.off.iter().map(|edit| edit.file.as_str()).collect();
    let off = files.into_iter().map(|file| format!("off in `{file}`"));
    fault.control.iter().map(|test| name(test)).chain(off).collect::<Vec<_>>().join("; ")
}

fn name(test: &str) -> String {
    let (file, name) = test.split_once(' ').unwrap_or(("", test));
    format!("`{file}` {}", name.replace('_', " "))
}
