//! The table of the 100 faults: `tests/faults.toml` says which test shows that the program stands each and what shows that the test would
//! see it, and `tests/faults.md` is made of it.
//!
//! It is checked that every test is there, that what switches a guard off can still be put into the sources, and that no grave fault is
//! without a test or a reason. That the tests fail with their guards off is tried by `cargo bench --bench controls`.

pub mod shown;
mod supply;
pub mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use table::{Fault, Table};

const TOP: &str = env!("CARGO_MANIFEST_DIR");

/// How many faults have a test and a control at least.
const AT_LEAST: usize = 98;

fn text(file: &str) -> Option<String> {
    fs::read_to_string(Path::new(TOP).join(file)).ok()
}

/// Everything that is wrong with a table.
fn wrong(table: &Table, text: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    if !table.keys().copied().eq(1..=100) {
        found.push("the faults are not those from 1 to 100".to_owned());
    }
    for (number, fault) in table {
        let mut say = |words: String| found.push(format!("fault {number}: {words}"));
        if !matches!(fault.severity.as_str(), "S1" | "S2" | "S3") {
            say(format!("{} is no severity", fault.severity));
        }
        for named in fault.tests.iter().chain(&fault.control) {
            if !is_a_test(named, text) {
                say(format!("there is no test {named}"));
            }
        }
        for edit in &fault.off {
            let places = text(&edit.file).map_or(0, |text| text.matches(&edit.from).count());
            if places != 1 || !edit.to.contains(table::OFF) || edit.from == edit.to {
                say(format!("the guard in {} cannot be switched off: it stands there {places} times", edit.file));
            }
        }
        if fault.off_as.is_some_and(|other| table.get(&other).is_none_or(|other| other.off.is_empty())) {
            say("what it is switched off with has no edits".to_owned());
        }
        let bench = fault.command.as_deref().and_then(|command| command.split(' ').next());
        let is_there = |bench: &str| {
            text(&format!("benches/{bench}.rs")).or_else(|| text(&format!("benches/{bench}/main.rs"))).is_some()
        };
        if bench.is_some_and(|bench| !is_there(bench)) {
            say(format!("there is no bench {}", bench.unwrap_or_default()));
        }
        if fault.tests.is_empty() && fault.reason.is_none() {
            say("it has neither a test nor a reason".to_owned());
        }
        if fault.severity == "S1" && !fault.is_controlled() && fault.reason.is_none() {
            say("it is grave, and has neither a control nor a reason".to_owned());
        }
    }
    found
}

/// Whether a file has a test of this name: a function with the mark of one among the lines right above it that are marks or documentation.
pub fn is_a_test(named: &str, text: &dyn Fn(&str) -> Option<String>) -> bool {
    let Some((file, name)) = named.split_once(' ') else { return false };
    let Some(text) = text(file) else { return false };
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let Some(at) = lines.iter().position(|line| line.contains(&format!("fn {name}("))) else { return false };
    let above = lines[..at].iter().rev().take_while(|line| line.starts_with('#') || line.starts_with("///"));
    above.into_iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

#[test]
fn every_fault_has_a_test_that_is_there_or_a_reason() {
    let table = table::read();
    assert_eq!(wrong(&table, &text), Vec::<String>::new());
    let controlled = table.values().filter(|fault| fault.is_controlled()).count();
    assert!(controlled >= AT_LEAST, "only {controlled} have a test and a control");
}

#[test]
fn the_table_for_people_is_the_one_that_is_made() {
    let wanted = shown::markdown(&table::read());
    if text("tests/faults.md").as_deref() != Some(&wanted) {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults.md");
        fs::write(&made, wanted).unwrap();
        panic!("tests/faults.md is old: take {}", made.display());
    }
}

/// What breaks a row of a table.
type Change<'a> = &'a dyn Fn(&mut Fault);

#[test]
fn a_table_with_a_hole_is_found() {
    let whole = || {
        let fault = Fault {
            severity: "S1".into(),
            what: "x".into(),
            tests: vec!["a.rs it_holds".into()],
            control: Some("a.rs it_holds".into()),
            off: Vec::new(),
            off_as: None,
            command: None,
            reason: None,
        };
        (1..=100).map(|number| (number, fault.clone())).collect::<BTreeMap<u32, Fault>>()
    };
    let text = |file: &str| {
        (file == "a.rs").then(|| "#[test]\nfn it_holds() {\n    guard()\n}\n\nfn helper() {}\n".to_owned())
    };
    assert_eq!(wrong(&whole(), &text), Vec::<String>::new());
    let edit = |from: &str, to: &str| table::Edit { file: "a.rs".into(), from: from.into(), to: to.into() };
    let changes: [(&str, Change<'_>); 8] = [
        ("there is no test b.rs it_holds", &|fault| fault.tests = vec!["b.rs it_holds".into()]),
        ("there is no test a.rs helper", &|fault| fault.control = Some("a.rs helper".into())),
        ("it has neither a test nor a reason", &|fault| fault.tests.clear()),
        ("it is grave, and has neither a control nor a reason", &|fault| fault.control = None),
        ("it stands there 0 times", &|fault| fault.off = vec![edit("gone()", "{off}")]),
        ("cannot be switched off", &|fault| fault.off = vec![edit("guard()", "nothing()")]),
        ("has no edits", &|fault| fault.off_as = Some(3)),
        ("there is no bench kill", &|fault| fault.command = Some("kill --all".into())),
    ];
    for (words, change) in changes {
        let mut table = whole();
        change(table.get_mut(&7).unwrap());
        let found = wrong(&table, &text).join("; ");
        assert!(found.contains(words), "{words}: {found}");
    }
    let mut short = whole();
    short.remove(&100);
    assert_eq!(wrong(&short, &text).len(), 1);
}
