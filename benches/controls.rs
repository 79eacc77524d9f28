//! Every guard switched off in its turn: `cargo bench --profile dev --bench controls`. The test that stands first in its row of
//! `tests/faults.toml` then has to fail.
//!
//! The edits are made in a copy of the sources, all at once, each behind a condition that the environment switches; so the copy is built
//! once. With every guard on all the tests have to pass there. `--only 27` tries one fault.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[path = "../tests/it/faults/table.rs"]
mod table;

use table::{Fault, OFF, Table};

/// The variable that says which guard is off.
const VARIABLE: &str = "NETEX_USERS_OFF";

/// What is copied.
const PARTS: [&str; 6] = ["Cargo.toml", "Cargo.lock", "src", "tests", "benches", "assets"];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let only: Option<u32> =
        arguments.iter().skip_while(|argument| *argument != "--only").nth(1).and_then(|text| text.parse().ok());
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = top.join("target/controls");
    let table = table::read();
    fs::create_dir_all(&copy).expect("a folder");
    for part in PARTS {
        copied(&top.join(part), &copy.join(part), part, &table);
    }
    let _ = fs::copy(top.join("README.md"), copy.join("README.md"));
    let Some(binaries) = built(&copy, &top.join("target")) else {
        say("the copy with its edits cannot be built");
        return ExitCode::from(2);
    };
    let mut blind = 0;
    let mut tried = 0;
    for (number, fault) in table.iter().filter(|(number, _)| only.is_none_or(|only| only == **number)) {
        let off = fault.off_as.or((!fault.off.is_empty()).then_some(*number));
        let (Some(off), Some(test)) = (off, fault.tests.first()) else {
            say(&format!("fault {number} ({}, {}): {}", fault.severity, fault.what, otherwise(fault)));
            continue;
        };
        let passes = run(&copy, &binaries, test, None);
        let fails = run(&copy, &binaries, test, Some(off));
        let words = match (&passes, &fails) {
            (Some(true), Some(false)) => "fails with its guard off",
            (Some(true), Some(true)) => "PASSES with its guard off",
            (Some(false), _) => "FAILS with its guard on",
            (None, _) | (_, None) => "WAS NOT FOUND",
        };
        tried += 1;
        blind += u32::from((passes, fails) != (Some(true), Some(false)));
        say(&format!("fault {number}: {test} {words}"));
    }
    say(&format!("{tried} guards were switched off, and {blind} tests did not see it"));
    if blind == 0 && tried > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What there is instead of a guard that can be switched off.
fn otherwise(fault: &Fault) -> String {
    let control = fault.control.as_ref().map(|test| format!("its control is a test, {test}"));
    let command = fault.command.as_ref().map(|command| format!("see the bench {command}"));
    let told: Vec<String> = control.into_iter().chain(command).chain(fault.reason.clone()).collect();
    if fault.is_controlled() || !told.is_empty() { told.join("; ") } else { "it has no control".to_owned() }
}

/// Copies what changed, with the edits in it.
fn copied(from: &Path, to: &Path, name: &str, table: &Table) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
            let file = entry.file_name();
            copied(&entry.path(), &to.join(&file), &format!("{name}/{}", file.to_string_lossy()), table);
        }
        return;
    }
    let mut bytes = fs::read(from).expect("a file");
    if let Ok(mut text) = String::from_utf8(bytes.clone()) {
        for (number, edit) in edits(table).filter(|(_, edit)| edit.file == name) {
            let condition = format!("std::env::var_os(\"{VARIABLE}\").is_some_and(|off| off == \"{number}\")");
            text = text.replacen(&edit.from, &edit.to.replace(OFF, &condition), 1);
        }
        bytes = text.into_bytes();
    }
    if fs::read(to).ok().as_deref() != Some(&bytes) {
        fs::write(to, bytes).expect("a file");
    }
}

fn edits(table: &Table) -> impl Iterator<Item = (u32, &table::Edit)> {
    table.iter().flat_map(|(number, fault): (&u32, &Fault)| fault.off.iter().map(|edit| (*number, edit)))
}

/// Builds the tests of the copy, and says where they are: those of the program, and those of the whole.
fn built(copy: &Path, target: &Path) -> Option<BTreeMap<&'static str, PathBuf>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--no-run", "--lib", "--test", "it", "--message-format", "short"]);
    let output = cargo.current_dir(copy).env("CARGO_TARGET_DIR", target).output().ok()?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        say(&told);
        return None;
    }
    let of = |mark: &str| {
        let line = told.lines().find(|line| line.contains("Executable") && line.contains(mark))?;
        Some(PathBuf::from(line.rsplit_once('(')?.1.trim_end_matches(')')))
    };
    let absolute = |path: PathBuf| if path.is_absolute() { path } else { copy.join(path) };
    Some([("src", absolute(of("src/lib.rs")?)), ("tests", absolute(of("tests/it/main.rs")?))].into())
}

/// Whether a test passes; nothing where there is none.
fn run(copy: &Path, binaries: &BTreeMap<&'static str, PathBuf>, test: &str, off: Option<u32>) -> Option<bool> {
    let (file, name) = test.split_once(' ')?;
    let mut command = Command::new(binaries.get(file.split('/').next()?)?);
    command.arg(name).current_dir(copy).env_remove(VARIABLE).env("RUST_BACKTRACE", "0");
    if let Some(off) = off {
        command.env(VARIABLE, off.to_string());
    }
    let output = command.output().ok()?;
    let told = String::from_utf8_lossy(&output.stdout);
    // A name may be that of tests in several files; the one that is meant is among them.
    if told.contains("running 0 tests") { None } else { Some(output.status.success()) }
}

fn say(words: &str) {
    let _ = writeln!(io::stdout(), "{words}");
}
