//! A database that somebody damaged: it is opened or refused, and a refused one is left byte for byte.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::OnceLock;

use netex_users::domain::outcome::Verdict as Outcome;
use netex_users::domain::record::{Act, Intent, Outcome as Ended, Purpose, Realm, Who};
use netex_users::domain::tenant::Synchronization;
use netex_users::journal::changes::Wish;
use netex_users::journal::fault::JournalFault;
use netex_users::journal::{Journal, Place};

use super::{Verdict, sign};

/// Words of a database.
pub const DATABASE: &[&[u8]] =
    &[b"SQLite format 3\0", b"NTXU", b"CREATE TABLE", b"in doubt", b"done", b"\0\0\0\0", b"intent"];

fn place(folder: &Path) -> Place {
    let who = Who { user: "fuzz".into(), uid: 1000, ssh: None };
    Place { folder: folder.to_owned(), name: "journal", who, clock: || 1_700_000_000_000 }
}

fn realm() -> Realm {
    Realm { tenant: "fuzz".into(), origin: "https://fuzz.example".into() }
}

fn intent(number: usize) -> Intent {
    Intent {
        act: Act::ALL[number % Act::ALL.len()],
        username: format!("row.{number}"),
        key: None,
        synchronization: Synchronization::Synchronous,
        touched: Vec::new(),
        ticket: None,
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    }
}

/// A journal with some changes, a draft, and nothing left in the log.
pub fn databases() -> Vec<Vec<u8>> {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(folder.path());
        let path = place.path();
        let journal = Journal::open(place).expect("a journal");
        let filled = journal.ask_and_wait(|store| {
            for number in 0..20 {
                let (id, _) = store.begin(&realm(), &intent(number))?;
                let verdict = [Outcome::Applied, Outcome::Partial, Outcome::InDoubt][number % 3];
                store.end(id, &Ended::without_reply(verdict, "why"))?;
            }
            store.keep_draft(&realm(), None, "nora", "{}")?;
            // Takes the log back into the database.
            store.purge(0).map(drop)
        });
        filled.expect("it is written");
        drop(journal);
        // The thread of the journal closes it on its own time.
        loop {
            let log = fs::metadata(path.with_extension("db-wal")).map_or(0, |log| log.len());
            if log == 0 {
                return fs::read(&path).expect("it can be read");
            }
            std::thread::yield_now();
        }
    });
    vec![made.clone()]
}

/// Opens it, verifies it, reads it and begins a change in it.
pub fn open(bytes: &[u8]) -> Verdict {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let place = place(folder.path());
    let path = place.path();
    fs::write(&path, bytes).map_err(|error| error.to_string())?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(|error| error.to_string())?;
    let journal = match Journal::open(place) {
        Ok(journal) => journal,
        Err(JournalFault::Gone) => return Err("the thread of the journal panicked".to_owned()),
        Err(fault) => {
            let left = fs::read(&path).map_err(|error| error.to_string())?;
            if left != bytes && !is_fresh(bytes) {
                return Err(format!("it was refused and written to: {fault}"));
            }
            return Ok(sign(&words(&fault.to_string())));
        }
    };
    let mut signs = Vec::new();
    for step in 0..4 {
        let done = journal.ask_and_wait(move |store| match step {
            0 => store.verify().map(|verified| usize::from(verified.faults.is_empty())),
            1 => store.changes(&realm(), &Wish::default()).map(|changes| changes.len()),
            2 => store.drafts(&realm()).map(|drafts| drafts.len()),
            _ => store.begin(&realm(), &intent(0)).map(|_| 0),
        });
        match done {
            Err(JournalFault::Gone) => return Err(format!("the thread of the journal panicked in step {step}")),
            Err(fault) => signs.push(words(&fault.to_string())),
            Ok(count) => signs.push(count.to_string()),
        }
    }
    Ok(sign(&signs))
}

/// An empty file is a new journal, and a file that never was one may become one.
fn is_fresh(bytes: &[u8]) -> bool {
    bytes.is_empty()
}

/// The words of a fault without the names and numbers in it.
fn words(fault: &str) -> String {
    fault.split(' ').filter(|word| word.chars().all(char::is_alphabetic)).collect()
}
