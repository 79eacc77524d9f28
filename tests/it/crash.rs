//! Killed at any moment, the program loses nothing, sends nothing twice and says nothing that is not so: the bounded run of the kill loop.

pub mod kit;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use kit::clock::after_everything;
use kit::count::Count;
use kit::driver::{self, Binary, Plan};
use kit::jobs;
use kit::task::{Protocol, place};
use kit::world::Climate;
use netex_users::journal::Journal;

/// This binary, as a child.
fn binary() -> Binary {
    let entry = "crash::a_child_does_what_it_is_told_and_is_none_otherwise";
    Binary {
        path: std::env::current_exe().expect("a test runs from a file"),
        arguments: [entry, "--exact", "--test-threads=1"].map(str::to_owned).into(),
    }
}

fn plan() -> Plan {
    Plan {
        protocol: Protocol::Rules,
        rows: 0..18,
        drafts: true,
        climate: Climate::Usual,
        kills: 0,
        sessions: 1,
        seed: 0,
        life: Duration::from_millis(120),
    }
}

fn run(protocol: Protocol, climate: Climate, batches: u64, kills: u32) -> Count {
    let mut count = Count::default();
    for seed in 0..batches {
        let sessions = if seed % 2 == 0 { 1 } else { 2 };
        count.add(driver::batch(&Plan { protocol, climate, kills, sessions, seed, ..plan() }, &binary()));
    }
    count
}

#[test]
fn a_child_does_what_it_is_told_and_is_none_otherwise() {
    match driver::entry() {
        Some(code) => assert_eq!(code, ExitCode::SUCCESS),
        None => assert_eq!(run(Protocol::Rules, Climate::Usual, 1, 0).kills, 0),
    }
}

#[test]
fn whoever_is_killed_again_and_again_loses_nothing_and_sends_nothing_twice() {
    let count = run(Protocol::Rules, Climate::Usual, 4, 20);
    // A quick machine is done with the rows before every kill that was planned: 43 to 80 were seen.
    assert!(count.is_clean() && count.kills >= 30, "{count}");
}

#[test]
fn the_protocols_that_everybody_writes_first_are_found_out() {
    for protocol in [Protocol::Hasty, Protocol::Stubborn] {
        let count = run(protocol, Climate::Stormy, 1, 10);
        assert!(count.duplicated > 0, "{protocol:?}: {count}");
    }
    let count = run(Protocol::Backwards, Climate::Stormy, 1, 10);
    assert!(count.unexplained.iter().any(|words| words.contains("was never an intent")), "{count}");
}

/// Whole files, planned, carried out and resumed by children that are killed.
fn jobs(protocol: Protocol, climate: Climate, seeds: std::ops::Range<u64>, kills: u32) -> Count {
    let plan = Plan { protocol, climate, kills, rows: 0..40, life: Duration::from_millis(80), ..plan() };
    let unbroken = jobs::unbroken(&Plan { protocol: Protocol::Job, ..plan.clone() }, &binary());
    let mut count = Count::default();
    for seed in seeds {
        let sessions = if seed % 2 == 0 { 1 } else { 2 };
        count.add(jobs::batch(&Plan { sessions, seed, ..plan.clone() }, &binary(), &unbroken));
    }
    count
}

#[test]
fn a_file_whose_programs_are_killed_ends_as_if_nobody_had_been() {
    let count = jobs(Protocol::Job, Climate::Usual, 0..4, 14);
    assert!(count.is_clean() && count.kills >= 15, "{count}");
}

#[test]
fn whoever_remembers_of_a_file_only_how_far_it_came_is_found_out() {
    for protocol in [Protocol::Cursor, Protocol::Marks, Protocol::Looks] {
        let count = jobs(protocol, Climate::Stormy, 0..1, 5);
        assert!(count.duplicated > 0, "{protocol:?}: {count}");
    }
}

/// What a journal looks like that was begun before: with a full disk nobody can even begin one.
fn begun() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("state")).expect("a folder");
    drop(Journal::open(place(folder.path(), after_everything)).expect("a journal"));
    folder
}

/// A create and an update on a disk that takes files of so many bytes, by a program that is not ended by the signal that says so.
fn on_a_full_disk(protocol: Protocol, begun: &Path, longest: u64) -> Count {
    let plan = Plan { protocol, rows: 1..3, drafts: false, climate: Climate::Calm, ..plan() };
    driver::broken(&plan, &binary(), Some(&begun.join("state")), &|task| binary().on_a_disk(task, longest))
}

#[test]
fn a_disk_that_fills_up_while_lines_share_a_sync_stops_them_all_and_loses_no_outcome() {
    let plan = Plan { protocol: Protocol::Job, climate: Climate::Calm, rows: 0..40, ..plan() };
    let unbroken = jobs::unbroken(&plan, &binary());
    let mut all = Count::default();
    for longest in (100_000..800_000).step_by(100_000) {
        let count = jobs::broken(&plan, &binary(), &unbroken, &|task| binary().on_a_disk(task, longest));
        assert!(count.is_clean(), "with files of {longest} bytes: {count}");
        all.add(count);
    }
    // Some were stopped while they planned, and some while lines were on their way.
    let stopped = |phase: &str| all.phases.get(phase).copied().unwrap_or(0);
    assert!(all.complaints > 0 && stopped("applying") > 0, "{} complaints: {all}", all.complaints);
}

#[test]
fn a_disk_that_fills_up_at_any_byte_stops_the_sending_and_loses_no_outcome() {
    let begun = begun();
    let mut all = Count::default();
    // The reserve is 64 KiB: below, not even that can be written over. A page of the log takes 4,120 bytes.
    for longest in (0..20 * 4_120).step_by(4_120 * 3 / 2).chain([65_536, 69_688, 73_808, 77_928]) {
        let count = on_a_full_disk(Protocol::Rules, begun.path(), longest);
        assert!(count.is_clean() && count.writes >= 2, "with files of {longest} bytes: {count}");
        all.add(count);
    }
    // Some were stopped before they sent, and some after: the sweep went over both.
    assert!(all.complaints > 0 && all.put_by > 0, "{} {}", all.complaints, all.put_by);
}

#[test]
fn whoever_sends_before_it_keeps_the_intent_is_found_out_on_a_full_disk() {
    let begun = begun();
    let count = on_a_full_disk(Protocol::Backwards, begun.path(), 66_000);
    assert!(count.unexplained.iter().any(|words| words.contains("was never an intent")), "{count}");
}
