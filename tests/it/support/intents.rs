//! The journals that tests leave behind: without fault, every change of them in one standing, and an intent for every write that a server saw
//! (faults.md, I-1, I-2 and I-7). The harness of the terminal, that of the commands and the journal of the other tests look after every test.
//!
//! It looks at a copy: opening a journal takes over what a killed program left, which is what the next start of the program has to do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netex_users::domain::record::{Act, Change};
use netex_users::journal::Journal;
use netex_users::journal::Place;
use netex_users::journal::changes::Wish;
use netex_users::journal::store::Store;
use netex_users::sandbox::{Body, Exchange};

use crate::support::journal::place;

/// The names under which the program keeps journals.
const NAMES: [&str; 2] = ["journal", "sandbox"];

/// How often a copy is taken anew, where a program that was killed a moment ago still wrote.
const TRIES: usize = 5;

/// What is wrong with the journals of a home, in words.
pub fn faults(home: &Path) -> Vec<String> {
    let found = |name: &'static str| {
        let mut faults = Vec::new();
        for _ in 0..TRIES {
            faults = copied(home, name).map_or_else(Vec::new, |(_folder, place)| in_journal(place));
            if faults.is_empty() {
                break;
            }
        }
        faults
    };
    NAMES.into_iter().flat_map(found).collect()
}

/// Fails where the journals of a home have faults.
#[track_caller]
pub fn assert_sound(home: &Path) {
    let faults = faults(home);
    assert!(faults.is_empty(), "the journal that was left:\n{}", faults.join("\n"));
}

/// The writes that a server saw and for which the journals of a home have no intent, or one intent for several.
pub fn unexplained(home: &Path, asked: &[Exchange]) -> Vec<String> {
    let mut intents: BTreeMap<(Act, String), usize> = BTreeMap::new();
    for change in NAMES.into_iter().flat_map(|name| changes(home, name)) {
        let whom = change.intent.key.clone().unwrap_or_else(|| change.intent.username.clone());
        *intents.entry((change.intent.act, whom)).or_default() += 1;
    }
    let mut left = Vec::new();
    for (act, whom) in asked.iter().filter_map(write) {
        match intents.get_mut(&(act, whom.clone())) {
            Some(count) if *count > 0 => *count -= 1,
            _ => left.push(format!("{} {whom} was sent, and no intent of its own is kept", act.word())),
        }
    }
    left
}

/// What a request does, and to whom; nothing for a read, and for what no test would send by the program.
fn write(asked: &Exchange) -> Option<(Act, String)> {
    let path = asked.path.split('?').next()?.split("/rest/users").nth(1)?;
    let mut parts = path.trim_start_matches('/').split('/');
    let (key, service) = (parts.next().unwrap_or_default().to_owned(), parts.next());
    Some(match (asked.method.as_str(), service) {
        ("POST", None) => {
            let Body::Json(body) = &asked.body else { return None };
            (Act::Create, body["user"]["username"].as_str()?.to_owned())
        }
        ("PUT", None) => (Act::Update, key),
        ("PUT", Some("activate")) => (Act::Activate, key),
        ("PUT", Some("deactivate")) => (Act::Deactivate, key),
        ("PUT", Some("changePassword")) => (Act::ChangePassword, key),
        ("POST", Some("welcomeMail")) => (Act::WelcomeMail, key),
        ("DELETE", None) => (Act::Delete, key),
        _ => return None,
    })
}

fn changes(home: &Path, name: &'static str) -> Vec<Change> {
    let Some((_folder, place)) = copied(home, name) else { return Vec::new() };
    let Ok(journal) = Journal::open(place) else { return Vec::new() };
    let realms = journal.ask_and_wait(Store::realms).expect("a journal that opens can be read");
    let of = |realm| journal.ask_and_wait(move |store| store.changes(&realm, &Wish::default()));
    realms.into_iter().flat_map(|realm| of(realm).expect("they are read")).collect()
}

/// A journal that does not open was damaged by its test on purpose: what damages one otherwise is found by those that open.
fn in_journal(place: Place) -> Vec<String> {
    let Ok(journal) = Journal::open(place) else { return Vec::new() };
    let checked = journal.ask_and_wait(|store| {
        let mut faults = store.verify()?.faults;
        for realm in store.realms()? {
            let all = store.changes(&realm, &Wish::default())?;
            let open = all.iter().filter(|change| change.standing.needs_attention()).count();
            if open != store.attention(&realm)? {
                faults.push(format!("of {open} changes that are not finished not all need attention"));
            }
        }
        Ok(faults)
    });
    checked.unwrap_or_else(|fault| vec![fault.to_string()])
}

fn copied(home: &Path, name: &'static str) -> Option<(tempfile::TempDir, Place)> {
    let state = state_of(home)?;
    let from = |end: &str| state.join(format!("{name}.{end}"));
    let folder = from("db").is_file().then(|| tempfile::tempdir().expect("a folder"))?;
    for end in ["db", "db-wal", "reserve"] {
        if from(end).is_file() {
            let copy = folder.path().join(format!("{name}.{end}"));
            std::fs::write(&copy, super::bytes_of(&from(end)).ok()?).ok()?;
            // As the program made it: others may not read it.
            std::fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o600)).ok()?;
        }
    }
    let place = Place { name, ..place(folder.path()) };
    Some((folder, place))
}

fn state_of(home: &Path) -> Option<PathBuf> {
    let state = home.join(".local/state/netex-users");
    state.is_dir().then_some(state)
}

#[cfg(test)]
mod tests {
    use netex_users::domain::outcome::Verdict;
    use netex_users::domain::record::{Intent, Outcome, Purpose, Realm};
    use netex_users::domain::tenant::Synchronization;
    use netex_users::sandbox::Token;

    use super::*;

    fn home() -> tempfile::TempDir {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(home.path().join(".local/state/netex-users")).expect("a folder");
        home
    }

    fn keep(home: &Path, username: &str) {
        let journal = Journal::open(place(&state_of(home).expect("a folder"))).expect("a journal");
        let intent = Intent {
            act: Act::Create,
            username: username.to_owned(),
            key: None,
            synchronization: Synchronization::Synchronous,
            touched: Vec::new(),
            ticket: None,
            purpose: Purpose::Change,
            job: None,
            instead_of: None,
        };
        let kept = journal.ask_and_wait(move |store| {
            let (id, _) = store.begin(&Realm::default(), &intent)?;
            store.end(id, &Outcome::without_reply(Verdict::Applied, "why"))
        });
        kept.expect("it is kept");
    }

    fn posted(username: &str) -> Exchange {
        Exchange {
            method: "POST".into(),
            path: "/integration/ws/management/rest/users".into(),
            headers: Vec::new(),
            token: Token::Right,
            body: Body::Json(serde_json::json!({"user": {"username": username}})),
        }
    }

    #[test]
    fn a_journal_that_somebody_changed_is_found_after_the_test() {
        let home = home();
        keep(home.path(), "nora");
        assert_eq!(faults(home.path()), Vec::<String>::new());
        let path = state_of(home.path()).unwrap().join("journal.db");
        rusqlite::Connection::open(path).unwrap().execute("UPDATE change SET standing = 'rejected'", []).unwrap();
        assert_eq!(faults(home.path()), ["change #1 is kept as rejected and is done"]);
    }

    #[test]
    fn a_write_without_an_intent_and_a_second_one_are_found() {
        let home = home();
        keep(home.path(), "nora");
        assert_eq!(unexplained(home.path(), &[posted("nora")]), Vec::<String>::new());
        let twice = unexplained(home.path(), &[posted("nora"), posted("nora")]);
        assert_eq!(twice, ["create nora was sent, and no intent of its own is kept"]);
        assert_eq!(unexplained(home.path(), &[posted("lena")]).len(), 1);
    }
}
