//! The journal by what it promises: durable, exclusive, chained, private, and without residue.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::Connection;

use super::*;
use crate::domain::fields::Field;
use crate::domain::outcome::Verdict;
use crate::domain::record::{Act, ChangeId, Intent, Kept, Outcome, Purpose, Realm, Seen, Sequel, Standing, Touched};
use crate::domain::tenant::Synchronization;
use crate::journal::changes::Wish;

mod mends;

static TIME: AtomicI64 = AtomicI64::new(1_700_000_000_000);

fn clock() -> i64 {
    TIME.fetch_add(1, Ordering::Relaxed)
}

fn place(folder: &Path) -> Place {
    let who = Who { user: "anna".into(), uid: 1000, ssh: None };
    Place { folder: folder.to_owned(), name: "journal", who, clock }
}

fn store(folder: &Path) -> Store {
    Store::open(place(folder)).expect("a journal")
}

fn realm() -> Realm {
    Realm { tenant: "acme".into(), origin: "https://acme.example/ws".into() }
}

fn intent(act: Act, username: &str) -> Intent {
    let touched = Touched {
        field: Field::Surname,
        old: Kept::Nothing,
        new: Kept::Text(format!("Surname of {username}")),
        echoed: false,
    };
    Intent {
        act,
        username: username.into(),
        key: None,
        synchronization: Synchronization::Synchronous,
        touched: vec![touched],
        ticket: None,
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    }
}

fn begin(store: &mut Store, act: Act, username: &str) -> ChangeId {
    store.begin(&realm(), &intent(act, username)).expect("it is kept").0
}

fn ended(verdict: Verdict) -> Outcome {
    Outcome::without_reply(verdict, "why")
}

fn all(store: &mut Store) -> Vec<crate::domain::record::Change> {
    store.changes(&realm(), &Wish::default()).expect("they are read")
}

/// A connection behind the journal's back, as somebody with an editor would have it.
fn behind(folder: &Path) -> Connection {
    Connection::open(place(folder).path()).expect("the database")
}

fn faults(folder: &Path) -> Vec<String> {
    store(folder).verify().expect("it is read").faults
}

#[test]
fn a_change_is_read_back_as_it_was_kept_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let id = {
        let mut store = store(folder.path());
        let id = begin(&mut store, Act::Update, "marta.lopez");
        store.end(id, &ended(Verdict::Partial)).unwrap();
        store.follow(id, &Sequel::LookedUp(Seen::NotYet(vec![Field::Surname]))).unwrap();
        id
    };
    let change = store(folder.path()).change(id).unwrap();
    assert_eq!(change.intent, intent(Act::Update, "marta.lopez"));
    assert_eq!(change.who.user, "anna");
    assert_eq!(change.outcome, Some(ended(Verdict::Partial)));
    assert_eq!(change.standing, Standing::Partial);
    assert_eq!(change.sequels.len(), 1);
}

#[test]
fn what_was_on_its_way_when_its_program_ended_is_in_doubt_and_what_runs_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = store(folder.path());
    let theirs = begin(&mut running, Act::Update, "lena");
    let mut ended = store(folder.path());
    let left = begin(&mut ended, Act::Create, "nora");
    drop(ended);
    let mut fresh = store(folder.path());
    assert_eq!(fresh.change(left).unwrap().standing, Standing::InDoubt);
    let theirs = fresh.change(theirs).unwrap();
    assert_eq!((theirs.standing, theirs.elsewhere), (Standing::Open, true));
    assert_eq!(fresh.attention(&realm()).unwrap(), 2);
}

#[test]
fn a_username_is_created_by_one_request_at_a_time_whoever_asks() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ours, mut theirs) = (store(folder.path()), store(folder.path()));
    let id = begin(&mut ours, Act::Create, "nora");
    let again = |store: &mut Store| store.begin(&realm(), &intent(Act::Create, "nora")).map(|(id, _)| id);
    assert!(matches!(again(&mut theirs), Err(JournalFault::InFlight { id: open, .. }) if open == id));
    ours.end(id, &ended(Verdict::InDoubt)).unwrap();
    assert!(matches!(again(&mut theirs), Err(JournalFault::InFlight { .. })));
    ours.follow(id, &Sequel::LookedUp(Seen::Nobody)).unwrap();
    assert!(
        matches!(again(&mut theirs), Err(JournalFault::InFlight { .. })),
        "a look that finds nobody settles nothing"
    );
    ours.follow(id, &Sequel::Dismissed("looked up twice".into())).unwrap();
    assert!(again(&mut theirs).is_ok());
    let elsewhere = Realm { origin: "https://other.example".into(), ..realm() };
    assert!(theirs.begin(&elsewhere, &intent(Act::Create, "nora")).is_ok(), "another tenant has its own people");
    assert!(theirs.begin(&realm(), &intent(Act::Update, "nora")).is_ok(), "an update makes nobody");
}

#[test]
fn each_sequel_leads_where_the_rules_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    for (act, verdict, seen, standing) in [
        (Act::Create, Verdict::InDoubt, Seen::Done, Standing::Done),
        (Act::Create, Verdict::InDoubt, Seen::SomeoneElse, Standing::Rejected),
        (Act::Create, Verdict::InDoubt, Seen::Nobody, Standing::InDoubt),
        (Act::Delete, Verdict::InDoubt, Seen::Nobody, Standing::Done),
        (Act::Update, Verdict::InDoubt, Seen::NotYet(vec![]), Standing::InDoubt),
        (Act::Update, Verdict::Pending, Seen::Done, Standing::Queued),
        (Act::Update, Verdict::Partial, Seen::Done, Standing::Partial),
    ] {
        let id = begin(&mut store, act, &format!("{act:?}{verdict:?}{seen:?}"));
        store.end(id, &ended(verdict)).unwrap();
        assert_eq!(store.follow(id, &Sequel::LookedUp(seen)).unwrap(), standing, "{act:?} {verdict:?}");
    }
    assert_eq!(faults(folder.path()), Vec::<String>::new());
}

#[test]
fn a_changed_a_removed_and_an_inserted_entry_are_found() {
    for (what, statement, words) in [
        ("a body", "UPDATE entry SET body = replace(body, 'nora', 'mora') WHERE seq = 1", "entry 1 was changed"),
        ("a time", "UPDATE entry SET at = 0 WHERE seq = 2", "entry 2 does not follow"),
        ("one in the middle", "DELETE FROM entry WHERE seq = 2", "entries 2 to 2 are missing"),
        ("the last", "DELETE FROM entry WHERE seq = 4", "should end at 4"),
        ("a body that no purge took", "UPDATE entry SET salt = NULL, body = NULL WHERE seq = 3", "no purge says so"),
        (
            "a standing",
            "UPDATE change SET standing = 'done' WHERE id = 3",
            "change #3 is kept as done and is partly done",
        ),
        ("a change", "DELETE FROM change WHERE id = 3", "change #3 is not in the list"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        {
            let mut store = store(folder.path());
            for (username, verdict) in [("nora", Verdict::Applied), ("lena", Verdict::Partial)] {
                let id = begin(&mut store, Act::Create, username);
                store.end(id, &ended(verdict)).unwrap();
            }
            assert_eq!(store.verify().unwrap().faults, Vec::<String>::new(), "before {what}");
        }
        behind(folder.path()).execute_batch(statement).unwrap();
        let found = faults(folder.path());
        assert!(found.iter().any(|fault| fault.contains(words)), "{what}: {found:?}");
    }
}

#[test]
fn a_purge_leaves_no_name_in_any_file_and_an_unbroken_chain() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let canary = "canary-7f3a";
    for (username, verdict) in [(canary, Verdict::Applied), ("kept.one", Verdict::InDoubt)] {
        let id = begin(&mut store, Act::Create, username);
        store.end(id, &ended(verdict)).unwrap();
    }
    let holds = || {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.is_file())
            .any(|path| fs::read(path).unwrap().windows(canary.len()).any(|bytes| bytes == canary.as_bytes()))
    };
    assert!(holds(), "the check can see it");
    assert_eq!(store.purge(i64::MAX).unwrap(), 1);
    assert!(!holds());
    let verified = store.verify().unwrap();
    assert_eq!((verified.faults, verified.purged), (Vec::new(), 1));
    assert_eq!(all(&mut store).len(), 1, "what is in doubt stays");
}

#[test]
fn every_file_is_ours_alone_whatever_the_umask_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    begin(&mut store, Act::Create, "nora");
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{} has {mode:03o}", path.display());
    }
}

#[test]
fn a_file_that_cannot_be_trusted_is_refused_and_left_alone() {
    let refused = |prepare: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        let path = place(folder.path()).path();
        prepare(&path);
        let before = fs::read(&path).unwrap_or_default();
        let fault = Store::open(place(folder.path())).err().expect("it is refused");
        assert_eq!(fs::read(&path).unwrap_or_default(), before, "{fault}");
        fault
    };
    let private = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    let garbage = refused(&|path| private(path, &[b'x'; 9000]));
    assert!(matches!(garbage, JournalFault::Damaged { .. }), "{garbage:?}");
    let open = refused(&|path| {
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    });
    assert!(open.to_string().contains("chmod 600"), "{open}");
    let other = refused(&|path| {
        private(path, b"");
        Connection::open(path).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    });
    assert!(other.to_string().contains("another program"), "{other}");
    let newer = refused(&|path| {
        drop(store(path.parent().unwrap()));
        let connection = Connection::open(path).unwrap();
        connection.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA user_version = 99").unwrap();
    });
    assert!(matches!(newer, JournalFault::Newer { found: 99, .. }), "{newer:?}");
    let link = refused(&|path| std::os::unix::fs::symlink("/dev/null", path).unwrap());
    assert!(link.to_string().contains("it is a link"), "{link}");
}

#[test]
fn a_journal_that_is_set_aside_is_kept_under_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(folder.path()).path();
    fs::write(&path, "not a database at all, and longer than its head would be").unwrap();
    fs::write(place(folder.path()).reserve(), "1\t{}").unwrap();
    let aside = place(folder.path()).set_aside().unwrap();
    assert!(fs::read_to_string(&aside).unwrap().starts_with("not a database"));
    let reserve = format!("{}-reserve", aside.display());
    assert_eq!(fs::read_to_string(reserve).unwrap(), "1\t{}", "what it says is of changes of that journal");
    assert!(!place(folder.path()).reserve().exists());
    fs::write(&path, "again").unwrap();
    assert_ne!(place(folder.path()).set_aside().unwrap(), aside);
}

#[test]
fn a_file_that_was_replaced_while_the_program_ran_takes_no_intent() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let path = place(folder.path()).path();
    fs::rename(&path, path.with_extension("moved")).unwrap();
    let fault = store.begin(&realm(), &intent(Act::Create, "nora")).err();
    assert_eq!(fault, Some(JournalFault::Replaced(path)));
}

#[test]
fn every_earlier_version_becomes_the_newest() {
    for taken in 0..=migrations::MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        drop(store(folder.path()));
        let path = place(folder.path()).path();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("PRAGMA application_id = 1314150485").unwrap();
        for step in &migrations::MIGRATIONS[..taken] {
            assert!(!step.reason.is_empty());
            connection.execute_batch(step.sql).unwrap();
        }
        connection.pragma_update(None, "user_version", i64::try_from(taken).unwrap()).unwrap();
        drop(connection);
        let mut store = store(folder.path());
        let id = begin(&mut store, Act::Create, "nora");
        store.end(id, &ended(Verdict::Applied)).unwrap();
        let version: i64 = behind(folder.path()).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!((version, faults(folder.path())), (migrations::newest(), Vec::new()));
    }
}

#[test]
fn an_outcome_that_was_put_by_is_taken_over_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = store(folder.path());
    let id = begin(&mut running, Act::Create, "nora");
    running.put_by(id, &crate::codec::record::outcome(&ended(Verdict::Applied))).unwrap();
    drop(running);
    assert_eq!(store(folder.path()).change(id).unwrap().standing, Standing::Done);
}

#[test]
fn drafts_are_kept_replaced_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let id = store.keep_draft(&realm(), None, "nora", "one").unwrap();
    assert_eq!(store.keep_draft(&realm(), Some(id), "nora", "two").unwrap(), id);
    let drafts = store.drafts(&realm()).unwrap();
    assert_eq!(drafts.iter().map(|draft| draft.body.as_str()).collect::<Vec<_>>(), ["two"]);
    store.drop_draft(id).unwrap();
    assert_eq!(store.drafts(&realm()).unwrap(), []);
}

#[tokio::test(flavor = "current_thread")]
async fn a_handle_asks_the_thread_and_gets_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(place(folder.path())).unwrap();
    let (id, _) = journal.ask(|store| store.begin(&realm(), &intent(Act::Create, "nora"))).await.unwrap();
    assert_eq!(journal.ask_and_wait(move |store| store.change(id)).unwrap().standing, Standing::Open);
}

mod jobs {
    //! Lines of files: taken once, and standing where their change stands.

    use super::*;
    use crate::domain::job::{JobHead, JobId, JobState, LineState, NewLine};
    use crate::journal::jobs::Lines;

    fn job(store: &mut Store, lines: u64) -> JobId {
        let word = |word: &str| word.to_owned();
        let head = JobHead { source: word("people.csv"), digest: word("d"), plan: word("p"), terms: word("{}"), lines };
        let id = store.new_job(&realm(), &head).expect("it is kept");
        let line = |line| NewLine {
            line,
            username: format!("user{line}"),
            action: word("create"),
            digest: word("x"),
            state: LineState::Waiting,
            reason: None,
        };
        store.add_lines(id, &(1..=lines).map(line).collect::<Vec<_>>()).expect("they are kept");
        store.job_stands(id, JobState::Ready).expect("it is kept");
        id
    }

    fn send(store: &mut Store, job: JobId, line: u64) -> Result<ChangeId, JournalFault> {
        let intent = Intent { job: Some((job.0, line)), ..intent(Act::Create, &format!("user{line}")) };
        store.begin(&realm(), &intent).map(|(id, _)| id)
    }

    fn counts(store: &mut Store, job: JobId) -> Vec<(LineState, u64)> {
        store.job(job).expect("the job").counts.into_iter().collect()
    }

    #[test]
    fn a_line_is_sent_once_whoever_asks_and_again_only_if_it_never_left() {
        let folder = tempfile::tempdir().unwrap();
        let (mut ours, mut theirs) = (store(folder.path()), store(folder.path()));
        let job = job(&mut ours, 2);
        let first = send(&mut ours, job, 1).unwrap();
        ours.end(first, &ended(Verdict::Applied)).unwrap();
        assert_eq!(send(&mut theirs, job, 1), Err(JournalFault::LineTaken { job, line: 1 }));
        let second = send(&mut theirs, job, 2).unwrap();
        theirs.end(second, &ended(Verdict::NotSent)).unwrap();
        assert!(send(&mut ours, job, 2).is_ok());
        assert_eq!(all(&mut ours).len(), 3, "the refused one has left no intent");
    }

    #[test]
    fn every_line_stands_where_its_change_stands_also_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let mut killed = store(folder.path());
        let job = job(&mut killed, 4);
        killed.line_fails(job, 4, LineState::Error, Some("no picture")).unwrap();
        let done = send(&mut killed, job, 1).unwrap();
        killed.end(done, &ended(Verdict::Applied)).unwrap();
        send(&mut killed, job, 2).unwrap();
        drop(killed);
        let mut store = store(folder.path());
        let sent = LineState::Sent;
        assert_eq!(
            counts(&mut store, job),
            [(LineState::Waiting, 1), (LineState::Error, 1), (sent(Standing::InDoubt), 1), (sent(Standing::Done), 1)]
        );
        let numbers = |store: &mut Store, which| {
            let lines = store.lines(job, which, 0, 10).unwrap();
            lines.iter().map(|line| line.plan.line).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&mut store, Lines::All), [1, 2, 3, 4]);
        assert_eq!(numbers(&mut store, Lines::Open), [2, 3]);
        assert_eq!(numbers(&mut store, Lines::Failed), [2, 4]);
    }

    #[test]
    fn a_job_has_one_owner_until_that_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (mut ours, mut theirs) = (store(folder.path()), store(folder.path()));
        let job = job(&mut ours, 1);
        ours.job_stands(job, JobState::Running).unwrap();
        let claim = ours.claim(job).unwrap();
        assert!(claim.is_some() && theirs.claim(job).unwrap().is_none() && theirs.job(job).unwrap().claimed);
        drop(claim);
        assert!(theirs.claim(job).unwrap().is_some() && !theirs.job(job).unwrap().claimed);
    }

    #[test]
    fn whoever_only_looks_at_a_job_takes_nobodys_claim_away() {
        let folder = tempfile::tempdir().unwrap();
        let (mut ours, mut theirs) = (store(folder.path()), store(folder.path()));
        let job = job(&mut ours, 1);
        ours.job_stands(job, JobState::Running).unwrap();
        let (tell, told) = mpsc::channel::<()>();
        let looks = thread::spawn(move || {
            while told.try_recv() == Err(mpsc::TryRecvError::Empty) {
                theirs.job(job).unwrap();
            }
        });
        let refused = (0..300).filter(|_| ours.claim(job).unwrap().is_none()).count();
        drop(tell);
        looks.join().unwrap();
        assert_eq!(refused, 0);
    }

    #[test]
    fn a_line_whose_change_never_left_can_still_be_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path());
        let job = job(&mut store, 2);
        let never = send(&mut store, job, 1).unwrap();
        store.end(never, &ended(Verdict::NotSent)).unwrap();
        let done = send(&mut store, job, 2).unwrap();
        store.end(done, &ended(Verdict::Applied)).unwrap();
        for line in [1, 2] {
            store.line_fails(job, line, LineState::Error, Some("was changed")).unwrap();
        }
        let sent = LineState::Sent;
        assert_eq!(counts(&mut store, job), [(LineState::Error, 1), (sent(Standing::Done), 1)]);
        assert_eq!(store.change(never).unwrap().standing, Standing::NotSent, "what happened stays written down");
    }

    #[test]
    fn only_a_job_of_which_nothing_was_sent_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path());
        let (sent, planned) = (job(&mut store, 2), job(&mut store, 2));
        send(&mut store, sent, 1).unwrap();
        assert_eq!(store.jobs_of_file(&realm(), "d").unwrap().len(), 2);
        assert_eq!(store.jobs_of_file(&realm(), "other").unwrap(), []);
        for job in [sent, planned] {
            store.forget_job(job).unwrap();
        }
        let left: Vec<_> = store.jobs(&realm()).unwrap().iter().map(|job| job.id).collect();
        assert_eq!(left, [sent]);
        assert_eq!(store.job(planned), Err(JournalFault::NoSuchJob(planned)));
        assert_eq!(store.lines(planned, Lines::All, 0, 9).unwrap(), []);
    }
}
