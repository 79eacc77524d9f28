//! The table as `tests/invariants.md` shows it.

use std::fmt::Write as _;

use super::{CHECKS, Check, INVARIANTS};

/// The table for people.
pub fn markdown() -> String {
    let after = (1..=24_u8).filter(|number| checks(*number).next().is_some()).count();
    let mut out = String::from(
        "# The 24 invariants\n\nMade from `tests/it/support/invariants.rs` by its tests; do not edit it here.\n\n",
    );
    let _ = write!(
        out,
        "{after} of {} are looked at after each test of the harnesses that have the material: a terminal (`support/pty.rs`), a command \
         (`support/hermetic.rs`, `commands.rs`, `acts.rs`), a server that writes down what it is asked, and the layers in one process with \
         a journal. The others have tests of their own.\n\n| | what holds | after each test | tests of its own | not looked at after each \
         test |\n|---|---|---|---|---|\n",
        INVARIANTS.len(),
    );
    for (number, invariant) in (1..).zip(&INVARIANTS) {
        let after: Vec<String> = checks(number).map(line).collect();
        let own: Vec<String> = invariant.own.iter().map(|test| name(test)).collect();
        let _ = writeln!(
            out,
            "| I-{number} | {} | {} | {} | {} |",
            invariant.what,
            after.join("; "),
            own.join("; "),
            invariant.rest
        );
    }
    out.push_str("\nEach check is shown a breach:\n\n");
    for check in &CHECKS {
        let of = check.of.iter().map(|number| format!("I-{number}")).collect::<Vec<_>>().join(", ");
        let controls: Vec<String> = check.controls.iter().map(|test| name(test)).collect();
        let _ = writeln!(out, "* {of}: {}", controls.join("; "));
    }
    out
}

/// The checks of an invariant.
pub fn checks(number: u8) -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().filter(move |check| check.of.contains(&number))
}

fn line(check: &Check) -> String {
    let harnesses: Vec<&str> = check.harnesses.iter().map(|harness| harness.word()).collect();
    format!("({}) {}", harnesses.join(", "), check.what)
}

fn name(test: &str) -> String {
    let (file, name) = test.split_once(' ').unwrap_or(("", test));
    format!("`{file}` {}", name.replace('_', " "))
}
