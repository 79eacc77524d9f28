//! A program that is killed at one moment: while it plans, and after a made password is in its file and before its line was sent.

use std::fs;
use std::process::Child;
use std::thread;

use super::super::{Home, PASSWORD, asked, sandbox};
use netex_users::sandbox::Sandbox;

const HEADER: &str = "username,password,name,surname,email,language,timezone\n";

/// So many new people; without a password of their own where it says so.
fn file(count: usize, password: &str) -> String {
    let line = |n| format!("n{n},{password},Nora,Vidal,n{n}@acme.example,gl,Europe/Paris\n");
    HEADER.to_owned() + &(0..count).map(line).collect::<String>()
}

/// Waits until something is so. A program that has ended before it was so is a fault.
fn until(child: &mut Child, is_so: impl Fn() -> bool) {
    while !is_so() {
        assert!(child.try_wait().expect("it is ours").is_none(), "it ended before it came so far");
        thread::yield_now();
    }
}

fn killed(mut child: Child) {
    child.kill().expect("it is ours");
    child.wait().expect("it has ended");
}

fn writes(sandbox: &Sandbox) -> usize {
    asked(sandbox).iter().filter(|asked| !asked.starts_with("GET")).count()
}

#[test]
fn whoever_is_killed_while_planning_has_sent_nothing_and_left_nothing_to_be_carried_out() {
    let (home, sandbox) = (Home::new(), sandbox("[[strike]]\non = ['read']\nwait = '20ms'"));
    home.tenant(&sandbox, "");
    home.write("people.csv", file(40, PASSWORD).as_bytes());
    let mut child = home.begin(&["import", "people.csv", "--yes"]);
    until(&mut child, || asked(&sandbox).len() >= 10);
    killed(child);
    assert_eq!(writes(&sandbox), 0);
    let told = home.call(&["jobs", "--json"]);
    assert_eq!(told.document()["jobs"][0]["state"], "planning", "{told:?}");
    let told = home.call(&["jobs", "resume", "1", "--yes"]);
    assert!(told.code == 6 && told.err.contains("was not planned to its end, and nothing of it was sent"), "{told:?}");
    assert_eq!(writes(&sandbox), 0);
    // Nothing stands in the way of the same file.
    let told = home.call(&["import", "people.csv", "--yes"]);
    assert_eq!((told.code, writes(&sandbox)), (0, 40), "{told:?}");
}

#[test]
fn a_made_password_that_was_written_and_not_sent_is_the_one_that_is_sent() {
    // The plan reads once. The second reading is the line's own, and is held until the journal cannot be written.
    let strikes = "[[strike]]\non = ['read']\ntimes = 1\n[[strike]]\non = ['read']\ntimes = 1\nwait = '2s'";
    let (home, sandbox) = (Home::new(), sandbox(strikes));
    home.tenant(&sandbox, "");
    home.write("people.csv", file(1, "").as_bytes());
    let words = ["import", "people.csv", "--yes", "--generate-passwords", "--passwords-out", "made.csv"];
    let mut child = home.begin(&words);
    until(&mut child, || asked(&sandbox).len() >= 2);
    let journal = home.path().join(".local/state/netex-users/journal.db");
    let mut behind = rusqlite::Connection::open(journal).expect("the journal");
    let lock = behind.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).expect("it is free");
    let made = || fs::read_to_string(home.path().join("made.csv")).unwrap_or_default();
    until(&mut child, || made().lines().count() == 2);
    killed(child);
    drop(lock);
    drop(behind);
    let before = made();
    assert_eq!(writes(&sandbox), 0);
    let document = home.call(&["jobs", "show", "1", "--json"]).document();
    assert_eq!(document["lines"][0]["state"], "waiting", "{document:#}");
    let told = home.call(&["jobs", "resume", "1", "--yes"]);
    assert_eq!((told.code, writes(&sandbox)), (0, 1), "{told:?}");
    assert_eq!(made(), before, "no other password was made, and it is known");
    assert!(sandbox.person("n0").is_some() && !told.err.contains("password not delivered"), "{told:?}");
}
