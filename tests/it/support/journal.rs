//! A journal for tests that send something: one for the whole run, with a realm of its own for each who asks.
//!
//! When the thread of a test ends, the journal is verified, and what the test sent has to have ended or to be in the list of what needs
//! attention (faults.md, I-7). A breach is said and ends the run: nothing can fail a test that is over.

use std::cell::RefCell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use netex_users::api::Client;
use netex_users::domain::record::{Change, Realm, Who};
use netex_users::journal::changes::Wish;
use netex_users::journal::{Journal, Place};
use netex_users::runtime::clock;
use netex_users::service::{Desk, Service};

/// A place in a folder.
pub fn place(folder: &Path) -> Place {
    let who = Who { user: "anna".into(), uid: 1000, ssh: None };
    Place { folder: folder.to_owned(), name: "journal", who, clock: clock::milliseconds }
}

/// A desk that no other test writes at.
pub fn desk() -> Desk {
    static JOURNAL: OnceLock<Journal> = OnceLock::new();
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let journal = JOURNAL.get_or_init(|| Journal::open(place(&folder())).expect("a journal"));
    let origin = format!("test {}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let desk = Desk { journal: journal.clone(), realm: Realm { tenant: "test".into(), origin } };
    USED.with_borrow_mut(|used| used.0.push(desk.clone()));
    desk
}

/// What is wrong with what was sent from a desk.
pub fn faults(desk: &Desk) -> Vec<String> {
    let realm = desk.realm.clone();
    let found = desk.journal.ask_and_wait(move |store| {
        let mut faults = store.verify()?.faults;
        let all = store.changes(&realm, &Wish::default())?;
        let attention = store.changes(&realm, &Wish { needs_attention: true, ..Wish::default() })?;
        let is_listed = |change: &Change| attention.iter().any(|listed| listed.id == change.id);
        let lost = all.iter().filter(|change| change.outcome.is_none() && !is_listed(change));
        faults.extend(lost.map(|change| format!("{} has no outcome and needs no attention", change.id)));
        Ok(faults)
    });
    found.unwrap_or_else(|fault| vec![fault.to_string()])
}

/// The desks that the test of this thread wrote at.
struct Used(Vec<Desk>);

thread_local! {
    static USED: RefCell<Used> = const { RefCell::new(Used(Vec::new())) };
}

impl Drop for Used {
    // The test is over, and a panic here would end the run without a word.
    fn drop(&mut self) {
        let faults: Vec<String> = self.0.iter().flat_map(faults).collect();
        if !std::thread::panicking() && !faults.is_empty() {
            let _ = writeln!(std::io::stderr(), "the journal that a test left:\n{}", faults.join("\n"));
            std::process::exit(101);
        }
    }
}

/// The acts of a client, with a journal.
pub fn service(client: Client) -> Service {
    Service::new(client).journaling(desk())
}

/// The folder of this process. Those of processes that have ended are taken away: a process cannot do so at its own end.
fn folder() -> PathBuf {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journals");
    std::fs::create_dir_all(&all).expect("a folder");
    for entry in std::fs::read_dir(&all).expect("it can be read").flatten() {
        if !Path::new("/proc").join(entry.file_name()).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let own = all.join(std::process::id().to_string());
    std::fs::create_dir_all(&own).expect("a folder");
    own
}

#[cfg(test)]
mod tests {
    use netex_users::domain::outcome::Verdict;
    use netex_users::domain::record::{Act, Intent, Outcome, Purpose};
    use netex_users::domain::tenant::Synchronization;

    use super::*;

    #[test]
    fn a_change_that_is_not_where_its_entries_put_it_is_found_when_the_test_ends() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(place(folder.path())).unwrap();
        let desk = Desk { journal, realm: Realm::default() };
        let intent = Intent {
            act: Act::Update,
            username: "nora".into(),
            key: None,
            synchronization: Synchronization::Synchronous,
            touched: Vec::new(),
            ticket: None,
            purpose: Purpose::Change,
            job: None,
            instead_of: None,
        };
        desk.journal.ask_and_wait(move |store| store.begin(&Realm::default(), &intent)).unwrap();
        assert_eq!(faults(&desk), Vec::<String>::new());
        let behind = rusqlite::Connection::open(desk.journal.path()).unwrap();
        behind.execute("UPDATE change SET standing = 'done'", []).unwrap();
        let found = faults(&desk).join("; ");
        assert!(found.contains("is kept as done and is on its way") && found.contains("needs no attention"), "{found}");
        let outcome = Outcome::without_reply(Verdict::Applied, "why");
        let id = netex_users::domain::record::ChangeId(1);
        desk.journal.ask_and_wait(move |store| store.end(id, &outcome)).unwrap();
        assert_eq!(faults(&desk), Vec::<String>::new());
    }
}
