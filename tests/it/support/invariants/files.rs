//! What a program leaves on the machine: files that others may not read, locks that are its own, and how much memory it took.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::process::Pid;

use super::{Left, paths};

/// The folders of a home that are the program's, below which it may make what it likes.
const OWN: [&str; 6] = [".config", ".local", ".cache", "run", "tmp", "netex-users"];

/// The most memory that the program may have at once, in KiB. Its tests are built without optimisation; 80 MiB were seen.
const MOST: u64 = 192 * 1024;

/// How often what may be a passing look of another program has to be found.
const LOOKS: usize = 5;

/// What stood in a home before a program was started there.
#[derive(Default)]
pub struct Before {
    there: BTreeSet<PathBuf>,
    planted: Vec<PathBuf>,
}

impl Before {
    /// As it is now.
    pub fn now(home: &Path) -> Self {
        let mut there = BTreeSet::new();
        paths(home, &mut there);
        Self { there, planted: Vec::new() }
    }

    /// The test itself has put a secret into what stands outside the program's folders: a file of people, a password to be read.
    pub fn with_files_of_the_test(mut self, home: &Path) -> Self {
        self.planted = self.there.iter().filter(|path| !is_own(home, path)).cloned().collect();
        self
    }

    /// The files with a secret of the test.
    pub fn planted(&self) -> &[PathBuf] {
        &self.planted
    }
}

fn is_own(home: &Path, path: &Path) -> bool {
    let first = path.strip_prefix(home).ok().and_then(|path| path.components().next());
    first.is_some_and(|first| OWN.iter().any(|own| first.as_os_str() == *own))
}

/// What is new and open to others, or where nobody would look for it.
pub fn private(left: &Left<'_>) -> Vec<String> {
    let (Some(home), Some(before)) = (left.home, left.before) else { return Vec::new() };
    if !left.call.map_or_else(|| left.screen.is_some_and(|screen| screen.ours), |call| call.ours) {
        return Vec::new();
    }
    let mut now = BTreeSet::new();
    paths(home, &mut now);
    let mut found = Vec::new();
    for path in now.difference(&before.there) {
        let name = path.strip_prefix(home).unwrap_or(path).display().to_string();
        let Ok(about) = std::fs::symlink_metadata(path) else { continue };
        match left.call {
            // While a terminal is open the test makes files too, but not in those folders.
            None if !is_own(home, path) => {}
            Some(call) if !is_own(home, path) && !is_named(&call.arguments, path) => {
                found.push(format!("{name} was made, and nobody asked for it"));
            }
            None | Some(_) if about.permissions().mode() & 0o077 != 0 && !about.is_symlink() => {
                found.push(format!("{name} has the mode {:o}", about.permissions().mode() & 0o7777));
            }
            None | Some(_) => {}
        }
    }
    found
}

/// Whether a file is one of the command line, or lies beside one under its name with more behind it.
fn is_named(arguments: &[String], path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let of = |argument: &str| Path::new(argument).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let words = arguments.iter().map(|argument| argument.rsplit_once('=').map_or(argument.as_str(), |(_, word)| word));
    words.filter_map(of).any(|stem| name.starts_with(&stem))
}

/// How and by which process a file is locked.
type Holders = BTreeSet<(String, i32)>;

/// The kernel's list of locks, of which one line is `7: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF`, by the file as it stands there. It
/// is not read in one piece, so that a line may come twice; who only waits has an arrow in front.
fn held(list: &str) -> BTreeMap<String, Holders> {
    let mut held: BTreeMap<String, Holders> = BTreeMap::new();
    for line in list.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, how, process, file, ..] = words[..] else { continue };
        if let Ok(process) = process.parse() {
            held.entry(file.to_owned()).or_default().insert((how.to_owned(), process));
        }
    }
    held
}

/// A file as it stands in that list.
fn name_of_lock(about: &std::fs::Metadata) -> String {
    let device = about.dev();
    format!("{:02x}:{:02x}:{}", rustix::fs::major(device), rustix::fs::minor(device), about.ino())
}

/// What is wrong with the locks of the jobs and the sessions of a home.
pub fn locks(left: &Left<'_>) -> Vec<String> {
    let Some(home) = left.home else { return Vec::new() };
    let folder = home.join(".local/state/netex-users/sessions");
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    if files.is_empty() {
        return Vec::new();
    }
    let look = || files.iter().flat_map(|path| wrong(path)).collect::<BTreeSet<_>>();
    let mut found = look();
    for _ in 1..LOOKS {
        if found.is_empty() {
            break;
        }
        found = found.intersection(&look()).cloned().collect();
    }
    found.into_iter().collect()
}

/// What is wrong with those who hold one lock. Whoever only asks whether somebody has it takes a shared one for some microseconds, which
/// is no fault unless it is found there again.
fn wrong(path: &Path) -> Vec<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let held = held(&std::fs::read_to_string("/proc/locks").unwrap_or_default());
    let lock = std::fs::metadata(path).map(|about| name_of_lock(&about));
    let Some(holders) = lock.ok().and_then(|lock| held.get(&lock)) else { return Vec::new() };
    let mut found = Vec::new();
    if holders.len() > 1 {
        found.push(format!("{name} has {} owners", holders.len()));
    }
    for (how, process) in holders {
        if how != "WRITE" {
            found.push(format!("{name} is held by {process} in a way that others may too"));
        }
        // It may end between the two looks; a lock that lives on without its program is held by whom it started.
        if !Path::new("/proc").join(process.to_string()).exists() && is_locked(path) {
            found.push(format!("{name} is locked, and the program that did so has ended"));
        }
    }
    found
}

fn is_locked(path: &Path) -> bool {
    let file = std::fs::File::open(path);
    file.is_ok_and(|file| rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockShared).is_err())
}

/// The most memory that a process had at once, in KiB.
pub fn peak(process: Pid) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok())
}

/// Whether it was more than the program may have.
pub fn memory(left: &Left<'_>) -> Vec<String> {
    let peak = left.screen.filter(|screen| screen.ours).and_then(|screen| screen.peak).filter(|peak| *peak > MOST);
    peak.map(|peak| format!("the program had {} MiB of memory", peak / 1024)).into_iter().collect()
}
