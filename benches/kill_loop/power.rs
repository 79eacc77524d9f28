//! The plug is taken out: what a disk has that kept what was synced, and of the rest some sectors or none.
//!
//! One run is written down call by call, with every byte. The files are made anew as they may stand after each call, and a journal that is
//! opened there has to be without fault and to know of every request that had left by then. What a name is durable for is not modelled: a file
//! that was made is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use netex_users::journal::Journal;
use netex_users::journal::changes::Wish;

use super::kit::clock::after_everything;
use super::kit::count::Count;
use super::kit::dice::Dice;
use super::kit::driver::{self, Binary, Plan};
use super::kit::people;
use super::kit::task::{place, realm};
use super::say;
use super::syscalls::{logs, traced};

/// What a disk writes at once.
const SECTOR: usize = 512;

/// The ways in which each moment is tried: nothing of what was not synced, everything, and by chance.
const WAYS: u64 = 6;

/// The files that are made anew.
const FILES: [&str; 4] = ["journal.db", "journal.db-journal", "journal.db-wal", "journal.reserve"];

/// A call that matters.
enum Event {
    Write {
        file: String,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: String,
        length: usize,
    },
    Sync {
        file: String,
    },
    Remove {
        file: String,
    },
    /// A request left.
    Sent {
        tag: String,
    },
}

/// A file: what is certainly on the disk, and what may be.
#[derive(Clone, Default)]
struct File {
    synced: Vec<u8>,
    /// Writes, and truncations as writes of nothing.
    pending: Vec<(usize, Option<Vec<u8>>)>,
}

/// Takes the plug out after every call. As a control, the same with a disk that syncs nothing of the log has to lose intents.
pub fn cuts(binary: &Binary, plan: &Plan) -> Option<Count> {
    Command::new("strace").arg("-V").stdout(Stdio::null()).status().ok()?;
    let events = events(binary, plan);
    let lying = |event: &&Event| !matches!(event, Event::Sync { file } if file == "journal.db-wal");
    let control = cut(events.iter().filter(lying), plan.seed);
    say(&format!("a disk that syncs no log: {} unexplained, which is the control", control.unexplained.len()));
    let mut count = cut(events.iter(), plan.seed);
    if control.unexplained.is_empty() {
        count.unexplained.push("the control lost nothing, so this finds nothing".to_owned());
    }
    Some(count)
}

fn cut<'a>(events: impl Iterator<Item = &'a Event>, seed: u64) -> Count {
    let (mut count, mut tried, mut behind) = (Count::default(), 0_u64, 0_u64);
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    let mut sent: Vec<String> = Vec::new();
    let mut dice = Dice::new(seed);
    for event in events {
        follow(&mut files, &mut sent, event);
        for way in 0..WAYS {
            tried += 1;
            behind += u64::from(files.values().any(|file| !file.pending.is_empty()));
            if let Err(words) = look(&files, &sent, way, &mut dice) {
                count.unexplained.push(format!("without power after {tried} tries: {words}"));
            }
        }
    }
    say(&format!("power: {tried} cuts, {behind} of them with something not synced, {} requests sent", sent.len()));
    assert!(sent.len() > 1 && behind > 0, "the log has requests and writes in it");
    count
}

/// Everything that one run did, in order.
fn events(binary: &Binary, plan: &Plan) -> Vec<Event> {
    let log = tempfile::tempdir().expect("a folder");
    let plan = Plan { rows: 0..6, ..plan.clone() };
    driver::broken(&plan, binary, None, &|_| {
        let calls = "pwrite64,write,writev,sendto,ftruncate,fsync,fdatasync,unlink,unlinkat";
        let mut command = traced(log.path(), calls);
        command.args(["-y", "-xx", "-s", "200000"]).arg(&binary.path);
        command
    });
    let mut lines: Vec<(String, String)> = Vec::new();
    for thread in logs(log.path()) {
        let text = fs::read_to_string(thread).expect("a log");
        let timed = text.lines().filter_map(|line| line.split_once(' '));
        lines.extend(timed.map(|(at, call)| (at.to_owned(), call.to_owned())));
    }
    lines.sort_by(|one, other| one.0.cmp(&other.0));
    lines.iter().filter_map(|(_, call)| event(call)).collect()
}

fn event(call: &str) -> Option<Event> {
    let (name, rest) = call.split_once('(')?;
    let file = || {
        let path = String::from_utf8(unescaped(rest.split_once('<')?.1.split_once('>')?.0)).ok()?;
        let name = path.rsplit('/').next()?.to_owned();
        FILES.contains(&name.as_str()).then_some(name)
    };
    let failed = rest.contains(" = -1 ");
    // The last argument: an offset, or a length.
    let last = || rest.rsplit_once(')')?.0.rsplit_once(", ")?.1.parse().ok();
    match name {
        "pwrite64" if !failed => Some(Event::Write { file: file()?, at: last()?, bytes: quoted(rest) }),
        "ftruncate" if !failed => Some(Event::Truncate { file: file()?, length: last()? }),
        "fsync" | "fdatasync" if !failed => Some(Event::Sync { file: file()? }),
        "unlink" | "unlinkat" if !failed => {
            let path = String::from_utf8(quoted(rest)).ok()?;
            Some(Event::Remove { file: path.rsplit('/').next()?.to_owned() })
        }
        "sendto" | "writev" | "write" => {
            let text = String::from_utf8_lossy(&quoted(rest)).into_owned();
            let is_write = text.starts_with("POST ") || text.starts_with("PUT ");
            let tag = text.split_once("\"name\":\"").and_then(|(_, rest)| rest.split_once('"'));
            is_write.then(|| Event::Sent { tag: tag.expect("head and body leave together").0.to_owned() })
        }
        _ => None,
    }
}

/// The bytes of every text in a line of the log.
fn quoted(line: &str) -> Vec<u8> {
    line.split('"').skip(1).step_by(2).flat_map(unescaped).collect()
}

fn unescaped(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits, 16).expect("two digits")).collect()
}

fn follow(files: &mut BTreeMap<String, File>, sent: &mut Vec<String>, event: &Event) {
    match event {
        Event::Write { file, at, bytes } => {
            files.entry(file.clone()).or_default().pending.push((*at, Some(bytes.clone())));
        }
        Event::Truncate { file, length } => files.entry(file.clone()).or_default().pending.push((*length, None)),
        Event::Sync { file } => {
            let file = files.entry(file.clone()).or_default();
            for (at, bytes) in std::mem::take(&mut file.pending) {
                put(&mut file.synced, at, bytes.as_deref());
            }
        }
        Event::Remove { file } => drop(files.remove(file)),
        Event::Sent { tag } => sent.push(tag.clone()),
    }
}

fn put(content: &mut Vec<u8>, at: usize, bytes: Option<&[u8]>) {
    match bytes {
        None => content.resize(at, 0),
        Some(bytes) => {
            let end = at + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            content[at..end].copy_from_slice(bytes);
        }
    }
}

/// Opens the journal that may be left, and asks for every request.
fn look(files: &BTreeMap<String, File>, sent: &[String], way: u64, dice: &mut Dice) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state");
    fs::create_dir(&state).expect("a folder");
    for (name, file) in files {
        write(&state.join(name), &left(file, way, dice));
    }
    let journal = Journal::open(place(folder.path(), after_everything)).map_err(|fault| fault.to_string())?;
    let found = journal.ask_and_wait(|store| Ok((store.verify()?, store.changes(&realm(), &Wish::default())?)));
    let (verified, changes) = found.map_err(|fault| fault.to_string())?;
    let tags: Vec<String> = changes.iter().filter_map(|change| people::tag(&change.intent)).collect();
    match sent.iter().find(|tag| !tags.contains(tag)) {
        Some(tag) => Err(format!("{tag} had left, and no intent is there")),
        None if verified.faults.is_empty() => Ok(()),
        None => Err(verified.faults.join("; ")),
    }
}

/// What is left of a file: everything that was synced, and of the rest what the way says.
fn left(file: &File, way: u64, dice: &mut Dice) -> Vec<u8> {
    let mut content = file.synced.clone();
    for (at, bytes) in &file.pending {
        let Some(bytes) = bytes else {
            if way == 1 || (way > 1 && dice.below(2) == 0) {
                put(&mut content, *at, None);
            }
            continue;
        };
        for (number, sector) in bytes.chunks(SECTOR).enumerate() {
            if way == 1 || (way > 1 && dice.below(2) == 0) {
                put(&mut content, at + number * SECTOR, Some(sector));
            }
        }
    }
    content
}

fn write(path: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(bytes)).expect("a file");
}
