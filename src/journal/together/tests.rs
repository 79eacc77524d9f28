//! Changes that begin and end together: durable before anybody hears of it, each by its own rules, and all put by where the disk fails.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::domain::fields::Field;
use crate::domain::record::{Act, Change, Kept, Purpose, Standing, Touched, Who};
use crate::domain::tenant::Synchronization;
use crate::journal::Place;
use crate::journal::changes::Wish;

static TIME: AtomicI64 = AtomicI64::new(1_700_000_000_000);

fn store(folder: &Path) -> Store {
    let who = Who { user: "anna".into(), uid: 1000, ssh: None };
    let clock = || TIME.fetch_add(1, Ordering::Relaxed);
    Store::open(Place { folder: folder.to_owned(), name: "journal", who, clock }).expect("a journal")
}

fn realm() -> Realm {
    Realm { tenant: "acme".into(), origin: "https://acme.example/ws".into() }
}

fn intent(username: &str) -> Box<Intent> {
    let new = Kept::Text(format!("Surname of {username}"));
    Box::new(Intent {
        act: Act::Create,
        username: username.into(),
        key: None,
        synchronization: Synchronization::Synchronous,
        touched: vec![Touched { field: Field::Surname, old: Kept::Nothing, new, echoed: false }],
        ticket: None,
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    })
}

fn begin(username: &str) -> (Keep, oneshot::Receiver<Begins>) {
    let (answer, answered) = oneshot::channel();
    (Keep::Begin { realm: realm(), intent: intent(username), answer }, answered)
}

fn end(id: ChangeId) -> (Keep, oneshot::Receiver<Ends>) {
    let (answer, answered) = oneshot::channel();
    let outcome = Box::new(Outcome::without_reply(crate::domain::outcome::Verdict::Applied, "why"));
    (Keep::End { id, outcome, answer }, answered)
}

fn standings(store: &mut Store) -> Vec<(String, Standing)> {
    let changes = store.changes(&realm(), &Wish::default()).expect("they are read");
    changes.into_iter().rev().map(|Change { intent, standing, .. }| (intent.username, standing)).collect()
}

#[test]
fn what_may_not_be_takes_none_of_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let nora = store.begin(&realm(), &intent("nora")).unwrap().0;
    let ((lena, lena_told), (again, again_told)) = (begin("lena"), begin("nora"));
    let ((ends, ends_told), (nobody, nobody_told), (twice, twice_told)) = (end(nora), end(ChangeId(99)), begin("lena"));
    keep(&mut store, vec![lena, again, ends, nobody, twice]);
    let told = |told: oneshot::Receiver<Begins>| told.blocking_recv().unwrap();
    let lena = told(lena_told).unwrap().0;
    assert!(matches!(told(again_told), Err(JournalFault::InFlight { id, .. }) if id == nora));
    assert!(matches!(told(twice_told), Err(JournalFault::InFlight { id, .. }) if id == lena));
    assert_eq!(ends_told.blocking_recv().unwrap(), Ok(()));
    assert_eq!(nobody_told.blocking_recv().unwrap(), Err(JournalFault::NoSuchChange(ChangeId(99))));
    let now = [("nora".to_owned(), Standing::Done), ("lena".to_owned(), Standing::Open)];
    assert_eq!(standings(&mut store), now);
    assert_eq!(store.verify().unwrap().faults, Vec::<String>::new());
}

#[test]
fn what_is_told_is_on_the_disk_and_what_is_on_its_way_is_this_programs() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ours, mut theirs) = (store(folder.path()), store(folder.path()));
    let (kept, told): (Vec<_>, Vec<_>) = ["a", "b", "c"].into_iter().map(begin).unzip();
    keep(&mut ours, kept);
    assert!(told.into_iter().all(|mut told| told.try_recv().is_ok_and(|kept| kept.is_ok())));
    assert_eq!(standings(&mut theirs).len(), 3);
    // None of them is taken for one that never left.
    ours.is_unsure = true;
    ours.recover().unwrap();
    assert!(standings(&mut ours).iter().all(|(_, standing)| *standing == Standing::Open));
}

#[test]
fn a_disk_that_fails_lets_nothing_be_sent_and_puts_every_outcome_by() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = store(folder.path());
    let ids: Vec<ChangeId> =
        ["a", "b"].into_iter().map(|name| running.begin(&realm(), &intent(name)).unwrap().0).collect();
    // Whatever is written fails, as on a disk that takes no more.
    let trigger = "CREATE TRIGGER full BEFORE UPDATE ON head BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    running.directly(|connection| Ok(connection.execute_batch(trigger)?)).unwrap();
    let ((new, mut new_told), (a, mut a_told), (b, mut b_told)) = (begin("new"), end(ids[0]), end(ids[1]));
    keep(&mut running, vec![a, new, b]);
    assert!(matches!(new_told.try_recv().unwrap(), Err(JournalFault::Unwritten(_))));
    assert_eq!((a_told.try_recv().unwrap(), b_told.try_recv().unwrap()), (Ok(()), Ok(())));
    assert!(running.is_unsure);
    running.directly(|connection| Ok(connection.execute_batch("DROP TRIGGER full")?)).unwrap();
    // The next beginning takes over what was put by.
    let (next, mut next_told) = begin("new");
    let (other, mut other_told) = begin("other");
    keep(&mut running, vec![next, other]);
    assert!(next_told.try_recv().unwrap().is_ok() && other_told.try_recv().unwrap().is_ok());
    let done = standings(&mut running).into_iter().filter(|(_, standing)| *standing == Standing::Done).count();
    assert_eq!(done, 2);
    assert_eq!(running.verify().unwrap().faults, Vec::<String>::new());
}
