//! What a purge leaves: nothing of what it took, in any file, whatever the pages went through before.

use std::fs;
use std::path::Path;

use crate::domain::fields::Field;
use crate::domain::history::Find;
use crate::domain::job::{JobHead, JobId, JobState, LineState, NewLine};
use crate::domain::outcome::Verdict;
use crate::domain::record::{Act, ChangeId, Intent, Kept, Outcome, Purpose, Realm, Standing, Touched, Who};
use crate::domain::tenant::Synchronization;
use crate::journal::fault::JournalFault;
use crate::journal::history::Part;
use crate::journal::purge::Reach;
use crate::journal::store::Store;
use crate::journal::{Clock, Place};

fn at_time(folder: &Path, clock: Clock) -> Store {
    let who = Who { user: "anna".into(), uid: 1000, ssh: None };
    Store::open(Place { folder: folder.to_owned(), name: "journal", who, clock }).expect("a journal")
}

fn realm() -> Realm {
    Realm { tenant: "acme".into(), origin: "https://acme.example/ws".into() }
}

/// A change whose texts all carry a mark, and of which one is so long that it takes pages of its own.
fn change(store: &mut Store, mark: &str, length: usize, verdict: Verdict) -> ChangeId {
    sent(store, mark, length, verdict, None)
}

fn sent(store: &mut Store, mark: &str, length: usize, verdict: Verdict, job: Option<(i64, u64)>) -> ChangeId {
    let long = format!("{mark} ").repeat(length);
    let touched = Touched {
        field: Field::AboutMe,
        old: Kept::Text(format!("old {long}")),
        new: Kept::Text(format!("new {long}")),
        echoed: false,
    };
    let intent = Intent {
        act: Act::Update,
        username: format!("{mark}.somebody"),
        key: None,
        synchronization: Synchronization::Synchronous,
        touched: vec![touched],
        ticket: Some(mark.to_owned()),
        purpose: Purpose::Change,
        job,
        instead_of: None,
    };
    let (id, _) = store.begin(&realm(), &intent).expect("it is kept");
    store.end(id, &Outcome::without_reply(verdict, format!("why {mark}"))).expect("it is kept");
    id
}

/// A job of two lines for these users; what is sent for it is a change of each.
fn job(store: &mut Store, mark: &str) -> (JobId, [ChangeId; 2]) {
    let head =
        JobHead { source: format!("{mark}.csv"), digest: "d".into(), plan: "p".into(), terms: "t".into(), lines: 2 };
    let id = store.new_job(&realm(), &head).expect("it is kept");
    let line = |line| NewLine {
        line,
        username: format!("{mark}.{line}"),
        action: "update".into(),
        digest: "d".into(),
        state: LineState::Waiting,
        reason: None,
    };
    store.add_lines(id, &[line(1), line(2)]).expect("they are kept");
    let sent = [1, 2].map(|line| sent(store, mark, 1, Verdict::Applied, Some((id.0, line))));
    (id, sent)
}

/// How often a mark stands in the files of a folder.
fn count(folder: &Path, mark: &str) -> usize {
    let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let texts = files.filter(|path| path.is_file()).map(|path| fs::read(path).expect("a file"));
    texts.map(|bytes| String::from_utf8_lossy(&bytes).matches(mark).count()).sum()
}

/// The length of the text of the nth change: most are short, some take a page, some many.
fn length(n: usize) -> usize {
    match n % 17 {
        0 => 2_000,
        1..=3 => 150,
        _ => n % 23,
    }
}

#[test]
fn what_was_purged_is_in_no_file_after_thousands_of_rows_with_another_session_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = at_time(folder.path(), || 1_000);
    let mut other = at_time(folder.path(), || 1_000);
    for n in 0..1050 {
        let (mark, verdict) = if n % 3 == 0 { ("CANARY-B", Verdict::InDoubt) } else { ("CANARY-A", Verdict::Applied) };
        change(if n % 2 == 0 { &mut store } else { &mut other }, mark, length(n), verdict);
    }
    assert!(count(folder.path(), "CANARY-A") > 10_000, "the check can see it");
    // The first purge moves what it keeps to other pages; where that stood before, nothing may be left of it either, once it goes too.
    assert_eq!(store.purge(2_000).unwrap(), 700);
    assert_eq!(count(folder.path(), "CANARY-A"), 0);
    assert!(count(folder.path(), "CANARY-B") > 1_000, "what is in doubt stays");
    let find = Find { standing: Some(Standing::InDoubt), ..Find::default() };
    while let Part { changes, .. } = store.history(&find, None).unwrap()
        && !changes.is_empty()
    {
        for doubt in changes {
            let settled = crate::domain::record::Sequel::Dismissed("CANARY-B told".into());
            other.follow(doubt.id, &settled).unwrap();
        }
    }
    assert_eq!(other.purge(2_000).unwrap(), 350);
    assert_eq!(count(folder.path(), "CANARY-B"), 0);
    let verified = store.verify().unwrap();
    assert_eq!((verified.faults, verified.purged, verified.changes), (Vec::new(), 1050, 0));
}

const DAYS: i64 = 24 * 60 * 60 * 1000;

#[test]
fn what_is_older_than_the_days_that_are_kept_goes_at_a_start_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let old = change(&mut at_time(folder.path(), || 9 * DAYS + 1), "CANARY-A", 3, Verdict::Applied);
    let doubt = change(&mut at_time(folder.path(), || 9 * DAYS + 2), "CANARY-B", 3, Verdict::InDoubt);
    let young = change(&mut at_time(folder.path(), || 10 * DAYS), "CANARY-C", 3, Verdict::Applied);
    // In the last hour of the hundredth day, ninety whole days ago was the tenth.
    let mut store = at_time(folder.path(), || 101 * DAYS - 1);
    assert_eq!(store.retain(91).unwrap(), 0);
    assert_eq!(store.retain(90).unwrap(), 1);
    assert_eq!(store.retain(90).unwrap(), 0);
    let ids: Vec<_> = store.history(&Find::default(), None).unwrap().changes.iter().map(|one| one.id).collect();
    assert_eq!(ids, [young, doubt]);
    assert_eq!(store.change(old), Err(JournalFault::NoSuchChange(old)));
    assert_eq!(count(folder.path(), "CANARY-A"), 0);
    assert_eq!(store.verify().unwrap().faults, Vec::<String>::new());
}

#[test]
fn a_purge_says_before_what_it_will_take_and_leave() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = at_time(folder.path(), || 1_000);
    for verdict in [Verdict::Applied, Verdict::Rejected, Verdict::InDoubt, Verdict::Pending] {
        change(&mut store, "CANARY-A", 1, verdict);
    }
    assert_eq!(store.reach(1_000).unwrap(), Reach { finished: 0, open: 0, all: 4, drafts: 0 });
    assert_eq!(store.reach(1_001).unwrap(), Reach { finished: 2, open: 2, all: 4, drafts: 0 });
    assert_eq!(store.purge(1_001).unwrap(), 2);
    assert_eq!(store.reach(1_001).unwrap(), Reach { finished: 0, open: 2, all: 2, drafts: 0 });
    assert!(store.size().unwrap() > 4096);
}

#[test]
fn a_session_that_reads_meanwhile_is_named_and_a_second_purge_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = at_time(folder.path(), || 1_000);
    change(&mut store, "CANARY-A", 500, Verdict::Applied);
    let reader = rusqlite::Connection::open(store.place().path()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM entry").unwrap();
    let fault = store.purge(2_000).unwrap_err();
    assert!(fault.to_string().contains("another session reads the journal"), "{fault}");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(store.purge(2_000).unwrap(), 0);
    assert_eq!(count(folder.path(), "CANARY-A"), 0);
}

#[test]
fn what_was_sent_for_a_job_goes_with_the_whole_job_once_that_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = at_time(folder.path(), || 1_000);
    let (running, sent) = job(&mut store, "CANARY-A");
    store.job_stands(running, JobState::Running).unwrap();
    assert_eq!(store.reach(2_000).unwrap(), Reach { finished: 0, open: 2, all: 2, drafts: 0 });
    assert_eq!(store.purge(2_000).unwrap(), 0, "a line whose change is gone would be taken for one that was done");
    store.job_stands(running, JobState::Ended).unwrap();
    let again = again(&mut store, sent[0]);
    let doubt = store.begin(&realm(), &again).unwrap().0;
    assert_eq!(store.purge(2_000).unwrap(), 2, "of another change that is on its way the job knows nothing");
    assert!(store.job(running).is_err());
    store.end(doubt, &Outcome::without_reply(Verdict::Applied, "why")).unwrap();
    assert_eq!(store.purge(2_000).unwrap(), 1);
    assert_eq!(count(folder.path(), "CANARY-A"), 0);
    assert_eq!(store.verify().unwrap().faults, Vec::<String>::new());
}

/// The intent of a change once more, of no job.
fn again(store: &mut Store, id: ChangeId) -> Intent {
    Intent { job: None, ..store.change(id).expect("it is kept").intent }
}

#[test]
fn a_purge_that_was_killed_in_the_middle_is_finished_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = at_time(folder.path(), || 1_000);
    let _other = at_time(folder.path(), || 1_000);
    for n in 0..30 {
        change(&mut store, "CANARY-A", length(n), Verdict::Applied);
    }
    assert_eq!(store.take_out(2_000).unwrap(), 30);
    drop(store);
    assert!(count(folder.path(), "CANARY-A") > 100, "the texts are taken out, and the log still has them");
    let mut next = at_time(folder.path(), || 1_000);
    assert_eq!(next.retain(1).unwrap(), 0, "nothing is so old");
    assert_eq!(count(folder.path(), "CANARY-A"), 0);
}

#[test]
fn a_draft_goes_by_the_same_rule_unless_somebody_has_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let body = |mark: &str| format!("{mark} ").repeat(500);
    let mut then = at_time(folder.path(), || 9 * DAYS);
    then.keep_draft(&realm(), None, "Marta", &body("CANARY-A")).unwrap();
    drop(then);
    let mut open = at_time(folder.path(), || 9 * DAYS);
    let held = open.keep_draft(&realm(), None, "Nora", &body("CANARY-B")).unwrap();
    let mut young = at_time(folder.path(), || 10 * DAYS);
    let kept = young.keep_draft(&realm(), None, "Xoán", &body("CANARY-C")).unwrap();
    drop(young);
    let mut store = at_time(folder.path(), || 101 * DAYS - 1);
    let ids = |store: &mut Store| store.drafts(&realm()).unwrap().iter().map(|draft| draft.id).collect::<Vec<_>>();
    assert_eq!(store.retain(91).unwrap(), 0);
    assert_eq!(ids(&mut store).len(), 3);
    assert_eq!(store.reach(10 * DAYS).unwrap().drafts, 1);
    assert_eq!(store.retain(90).unwrap(), 0, "no change went");
    assert_eq!(ids(&mut store), [kept, held], "what is open in a program that runs stays");
    assert_eq!(count(folder.path(), "CANARY-A"), 0, "and nothing is left of it in any file");
    drop(open);
    assert_eq!(store.purge(10 * DAYS).unwrap(), 0);
    assert_eq!(ids(&mut store), [kept]);
    assert_eq!(count(folder.path(), "CANARY-B"), 0);
}
