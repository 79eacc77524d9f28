//! Every guard switched off in its turn: `cargo bench --profile dev --bench controls`. The test that stands first in its row of
//! `tests/faults.toml` then has to fail.
//!
//! The edits are made in a copy of the sources, all at once, each behind a condition that the environment switches; so the copy is built
//! once. With every guard on all the tests have to pass there. `--only 27` tries one fault. What a test becomes without its guard is not
//! trusted: each run has so much memory and so much time, and who needs more has failed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

#[path = "../tests/it/faults/table.rs"]
mod table;

use table::{Fault, OFF, SWITCH, Table};

/// The memory that a run may map, in KiB: a size limit that was switched off once took 21 GB.
const MEMORY: u32 = 4 * 1024 * 1024;

/// The seconds that a run may take. The longest takes 20 with its guard on.
const SECONDS: u32 = 120;

/// What is copied.
const PARTS: [&str; 8] = ["Cargo.toml", "README.md", "deny.toml", ".ci", "src", "tests", "benches", "assets"];

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
    // Its own version stands in it, so what was built is built again only where it differs from what was there.
    let lock = fs::read_to_string(top.join("Cargo.lock")).expect("a file");
    let own = format!("name = \"{}\"\nversion = \"", env!("CARGO_PKG_NAME"));
    fs::write(copy.join("Cargo.lock"), lock.replacen(&own, &format!("{own}0.0.0-of-"), 1)).expect("a file");
    let Some(tests) = built(&copy, &top.join("target")) else {
        say("the copy with its edits cannot be built");
        return ExitCode::from(2);
    };
    let (mut tried, mut blind) = (0, Vec::new());
    for (number, fault) in table.iter().filter(|(number, _)| only.is_none_or(|only| only == **number)) {
        let off = fault.off_as.or((!fault.off.is_empty()).then_some(*number));
        let (Some(off), Some(test)) = (off, fault.tests.first()) else {
            say(&format!("fault {number} ({}, {}): {}", fault.severity, fault.what, otherwise(fault)));
            continue;
        };
        let seen = match (tests.run(test, None), tests.run(test, Some(off))) {
            (Some(true), Some(false)) => Ok("fails with its guard off"),
            (Some(true), Some(true)) => Err("PASSES with its guard off"),
            (Some(false), _) => Err("FAILS with its guard on"),
            (None, _) | (_, None) => Err("WAS NOT FOUND"),
        };
        tried += 1;
        let (Ok(words) | Err(words)) = seen;
        let line = format!("fault {number}: {test} {words}");
        say(&line);
        if seen.is_err() {
            blind.push(line);
        }
    }
    say(&format!("{tried} guards were switched off, and {} tests did not see it", blind.len()));
    for line in &blind {
        say(&format!("  not seen: {line}"));
    }
    if blind.is_empty() && tried > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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
            let condition = format!("std::env::var_os(\"{SWITCH}\").is_some_and(|off| off == \"{number}\")");
            text = text.replacen(&edit.from, &edit.to.replace(OFF, &condition), 1);
        }
        if name == "Cargo.toml" {
            // A version of its own, or the copy would be built over the original in the folder that both share.
            text = text.replacen("\nversion = \"", "\nversion = \"0.0.0-of-", 1);
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

/// The tests of the copy.
struct Tests {
    copy: PathBuf,
    /// Each binary, with the names of the tests in it, by where its sources stand: `src` or `tests`.
    binaries: BTreeMap<&'static str, (PathBuf, BTreeSet<String>)>,
    /// Those that pass with every guard on.
    sound: RefCell<BTreeMap<String, bool>>,
}

/// Builds them.
fn built(copy: &Path, target: &Path) -> Option<Tests> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--no-run", "--lib", "--test", "it", "--message-format", "short"]);
    let output = cargo.current_dir(copy).env("CARGO_TARGET_DIR", target).output().ok()?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        say(&told);
        return None;
    }
    let binary = |mark: &str| {
        let line = told.lines().find(|line| line.contains("Executable") && line.contains(mark))?;
        let path = PathBuf::from(line.rsplit_once('(')?.1.trim_end_matches(')'));
        let path = if path.is_absolute() { path } else { copy.join(path) };
        let listed = Command::new(&path).args(["--list", "--format", "terse"]).current_dir(copy).output().ok()?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let names = listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect();
        Some((path, names))
    };
    let binaries = [("src", binary("src/lib.rs")?), ("tests", binary("tests/it/main.rs")?)].into();
    Some(Tests { copy: copy.to_owned(), binaries, sound: RefCell::default() })
}

impl Tests {
    /// Whether a test passes; nothing where there is none.
    fn run(&self, test: &str, off: Option<u32>) -> Option<bool> {
        let (file, name) = test.split_once(' ')?;
        let (binary, names) = self.binaries.get(file.split('/').next()?)?;
        let module = module(file);
        let full = names.iter().find(|full| full.starts_with(&module) && full.rsplit("::").next() == Some(name))?;
        if let Some(known) = self.sound.borrow().get(test).filter(|_| off.is_none()) {
            return Some(*known);
        }
        let passes = self.passes(binary, full, off)?;
        if off.is_none() {
            self.sound.borrow_mut().insert(test.to_owned(), passes);
        }
        Some(passes)
    }

    fn passes(&self, binary: &Path, full: &str, off: Option<u32>) -> Option<bool> {
        let mut command = Command::new("timeout");
        command.args(["--kill-after", "5", &SECONDS.to_string(), "sh", "-c"]);
        command.args([
            &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""),
            &binary.display().to_string(),
            full,
            "--exact",
        ]);
        command.current_dir(&self.copy).stdin(Stdio::null()).env_remove(SWITCH).env("RUST_BACKTRACE", "0");
        if let Some(off) = off {
            command.env(SWITCH, off.to_string());
        }
        let output = command.output().ok()?;
        let told = String::from_utf8_lossy(&output.stdout);
        if told.contains("running 0 tests") { None } else { Some(output.status.success()) }
    }
}

/// How the names of the tests of a file begin.
fn module(file: &str) -> String {
    let path = file.trim_end_matches(".rs").trim_start_matches("src/").trim_start_matches("tests/it/");
    format!("{}::", path.trim_end_matches("/mod").replace('/', "::"))
}

fn say(words: &str) {
    let _ = writeln!(io::stdout(), "{words}");
}
