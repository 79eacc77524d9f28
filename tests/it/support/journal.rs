//! A journal for tests that send something: one for the whole run, with a realm of its own for each who asks.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use netex_users::api::Client;
use netex_users::domain::record::{Realm, Who};
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
    Desk { journal: journal.clone(), realm: Realm { tenant: "test".into(), origin } }
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
