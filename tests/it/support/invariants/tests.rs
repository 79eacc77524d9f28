//! The table, and for each check of it something that breaks the invariant: a check that finds nothing here guards nothing.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{ExitStatus, Stdio};

use netex_users::sandbox::{Body, Token};
use rustix::fs::FlockOperation::{NonBlockingLockExclusive, NonBlockingLockShared};
use serde_json::json;

use super::*;
use crate::faults::is_a_test;
use crate::support::canary::TENANT_TOKEN;
use crate::support::pty::Launch;

fn text(file: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).ok()
}

#[test]
fn every_invariant_is_looked_at_after_each_test_or_says_why_not_and_every_test_of_the_table_is_there() {
    let mut wrong = Vec::new();
    for (number, invariant) in (1..).zip(&INVARIANTS) {
        let is_checked = shown::checks(number).next().is_some();
        if invariant.own.is_empty() || !is_checked && invariant.rest.is_empty() {
            wrong.push(format!("I-{number} has no test of its own, or neither a check nor a reason"));
        }
    }
    let named = CHECKS
        .iter()
        .flat_map(|check| check.controls)
        .copied()
        .chain(INVARIANTS.iter().flat_map(|one| one.own).copied());
    wrong.extend(named.filter(|test| !is_a_test(test, &text)).map(|test| format!("there is no test {test}")));
    let strangers = CHECKS.iter().flat_map(|check| check.of).filter(|number| !(1..=24).contains(*number));
    wrong.extend(strangers.map(|number| format!("there is no I-{number}")));
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_table_for_people_is_the_one_that_is_made() {
    let wanted = shown::markdown();
    if text("tests/invariants.md").as_deref() != Some(&wanted) {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("invariants.md");
        fs::write(&made, wanted).unwrap();
        panic!("tests/invariants.md is old: take {}", made.display());
    }
}

/// What the checks of an invariant find of a command with this output.
fn of_call(number: u8, arguments: &[&str], code: i32, out: &str, err: &str) -> Vec<String> {
    let status = ExitStatus::from_raw(code << 8);
    let output = Output { status, stdout: out.as_bytes().to_vec(), stderr: err.as_bytes().to_vec() };
    let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
    let call = Call { arguments, output: &output, ours: true };
    let left = Left { call: Some(&call), ..Left::default() };
    shown::checks(number).flat_map(|check| (check.run)(&left)).collect()
}

#[test]
fn a_code_that_lies_a_failure_without_a_name_and_a_formula_are_found() {
    let none: [&str; 0] = [];
    let told = |code, out: &str, err: &str| of_call(20, &["get", "--json"], code, out, err);
    assert_eq!(told(0, "{\"exit\": 0, \"verdict\": \"done\"}\n", ""), none);
    assert_eq!(told(3, "{\"exit\": 3, \"verdict\": \"partly done\", \"code\": \"partly-done\"}\n", ""), none);
    assert_eq!(told(0, "{\"exit\": 0, \"verdict\": \"not sent\", \"dryRun\": true}\n", ""), none);
    assert_eq!(told(6, "", "netex-users: there is no token [no-token]\n"), none);
    assert_eq!(told(2, "", "error: unexpected argument\n"), none);
    assert_eq!(told(130, "", "netex-users: nothing was sent\n"), none);
    let named = "{\"exit\": 1, \"verdict\": \"rejected\", \"code\": \"rejected\"}\n";
    assert_eq!(told(0, named, ""), ["the document says 1 and the code is 0", "\"rejected\" ended with 0"]);
    let green = "{\"exit\": 5, \"verdict\": \"done\", \"code\": \"timeout\"}\n";
    assert_eq!(told(5, green, ""), ["\"done\" ended with 5"]);
    assert_eq!(told(7, "", "netex-users: x [timeout]\n"), ["it ended with 7, which means nothing"]);
    for err in ["netex-users: it did not work\n", "netex-users: it did not work [not-a-name]\n", "timeout\n"] {
        let found = told(6, "", err);
        assert!(found.len() == 1 && found[0].starts_with("it ended with 6 and no name"), "{found:?}");
    }
    let exported = |cell: &str| of_call(22, &["export"], 0, &format!("a,b\r\nx,\"{cell}\"\r\n"), "");
    for cell in ["'=1+1", "Vigo", "'+34 600", "a=b", "x@y"] {
        assert_eq!(exported(cell), none, "{cell}");
    }
    for cell in ["=1+1", " =1+1", "+34 600", "-1", "@x", "\t=1", "\u{a0}=1"] {
        assert_eq!(exported(cell).len(), 1, "{cell}");
    }
}

#[test]
fn a_sequence_that_is_not_ours_fails_the_test() {
    assert_eq!(of_call(10, &[], 0, "a\tb\n", "c\n"), [""; 0]);
    assert_eq!(of_call(10, &[], 0, "a\u{1b}[6n\n", "c\td\u{202e}\n").len(), 3);
    let of_screen = |raw: &[u8], may_command: &[&'static str]| {
        let screen = Screen { raw: raw.to_vec(), may_command: may_command.to_vec(), ours: true, ..Screen::default() };
        faults(Harness::Terminal, &Left { screen: Some(&screen), ..Left::default() })
    };
    assert_eq!(of_screen(b"\x1b[2J\x1b[1;1Hname", &[]), [""; 0]);
    assert_eq!(of_screen(b"\x1b]52;c;aGk=\x07", &["52"]), [""; 0]);
    assert_eq!(of_screen(b"\x1b]52;c;aGk=\x07", &[]), ["I-10: the terminal was given Osc(\"52;c;aGk=\")"]);
}

/// Runs a script in a terminal as if it were our program, and lets the harness look at it.
fn as_ours(script: &str, ends: bool) -> Result<(), String> {
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let terminal = Launch::new("/bin/sh").args(&["-c", script]).held_as_ours().open();
        terminal.wait_for_text("ready");
        if ends {
            terminal.wait_exit();
        }
    }));
    panic.map_err(|panic| *panic.downcast::<String>().expect("the words of an assertion"))
}

#[test]
fn a_terminal_that_is_not_given_back_fails_the_test() {
    let told =
        "mkfifo never; cat never & trap 'kill $!; stty $was; exit 143' TERM; printf ready; while :; do wait; done";
    let raw = "was=$(stty -g); stty raw";
    for (script, ends) in [("printf ready".to_owned(), true), (format!("{raw}; {told}"), false)] {
        assert_eq!(as_ours(&script, ends), Ok(()), "{script}");
    }
    for (script, ends, words) in [
        (r"printf '\033[?1049hready'".to_owned(), true, "I-19: the alternate screen is shown (?1049)"),
        ("stty raw; printf ready".to_owned(), true, "I-19: the line is not as it was"),
        (format!("was=raw; stty raw; {told}"), false, "I-19: the line is not as it was"),
        (r"printf 'ready\033]0;x\007'".to_owned(), true, "I-10: the terminal was given"),
    ] {
        let found = as_ours(&script, ends).expect_err(&script);
        assert!(found.contains(words), "{script}: {found}");
    }
}

#[test]
fn a_program_that_takes_too_much_is_found() {
    let of = |peak| {
        let screen = Screen { peak: Some(peak), ours: true, ..Screen::default() };
        faults(Harness::Key, &Left { screen: Some(&screen), ..Left::default() })
    };
    assert_eq!(of(192 * 1024), [""; 0]);
    assert_eq!(of(200 * 1024), ["I-12: the program had 200 MiB of memory"]);
    let own = rustix::process::getpid();
    assert!(peak(own).is_some_and(|kib| kib > 1024), "the memory of a process can be read");
}

#[test]
fn a_lock_that_is_shared_or_was_inherited_is_found() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".local/state/netex-users/sessions");
    fs::create_dir_all(&folder).unwrap();
    let found = || {
        let left = Left { home: Some(home.path()), ..Left::default() };
        shown::checks(15).flat_map(|check| (check.run)(&left)).collect::<Vec<_>>()
    };
    let lock = |name: &str| fs::File::create(folder.join(name)).unwrap();
    let (job, session) = (lock("journal-job-1.lock"), lock("4711-abc"));
    assert_eq!(found(), [""; 0]);
    rustix::fs::flock(&job, NonBlockingLockExclusive).unwrap();
    rustix::fs::flock(&session, NonBlockingLockExclusive).unwrap();
    assert_eq!(found(), [""; 0]);
    rustix::fs::flock(&job, NonBlockingLockShared).unwrap();
    let own = std::process::id();
    assert_eq!(found(), [format!("journal-job-1.lock is held by {own} in a way that others may too")]);
    // Another process has its share too.
    let mut command = std::process::Command::new("flock");
    let other = command.args(["-n", "-s"]).arg(folder.join("journal-job-1.lock")).args(["-c", "echo; read -r line"]);
    let mut other = other.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Read::read_exact(other.stdout.as_mut().unwrap(), &mut [0]).unwrap();
    assert!(found().contains(&"journal-job-1.lock has 2 owners".to_owned()), "{:?}", found());
    drop(other.stdin.take());
    other.wait().unwrap();
    drop(job);

    // A program that ends, and leaves the lock to one that it started.
    let script = "exec 9>\"$0\"; flock -n 9 || exit 1; sleep 60 & echo $!";
    let mut command = std::process::Command::new("bash");
    let left = command.args(["-c", script]).arg(folder.join("journal-job-2.lock")).stderr(Stdio::null());
    let mut child = left.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    child.wait().unwrap();
    let heir = Pid::from_raw(line.trim().parse().unwrap()).unwrap();
    let after = found();
    rustix::process::kill_process(heir, rustix::process::Signal::KILL).unwrap();
    assert_eq!(after, ["journal-job-2.lock is locked, and the program that did so has ended"]);
}

#[test]
fn a_file_that_others_may_read_or_that_nobody_asked_for_is_found() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join(".local/state/netex-users");
    fs::create_dir_all(&state).unwrap();
    fs::write(home.path().join("people.csv"), "").unwrap();
    let before = Before::now(home.path());
    let found = |arguments: &[&str]| {
        let output = Output { status: ExitStatus::default(), stdout: Vec::new(), stderr: Vec::new() };
        let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
        let call = Call { arguments, output: &output, ours: true };
        let left = Left { home: Some(home.path()), before: Some(&before), call: Some(&call), ..Left::default() };
        shown::checks(18).flat_map(|check| (check.run)(&left)).collect::<Vec<_>>()
    };
    let make = |path: &Path, mode: u32| {
        let file = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(path).unwrap();
        file.set_permissions(fs::Permissions::from_mode(mode)).unwrap();
    };
    make(&state.join("journal.db"), 0o600);
    make(&home.path().join("people.report.csv"), 0o600);
    symlink(state.join("journal.db"), state.join("link")).unwrap();
    assert_eq!(found(&["import", "people.csv"]), [""; 0]);
    assert_eq!(found(&["import", "other.csv"]), ["people.report.csv was made, and nobody asked for it"]);
    make(&state.join("journal.db-wal"), 0o640);
    fs::create_dir(home.path().join(".cache")).unwrap();
    fs::set_permissions(home.path().join(".cache"), fs::Permissions::from_mode(0o755)).unwrap();
    let open = [".cache has the mode 755", ".local/state/netex-users/journal.db-wal has the mode 640"];
    assert_eq!(found(&["import", "people.csv"]), open);
    let screen = Screen { ours: true, ..Screen::default() };
    let left = Left { home: Some(home.path()), before: Some(&before), screen: Some(&screen), ..Left::default() };
    assert_eq!(shown::checks(18).flat_map(|check| (check.run)(&left)).collect::<Vec<_>>(), open);
}

#[test]
fn a_token_that_strays_is_found() {
    let asked = |token, path: &str, body| Exchange {
        method: "GET".into(),
        path: path.into(),
        headers: vec![("accept".into(), "x".into())],
        token,
        body,
    };
    let found = |asked: Exchange| {
        let person = |_: &str| None;
        let recorder = Some(Recorder { asked: vec![asked], person: &person });
        faults(Harness::Recorder, &Left { recorder, ..Left::default() })
    };
    assert_eq!(found(asked(Token::Right, "/rest/users", Body::Empty)), [""; 0]);
    let wrong = found(asked(Token::Wrong, "/rest/users", Body::Empty));
    assert_eq!(wrong, ["I-9: GET /rest/users came with a token that is not this server's"]);
    assert_eq!(found(asked(Token::Right, &format!("/rest/users?t={TENANT_TOKEN}"), Body::Empty)).len(), 1);
    assert_eq!(found(asked(Token::Right, "/rest/users", Body::Json(json!({"x": TENANT_TOKEN})))).len(), 1);
}
