//! What killing, failing disks and two programs at once have shown: each once broken, each found by a loop that kills or a sweep that fails.

use super::*;
use crate::domain::record::WINDOW;
use crate::journal::changes::JUST_CREATED;
use crate::journal::store::Store;

#[test]
fn a_program_that_ended_since_is_noticed_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ours, mut theirs) = (store(folder.path()), store(folder.path()));
    let id = begin(&mut theirs, Act::Create, "nora");
    assert!(ours.change(id).unwrap().elsewhere);
    drop(theirs);
    let change = ours.change(id).unwrap();
    assert_eq!((change.standing, change.elsewhere), (Standing::InDoubt, false));
    assert_eq!(all(&mut ours).len(), 1);
}

#[test]
fn an_intent_that_the_disk_did_not_confirm_is_told_as_not_sent_and_blocks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    // As after a sync that failed: the caller was told that nothing may be sent, and the row is there all the same.
    let id = begin(&mut store, Act::Create, "nora");
    store.begun.clear();
    store.is_unsure = true;
    let again = begin(&mut store, Act::Create, "nora");
    assert_eq!(store.change(id).unwrap().standing, Standing::NotSent);
    assert_eq!(store.change(again).unwrap().standing, Standing::Open, "what was begun for certain is left alone");
    assert_eq!(faults(folder.path()), Vec::<String>::new());
}

#[test]
fn an_outcome_that_was_put_by_is_taken_over_once_whatever_is_killed_between() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = store(folder.path());
    let id = begin(&mut running, Act::Create, "nora");
    let doubt = crate::codec::record::outcome(&ended(Verdict::InDoubt));
    running.put_by(id, &doubt).unwrap();
    // Killed after it was taken over and before the reserve was cleared, and settled then.
    running.take_over(id, &ended(Verdict::InDoubt)).unwrap();
    running.follow(id, &Sequel::LookedUp(Seen::Done)).unwrap();
    drop(running);
    assert_eq!(store(folder.path()).change(id).unwrap().standing, Standing::Done);
    assert_eq!(faults(folder.path()), Vec::<String>::new());
}

#[test]
fn what_was_put_by_goes_with_the_journal_that_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = store(folder.path());
    let id = begin(&mut running, Act::Create, "nora");
    running.put_by(id, &crate::codec::record::outcome(&ended(Verdict::Applied))).unwrap();
    drop(running);
    place(folder.path()).set_aside().unwrap();
    let mut fresh = store(folder.path());
    let other = begin(&mut fresh, Act::Create, "lena");
    assert_eq!(other, id, "the numbers begin anew");
    assert_eq!(fresh.change(other).unwrap().standing, Standing::Open);
}

#[test]
fn a_file_that_was_replaced_is_refused_every_time_and_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let path = place(folder.path()).path();
    fs::remove_file(&path).unwrap();
    for _ in 0..2 {
        let fault = store.begin(&realm(), &intent(Act::Create, "nora")).err();
        assert_eq!(fault, Some(JournalFault::Replaced(path.clone())));
    }
    assert!(!path.exists());
}

#[test]
fn a_journal_is_verified_while_another_program_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = store(folder.path());
    let place = place(folder.path());
    let writer = std::thread::spawn(move || {
        let mut store = Store::open(place).expect("a journal");
        for number in 0..150 {
            let id = begin(&mut store, Act::Create, &format!("row.{number}"));
            store.end(id, &ended(Verdict::Applied)).expect("it is kept");
        }
    });
    let mut looks = 0;
    while !writer.is_finished() || looks < 3 {
        assert_eq!(reader.verify().unwrap().faults, Vec::<String>::new());
        looks += 1;
    }
    writer.join().unwrap();
}

/// A clock that a test sets.
static HANDS: AtomicI64 = AtomicI64::new(0);

#[test]
fn the_window_is_counted_from_the_time_that_was_kept_and_no_clock_that_was_set_back_lets_it_pass() {
    const YEARS: i64 = 10 * 365 * 24 * 3_600_000;
    let folder = tempfile::tempdir().unwrap();
    let start = 1_700_000_000_000;
    HANDS.store(start, Ordering::Relaxed);
    let place = || Place { clock: || HANDS.load(Ordering::Relaxed), ..place(folder.path()) };
    let mut running = Store::open(place()).unwrap();
    let id = begin(&mut running, Act::Create, "nora");
    drop(running);
    // A restart neither shortens the window nor begins it anew.
    let mut store = Store::open(place()).unwrap();
    let window = i64::try_from(WINDOW.as_millis()).unwrap();
    let again = Intent { instead_of: Some(id), ..intent(Act::Create, "nora") };
    for (now, may_be_sent) in
        [(start - YEARS, false), (start, false), (start + window - 1, false), (start + window, true)]
    {
        HANDS.store(now, Ordering::Relaxed);
        store.follow(id, &Sequel::LookedUp(Seen::Nobody)).unwrap();
        let sent = store.begin(&realm(), &again);
        assert_eq!(sent.is_ok(), may_be_sent, "{} ms after it was sent: {sent:?}", now - start);
    }
}

#[test]
fn many_programs_that_write_at_once_are_never_told_that_the_journal_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let programs: Vec<_> = (0..12)
        .map(|program| {
            let place = place(folder.path());
            std::thread::spawn(move || {
                let mut store = Store::open(place).expect("a journal");
                for number in 0..10 {
                    let id = begin(&mut store, Act::Create, &format!("row.{program}.{number}"));
                    store.changes(&realm(), &Wish { most: 5, ..Wish::default() }).expect("they are read");
                    store.end(id, &ended(Verdict::Applied)).expect("it is kept");
                }
            })
        })
        .collect();
    for program in programs {
        program.join().unwrap();
    }
    let mut store = store(folder.path());
    assert_eq!((all(&mut store).len(), store.verify().unwrap().faults), (120, Vec::new()));
}

#[test]
fn a_transaction_that_reads_first_and_writes_then_is_told_that_it_is_busy_at_once() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let (mut one, other) = (behind(folder.path()), behind(folder.path()));
    one.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
    let transaction = one.transaction_with_behavior(rusqlite::TransactionBehavior::Deferred).unwrap();
    let _: i64 = transaction.query_row("SELECT seq FROM head", [], |row| row.get(0)).unwrap();
    other.execute("UPDATE head SET seq = 1", []).unwrap();
    let fault = transaction.execute("UPDATE head SET seq = 2", []).unwrap_err();
    assert_eq!(fault.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy), "and not after a minute");
}

#[test]
fn a_username_that_was_created_a_moment_ago_is_not_created_again_from_another_window() {
    let folder = tempfile::tempdir().unwrap();
    let mut ours = store(folder.path());
    let id = begin(&mut ours, Act::Create, "nora");
    ours.end(id, &ended(Verdict::Applied)).unwrap();
    let again =
        |place: Place| Store::open(place).unwrap().begin(&realm(), &intent(Act::Create, "nora")).map(|(id, _)| id);
    assert_eq!(again(place(folder.path())), Err(JournalFault::Created(id)));
    let later = Place { clock: || clock() + 60_001, ..place(folder.path()) };
    let second = again(later).expect("after the window the service itself has to know");
    ours.end(second, &ended(Verdict::Rejected)).unwrap();
    let gone = begin(&mut ours, Act::Delete, "nora");
    ours.end(gone, &ended(Verdict::Applied)).unwrap();
    assert!(again(place(folder.path())).is_ok(), "whoever was deleted can be made again");
}

/// Holds the journal nearly always: as long as a slow disk takes for each transaction, with as short a rest as one line of a file leaves.
fn hold(folder: &Path, held: &AtomicI64, is_over: &std::sync::atomic::AtomicBool) {
    let connection = behind(folder);
    connection.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
    while !is_over.load(Ordering::Relaxed) {
        connection.execute_batch("BEGIN IMMEDIATE; UPDATE head SET seq = seq").unwrap();
        held.fetch_add(1, Ordering::Relaxed);
        std::thread::park_timeout(std::time::Duration::from_millis(100));
        connection.execute_batch("COMMIT").unwrap();
        std::thread::park_timeout(std::time::Duration::from_millis(4));
    }
}

#[test]
fn a_program_that_writes_without_end_starves_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut ours = store(folder.path());
    let (held, is_over) = (AtomicI64::new(0), std::sync::atomic::AtomicBool::new(false));
    let waited: i64 = std::thread::scope(|scope| {
        scope.spawn(|| hold(folder.path(), &held, &is_over));
        let waits = (0..10).map(|number| {
            let before = held.load(Ordering::Relaxed);
            while held.load(Ordering::Relaxed) == before {
                std::thread::yield_now();
            }
            begin(&mut ours, Act::Create, &format!("row.{number}"));
            held.load(Ordering::Relaxed) - before
        });
        let waited = waits.sum();
        is_over.store(true, Ordering::Relaxed);
        waited
    });
    // Asking as rarely as SQLite does by itself lets about twenty of the other's transactions pass for each of ours.
    assert!(waited <= 45, "{waited} transactions of the other program passed while ten of ours waited");
}

#[test]
fn no_create_looks_through_everything_that_was_ever_done() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()));
    let connection = behind(folder.path());
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {JUST_CREATED}")).unwrap();
    let steps = plan.query_map(rusqlite::params!["t", "o", "u", 0, 1], |row| row.get::<_, String>(3)).unwrap();
    let steps: Vec<String> = steps.map(Result::unwrap).filter(|step| step.contains("change")).collect();
    let is_short = |step: &String| step.contains("INDEX change_by_username (tenant=? AND origin=? AND username=?");
    assert!(steps.len() == 2 && steps.iter().all(is_short), "{steps:?}");
}
