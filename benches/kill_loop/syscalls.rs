//! Every system call of one create and one update, killed and failed in its turn.
//!
//! It needs strace. First the calls of a run that nothing is done to are counted; then, for each call and each of its times, a run is killed
//! there, and where the call is about a file of the journal one more has it fail with EIO and one with ENOSPC. After each the program is
//! started again and has to come to the end, and the server's people are compared with the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::kit::count::Count;
use super::kit::driver::{self, Binary, Plan};
use super::kit::task::{Protocol, Task};
use super::kit::world::Climate;
use super::say;

/// What writes, syncs, makes, renames, locks or removes, and what sends.
const CALLS: [&str; 21] = [
    "write",
    "pwrite64",
    "writev",
    "sendto",
    "fsync",
    "fdatasync",
    "ftruncate",
    "fallocate",
    "openat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "flock",
    "fcntl",
    "fchmod",
    "connect",
    "close",
];

/// What can fail for want of a disk. A lock, a socket and a close cannot.
const FAILING: [&str; 14] = [
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "fallocate",
    "openat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
];

/// Sweeps, or nothing where there is no strace.
pub fn sweep(binary: &Binary, only: Option<&str>) -> Option<Count> {
    Command::new("strace").arg("-V").stdout(Stdio::null()).status().ok()?;
    let mut all = Count::default();
    let (killed, failed) = (counted(binary, false), counted(binary, true));
    for name in CALLS.into_iter().filter(|name| only.is_none_or(|only| only == *name)) {
        let (times, of_files) = (killed.get(name).copied().unwrap_or(0), failed.get(name).copied().unwrap_or(0));
        let of_files = if FAILING.contains(&name) { of_files } else { 0 };
        let mut count = Count::default();
        for time in 1..=times {
            count.add(point(binary, name, &format!("signal=KILL:when={time}"), false));
        }
        for error in ["EIO", "ENOSPC"] {
            for time in 1..=of_files {
                count.add(point(binary, name, &format!("error={error}:when={time}"), true));
            }
        }
        say(&format!("{name}: killed at {times}, failed at {of_files} in two ways; {count}"));
        all.add(count);
    }
    Some(all)
}

/// What is swept over.
pub fn plan() -> Plan {
    let (protocol, life) = (Protocol::Rules, Duration::from_secs(1));
    Plan { protocol, rows: 1..3, drafts: true, climate: Climate::Calm, kills: 0, sessions: 1, seed: 1, life }
}

/// One run that is broken at one point.
fn point(binary: &Binary, name: &str, how: &str, is_file: bool) -> Count {
    let mut count = driver::broken(&plan(), binary, None, &|task| {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={name}")]);
        command.args(["-e", &format!("inject={name}:{how}")]);
        if is_file {
            command.args(files(task));
        }
        command.arg(&binary.path);
        command
    });
    for words in &mut count.unexplained {
        *words = format!("{name} {how}: {words}");
    }
    count
}

/// Only calls about these files, as arguments of strace.
fn files(task: &Task) -> Vec<String> {
    let state = task.folder.join("state");
    let names = ["journal.db", "journal.db-wal", "journal.db-shm", "journal.reserve", "sessions"];
    let paths = names.iter().map(|name| state.join(name)).chain([state.clone()]);
    paths.flat_map(|path| ["-P".to_owned(), path.display().to_string()]).collect()
}

/// How often each call is made by one thread in a run that nothing is done to. strace counts for each thread.
fn counted(binary: &Binary, only_files: bool) -> BTreeMap<String, u64> {
    let log = tempfile::tempdir().expect("a folder");
    let count = driver::broken(&plan(), binary, None, &|task| {
        let mut command = traced(log.path(), &CALLS.join(","));
        if only_files {
            command.args(files(task));
        }
        command.arg(&binary.path);
        command
    });
    assert!(count.is_clean() && count.complaints == 0, "an unbroken run is without fault: {count}");
    let mut most: BTreeMap<String, u64> = BTreeMap::new();
    for thread in logs(log.path()) {
        let mut own: BTreeMap<&str, u64> = BTreeMap::new();
        let text = fs::read_to_string(thread).expect("a log");
        for name in text.lines().filter_map(|line| line.split_once(' ')?.1.split_once('(')).map(|(name, _)| name) {
            *own.entry(name).or_default() += 1;
        }
        for (name, times) in own {
            let most = most.entry(name.to_owned()).or_default();
            *most = times.max(*most);
        }
    }
    most
}

/// strace, with a log for each thread and the time of each call.
pub fn traced(log: &Path, calls: &str) -> Command {
    let mut command = Command::new("strace");
    command.args(["-ff", "-qq", "-ttt", "-e", &format!("trace={calls}"), "-o"]).arg(log.join("thread"));
    command
}

/// The logs of a run.
pub fn logs(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}
