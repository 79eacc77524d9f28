//! A journal for tests that send something: one for the whole run, with a realm of its own for each who asks.
//!
//! When the thread of a test ends, the journal is verified, what the test sent has to have ended or to be in the list of what needs
//! attention, and every write that a server of the test saw has to be what an intent says (`invariants`). A breach is said and ends the
//! run: nothing can fail a test that is over.

use std::cell::RefCell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use netex_users::api::Client;
use netex_users::domain::record::{Change, Realm, Who};
use netex_users::journal::changes::Wish;
use netex_users::journal::{Journal, Place};
use netex_users::runtime::clock;
use netex_users::sandbox::{Body, Exchange, Token};
use netex_users::service::{Desk, Service};

use crate::chaos::Seen;
use crate::support::intents;
use crate::support::invariants::Recorder;

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
    USED.with_borrow_mut(|used| used.desks.push(desk.clone()));
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
        faults.extend(intents::of_changes(&all));
        Ok(faults)
    });
    found.unwrap_or_else(|fault| vec![fault.to_string()])
}

/// What a server of this test sees from now on is held against the journal, where the test has one.
pub fn saw(seen: &Arc<Mutex<Seen>>) {
    USED.with_borrow_mut(|used| used.seen.push(Arc::clone(seen)));
}

/// The writes that servers saw and that are not what the intents of these desks say. Of several servers the same may be asked.
pub fn strays(desks: &[Desk], seen: &[Arc<Mutex<Seen>>]) -> Vec<String> {
    let of = |desk: &Desk| {
        let realm = desk.realm.clone();
        desk.journal.ask_and_wait(move |store| store.changes(&realm, &Wish::default())).unwrap_or_default()
    };
    let mut kept: Vec<Change> = desks.iter().flat_map(of).collect();
    kept.sort_by_key(|change| change.id);
    let requests = seen.iter().flat_map(|seen| seen.lock().map(|seen| seen.requests.clone()).unwrap_or_default());
    let asked = requests.filter_map(|request| exchange(&request)).collect();
    intents::strays_of(&kept, &Recorder { asked, person: &|_| None })
}

/// A request that arrived whole.
fn exchange(request: &[u8]) -> Option<Exchange> {
    let end = request.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&request[..end]).into_owned();
    let mut words = head.lines().next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut body: serde_json::Value = serde_json::from_slice(&request[end + 4..]).unwrap_or_default();
    // As the sandbox writes it down.
    if let Some(password) = body.pointer_mut("/user/password") {
        *password = "set".into();
    }
    Some(Exchange { method, path, headers: Vec::new(), token: Token::Right, body: Body::Json(body) })
}

/// The desks that the test of this thread wrote at, and what its servers saw.
#[derive(Default)]
struct Used {
    desks: Vec<Desk>,
    seen: Vec<Arc<Mutex<Seen>>>,
}

thread_local! {
    static USED: RefCell<Used> = RefCell::default();
}

impl Drop for Used {
    // The test is over, and a panic here would end the run without a word.
    fn drop(&mut self) {
        if std::thread::panicking() || self.desks.is_empty() {
            return;
        }
        let mut faults: Vec<String> = self.desks.iter().flat_map(faults).collect();
        faults.extend(strays(&self.desks, &self.seen));
        if !faults.is_empty() {
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

        let put =
            |key: &str| format!("PUT /rest/users/{key} HTTP/1.1\r\nHost: x\r\n\r\n{{\"user\": {{}}}}").into_bytes();
        let seen = |requests: &[Vec<u8>]| {
            vec![Arc::new(Mutex::new(Seen { connections: requests.len(), requests: requests.to_vec() }))]
        };
        let desks = [desk];
        assert_eq!(strays(&desks, &seen(&[put("nora")])), Vec::<String>::new());
        assert_eq!(strays(&desks, &seen(&[put("nora"), put("nora")])).len(), 1);
        assert_eq!(strays(&desks, &seen(&[put("lena")])).len(), 1);
    }
}
