//! Killed at any moment, the program loses nothing, sends nothing twice and says nothing that is not so: the bounded run of the kill loop.

pub mod kit;

use std::process::ExitCode;
use std::time::Duration;

use kit::count::Count;
use kit::driver::{self, Binary, Plan};
use kit::task::Protocol;

/// This binary, as a child.
fn binary() -> Binary {
    let entry = "crash::a_child_does_what_it_is_told_and_is_none_otherwise";
    Binary {
        path: std::env::current_exe().expect("a test runs from a file"),
        arguments: [entry, "--exact", "--test-threads=1"].map(str::to_owned).into(),
    }
}

fn run(protocol: Protocol, batches: u64, kills: u32) -> Count {
    let mut count = Count::default();
    for seed in 0..batches {
        let sessions = if seed % 2 == 0 { 1 } else { 2 };
        let plan = Plan { protocol, rows: 18, kills, sessions, seed, life: Duration::from_millis(120) };
        count.add(driver::batch(&plan, &binary()));
    }
    count
}

#[test]
fn a_child_does_what_it_is_told_and_is_none_otherwise() {
    match driver::entry() {
        Some(code) => assert_eq!(code, ExitCode::SUCCESS),
        None => assert_eq!(run(Protocol::Rules, 1, 0).kills, 0),
    }
}

#[test]
fn whoever_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice() {
    let count = run(Protocol::Rules, 4, 20);
    assert!(count.is_clean() && count.kills >= 60, "{count}");
}

#[test]
fn the_protocols_that_everybody_writes_first_are_found_out() {
    for protocol in [Protocol::Hasty, Protocol::Stubborn] {
        let count = run(protocol, 2, 15);
        assert!(count.duplicated > 0, "{protocol:?}: {count}");
    }
}
