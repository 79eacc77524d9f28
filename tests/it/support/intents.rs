//! The journals that tests leave behind: without fault, every change of them in one standing, an intent for every write that a server saw, and
//! in every write what its intent says. When that is looked at stands in `invariants`.
//!
//! It looks at a copy: opening a journal takes over what a killed program left, which is what the next start of the program has to do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netex_users::domain::fields::Field;
use netex_users::domain::job::{Job, JobState, LineState};
use netex_users::domain::outcome::{Cause, PlatformState, Verdict};
use netex_users::domain::record::{Act, Change, Intent, Kept, Outcome, Standing, Touched};
use netex_users::journal::Journal;
use netex_users::journal::Place;
use netex_users::journal::changes::Wish;
use netex_users::journal::store::Store;
use netex_users::sandbox::{Body, Exchange};
use serde_json::Value;

use crate::support::invariants::Recorder;
use crate::support::journal::place;

/// The names under which the program keeps journals.
const NAMES: [&str; 2] = ["journal", "sandbox"];

/// How often a copy is taken anew, where a program that was killed a moment ago still wrote.
const TRIES: usize = 5;

/// What is wrong with the journals of a home, or of the folder of a test, in words.
pub fn faults(home: &Path) -> Vec<String> {
    let found = |name: &'static str| copied(home, name).map_or_else(Vec::new, |(_folder, place)| in_journal(place));
    NAMES.into_iter().flat_map(|name| at_last(|| found(name))).collect()
}

/// The writes that a server saw and for which the journals of a home have no intent of their own, and those that were not what their intent
/// says, or not to whom it says.
pub fn strays(home: &Path, recorder: &Recorder<'_>) -> Vec<String> {
    if recorder.asked.iter().all(|asked| write(asked).is_none()) {
        return Vec::new();
    }
    at_last(|| kept(home).map(|kept| strays_of(&kept, recorder)).unwrap_or_default())
}

/// What is found, and still found in copies that are taken anew.
fn at_last(look: impl Fn() -> Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..TRIES {
        found = look();
        if found.is_empty() {
            break;
        }
    }
    found
}

/// The same of changes that were read. Of several intents for the same write the one is taken that says what was sent.
pub fn strays_of(kept: &[Change], recorder: &Recorder<'_>) -> Vec<String> {
    let (mut left, mut found) = (Vec::from_iter(kept), Vec::new());
    for asked in &recorder.asked {
        let Some((act, whom)) = write(asked) else { continue };
        let is_of = |change: &Change| {
            let key = change.intent.key.as_ref().unwrap_or(&change.intent.username);
            change.intent.act == act && *key == whom
        };
        let is_it = |change: &Change| is_of(change) && differences(&change.intent, &asked.body).is_empty();
        let at = left.iter().position(|change| is_it(change)).or_else(|| left.iter().position(|change| is_of(change)));
        let Some(change) = at.map(|at| left.remove(at)) else {
            found.push(format!("{} {whom} was sent, and no intent of its own is kept", act.word()));
            continue;
        };
        let words = differences(&change.intent, &asked.body);
        let words = words.into_iter().chain(elsewhere(&change.intent, recorder.person));
        found.extend(words.map(|words| format!("{}: {words}", change.id)));
    }
    found
}

/// Where a body says something else than the intent does. What is kept of a password and a picture is only that there was one.
fn differences(intent: &Intent, body: &Body) -> Vec<String> {
    let (Act::Create | Act::Update, Body::Json(body)) = (intent.act, body) else { return Vec::new() };
    let sent = body["user"].as_object().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for (key, value) in &sent {
        let touched = intent.touched.iter().find(|touched| touched.field.spec().key == key);
        match touched.map(|touched| &touched.new) {
            None => found.push(format!("{key} was sent, and is not in the intent")),
            Some(new) if !is(new, value) => {
                found.push(format!("{key} was sent as {value}, and not as {}", new.summary()));
            }
            Some(_) => {}
        }
    }
    let missing = intent.touched.iter().filter(|touched| !sent.contains_key(touched.field.spec().key));
    found.extend(missing.map(|touched| format!("{} is in the intent, and was not sent", touched.field.spec().key)));
    let echoed = intent.touched.iter().filter(|touched| touched.echoed && touched.old != touched.new);
    let is_text = |touched: &&Touched| matches!((&touched.old, &touched.new), (Kept::Text(_), Kept::Text(_)));
    found.extend(echoed.filter(is_text).map(|touched| format!("{} is no echo", touched.field.spec().key)));
    found
}

/// Whether a kept value is the one that was sent, as far as it can be compared.
fn is(kept: &Kept, sent: &Value) -> bool {
    match (kept, sent) {
        (Kept::Text(text), Value::String(sent)) => text == sent,
        (Kept::Switch(on), sent) => sent == on,
        (Kept::Roles(roles), Value::Object(sent)) => {
            let list = |value: &Value| {
                value.as_array().map(|list| list.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect())
            };
            roles.len() == sent.len() && sent.iter().all(|(section, sent)| roles.get(section) == list(sent).as_ref())
        }
        // Lines of pairs, an object as it was written, an address of a picture.
        (Kept::Text(_), Value::Object(_)) | (Kept::Mark { .. }, _) => true,
        _ => false,
    }
}

/// Whether the id that was addressed is somebody else's. Who was deleted, or renamed by the same change, is not found.
fn elsewhere(intent: &Intent, person: &dyn Fn(&str) -> Option<Value>) -> Option<String> {
    let key = intent.key.as_ref()?;
    let person = person(key)?;
    let username = person["username"].as_str()?;
    let renames = intent.touched.iter().any(|touched| touched.field == Field::Username);
    (username != intent.username && !renames)
        .then(|| format!("it was meant for {} and went to {key}, who is {username}", intent.username))
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

/// Every change of a home. Nothing where something was taken out of a journal, or one was put aside: then not every write has its intent
/// there any more.
fn kept(home: &Path) -> Option<Vec<Change>> {
    let mut all = Vec::new();
    for name in NAMES {
        if state_of(home).join(format!("{name}.db.aside-1")).exists() {
            return None;
        }
        let Some((_folder, place)) = copied(home, name) else { continue };
        let journal = Journal::open(place).ok()?;
        if journal.ask_and_wait(Store::verify).ok()?.purged > 0 {
            return None;
        }
        let realms = journal.ask_and_wait(Store::realms).expect("a journal that opens can be read");
        let of = |realm| journal.ask_and_wait(move |store| store.changes(&realm, &Wish::default()));
        all.extend(realms.into_iter().flat_map(|realm| of(realm).expect("they are read")));
    }
    // The newest is read first.
    all.sort_by_key(|change| change.id);
    Some(all)
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
            faults.extend(of_changes(&all));
            faults.extend(store.jobs(&realm)?.iter().flat_map(of_job));
        }
        Ok(faults)
    });
    checked.unwrap_or_else(|fault| vec![fault.to_string()])
}

/// What is wrong with the changes of one realm.
pub fn of_changes(all: &[Change]) -> Vec<String> {
    let mut found = Vec::new();
    let mut creates = BTreeMap::new();
    for change in all {
        let is_open = matches!(change.standing, Standing::Open | Standing::InDoubt);
        if change.intent.act == Act::Create
            && is_open
            && let Some(other) = creates.insert(&change.intent.username, change.id)
        {
            found.push(format!("{} and {other} both create {} and are open", change.id, change.intent.username));
        }
        // What was seen by reading the user back is done whatever the answer was.
        let read_back = Cause::ReadBack.to_string();
        let is_green =
            |outcome: &&Outcome| outcome.verdict == Verdict::Applied && !outcome.cause.raw().starts_with(&read_back);
        if let Some(outcome) = change.outcome.as_ref().filter(is_green) {
            let failed = outcome.platforms.iter().find(|row| row.state != PlatformState::Done);
            if let Some(row) = failed {
                found.push(format!("{} is kept as done, and {:?} was {}", change.id, row.name, row.state.word()));
            }
            if outcome.http.is_some_and(|status| !(200..300).contains(&status) || status == 202) {
                found.push(format!("{} is kept as done, and was answered with {:?}", change.id, outcome.http));
            }
        }
        if change.standing == Standing::Done && change.outcome.is_none() && change.sequels.is_empty() {
            found.push(format!("{} is kept as done, and nobody said so", change.id));
        }
    }
    found
}

/// What is wrong with a job: each of its lines stands in one place, and none was sent before all were planned.
fn of_job(job: &Job) -> Vec<String> {
    let lines: u64 = job.counts.values().sum();
    let waiting = job.counts.get(&LineState::Waiting).copied().unwrap_or_default();
    let mut found = Vec::new();
    if job.state == JobState::Planning {
        if job.sent() > 0 {
            found.push(format!("job {} is being planned, and {} of its lines were sent", job.id, job.sent()));
        }
    } else if lines != job.head.lines {
        found.push(format!("job {} has {} lines, and {lines} stand somewhere", job.id, job.head.lines));
    } else if job.state == JobState::Ended && waiting > 0 {
        found.push(format!("job {} has ended, and {waiting} of its lines wait", job.id));
    }
    found
}

fn copied(home: &Path, name: &'static str) -> Option<(tempfile::TempDir, Place)> {
    let state = state_of(home);
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

/// Where the journals of a home lie; a folder that is no home has them in itself.
fn state_of(home: &Path) -> PathBuf {
    let state = home.join(".local/state/netex-users");
    if state.is_dir() { state } else { home.to_owned() }
}

#[cfg(test)]
mod tests {
    use netex_users::domain::outcome::PlatformReport;
    use netex_users::domain::record::{Purpose, Realm};
    use netex_users::domain::tenant::Synchronization;
    use netex_users::domain::untrusted::Untrusted;
    use netex_users::sandbox::Token;
    use serde_json::json;

    use super::*;

    fn home() -> tempfile::TempDir {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(home.path().join(".local/state/netex-users")).expect("a folder");
        home
    }

    fn intent(username: &str) -> Intent {
        Intent {
            act: Act::Create,
            username: username.to_owned(),
            key: None,
            synchronization: Synchronization::Synchronous,
            touched: vec![touched(Field::Username, username)],
            ticket: None,
            purpose: Purpose::Change,
            job: None,
            instead_of: None,
        }
    }

    fn touched(field: Field, text: &str) -> Touched {
        Touched { field, old: Kept::Nothing, new: Kept::Text(text.to_owned()), echoed: false }
    }

    /// The journal stays open: nobody may look while it is being closed.
    #[must_use]
    fn keep(home: &Path, intent: Intent, outcome: Outcome) -> Journal {
        let journal = Journal::open(place(&state_of(home))).expect("a journal");
        let kept = journal.ask_and_wait(move |store| {
            let (id, _) = store.begin(&Realm::default(), &intent)?;
            store.end(id, &outcome)
        });
        kept.expect("it is kept");
        journal
    }

    fn done() -> Outcome {
        Outcome::without_reply(Verdict::Applied, "why")
    }

    fn sent(method: &str, key: &str, user: &Value) -> Exchange {
        Exchange {
            method: method.into(),
            path: format!("/integration/ws/management/rest/users{key}"),
            headers: Vec::new(),
            token: Token::Right,
            body: Body::Json(json!({ "user": user })),
        }
    }

    fn posted(username: &str) -> Exchange {
        sent("POST", "", &json!({ "username": username }))
    }

    fn seen(asked: &[Exchange]) -> Recorder<'static> {
        let people = |key: &str| Some(json!({"id": key, "username": if key == "id-1" { "nora" } else { "lena" }}));
        Recorder { asked: asked.to_vec(), person: Box::leak(Box::new(people)) }
    }

    #[test]
    fn a_journal_that_somebody_changed_is_found_after_the_test() {
        let home = home();
        let _journal = keep(home.path(), intent("nora"), done());
        assert_eq!(faults(home.path()), Vec::<String>::new());
        let path = state_of(home.path()).join("journal.db");
        rusqlite::Connection::open(path).unwrap().execute("UPDATE change SET standing = 'rejected'", []).unwrap();
        assert_eq!(faults(home.path()), ["change #1 is kept as rejected and is done"]);
    }

    #[test]
    fn a_success_that_was_none_and_two_open_creates_of_one_username_are_found() {
        for (http, state, words) in [
            (Some(500), PlatformState::Done, "was answered with Some(500)"),
            (Some(202), PlatformState::Done, "was answered with Some(202)"),
            (Some(200), PlatformState::Queued, "was queued"),
            (Some(200), PlatformState::Failed, "was FAILED"),
            (Some(200), PlatformState::NotReported, "was not reported"),
        ] {
            let home = home();
            let row =
                PlatformReport { name: Untrusted::new("training"), state, status: None, message: None, location: None };
            let _journal2 = keep(home.path(), intent("nora"), Outcome { http, platforms: vec![row], ..done() });
            let found = faults(home.path());
            assert!(found.len() == 1 && found[0].contains(words), "{words}: {found:?}");
        }
        let home = home();
        let _journal3 = keep(home.path(), intent("nora"), Outcome::without_reply(Verdict::InDoubt, "why"));
        let _journal4 = keep(home.path(), intent("lena"), Outcome::without_reply(Verdict::InDoubt, "why"));
        let mut all = kept(home.path()).unwrap();
        assert_eq!(of_changes(&all), Vec::<String>::new());
        all[1].intent.username = "nora".into();
        assert_eq!(of_changes(&all), ["#3 and #1 both create nora and are open"]);
    }

    #[test]
    fn a_job_whose_lines_do_not_add_up_is_found() {
        let job = |state, lines, counts: &[(LineState, u64)]| Job {
            id: netex_users::domain::job::JobId(1),
            realm: Realm::default(),
            at: 0,
            head: netex_users::domain::job::JobHead {
                source: String::new(),
                digest: String::new(),
                plan: String::new(),
                terms: String::new(),
                lines,
            },
            state,
            claimed: false,
            counts: counts.iter().copied().collect(),
        };
        let (sent, waits) = (LineState::Sent(Standing::Done), LineState::Waiting);
        assert_eq!(of_job(&job(JobState::Ended, 3, &[(sent, 2), (LineState::Error, 1)])), Vec::<String>::new());
        assert_eq!(of_job(&job(JobState::Stopped, 3, &[(sent, 2), (waits, 1)])), Vec::<String>::new());
        assert_eq!(of_job(&job(JobState::Ended, 3, &[(sent, 2), (waits, 1)])).len(), 1);
        assert_eq!(of_job(&job(JobState::Running, 3, &[(sent, 2)])).len(), 1);
        assert_eq!(of_job(&job(JobState::Planning, 3, &[(sent, 1)])).len(), 1);
    }

    #[test]
    fn a_write_without_an_intent_and_a_second_one_are_found() {
        let home = home();
        let _journal5 = keep(home.path(), intent("nora"), done());
        assert_eq!(strays(home.path(), &seen(&[posted("nora")])), Vec::<String>::new());
        let twice = strays(home.path(), &seen(&[posted("nora"), posted("nora")]));
        assert_eq!(twice, ["create nora was sent, and no intent of its own is kept"]);
        assert_eq!(strays(home.path(), &seen(&[posted("lena")])).len(), 1);
        assert_eq!(strays(tempfile::tempdir().unwrap().path(), &seen(&[posted("lena")])).len(), 1, "no journal");
    }

    #[test]
    fn a_write_of_something_else_or_to_somebody_else_is_found() {
        let home = home();
        let echo = Touched { old: Kept::Text("Vidal".into()), echoed: true, ..touched(Field::Surname, "Vidal") };
        let update = |key: &str, echo: &Touched| Intent {
            act: Act::Update,
            key: Some(key.into()),
            touched: vec![touched(Field::Location, "Vigo"), echo.clone()],
            ..intent("nora")
        };
        let _journal6 = keep(home.path(), update("id-1", &echo), done());
        let found = |user: Value| strays(home.path(), &seen(&[sent("PUT", "/id-1", &user)]));
        assert_eq!(found(json!({"location": "Vigo", "surname": "Vidal"})), Vec::<String>::new());
        for (user, words) in [
            (json!({"location": "Lugo", "surname": "Vidal"}), "#1: location was sent as \"Lugo\", and not as Vigo"),
            (json!({"surname": "Vidal"}), "#1: location is in the intent, and was not sent"),
            (
                json!({"location": "Vigo", "surname": "Vidal", "name": "x"}),
                "#1: name was sent, and is not in the intent",
            ),
            (json!({"location": null, "surname": "Vidal"}), "#1: location was sent as null, and not as Vigo"),
        ] {
            assert_eq!(found(user), [words]);
        }
        let other = Touched { old: Kept::Text("Gomez".into()), ..echo.clone() };
        let _journal7 = keep(home.path(), update("id-2", &other), done());
        let found =
            strays(home.path(), &seen(&[sent("PUT", "/id-2", &json!({"location": "Vigo", "surname": "Vidal"}))]));
        assert_eq!(found, ["#3: surname is no echo", "#3: it was meant for nora and went to id-2, who is lena"]);
    }
}
