//! What is found, part by part, and what is written down with a change that was taken back.

use super::*;
use crate::domain::outcome::Verdict;
use crate::domain::record::{Act, Intent, Outcome, Purpose, Realm, Seen, Sequel, Standing, Who};
use crate::domain::tenant::Synchronization;
use crate::journal::Place;

fn store(folder: &std::path::Path) -> Store {
    let who = Who { user: "anna".into(), uid: 1000, ssh: None };
    Store::open(Place { folder: folder.to_owned(), name: "journal", who, clock: || 1_000 }).expect("a journal")
}

fn sent(store: &mut Store, tenant: &str, username: &str, purpose: Purpose, verdict: Verdict) -> ChangeId {
    let realm = Realm { tenant: tenant.into(), origin: "https://acme.example/ws".into() };
    let intent = Intent {
        act: Act::Update,
        username: username.into(),
        key: None,
        synchronization: Synchronization::Synchronous,
        touched: Vec::new(),
        ticket: None,
        purpose,
        job: None,
        instead_of: None,
    };
    let (id, _) = store.begin(&realm, &intent).expect("it is kept");
    store.end(id, &Outcome::without_reply(verdict, "why")).expect("it is kept");
    id
}

fn ids(part: &Part) -> Vec<i64> {
    part.changes.iter().map(|change| change.id.0).collect()
}

#[test]
fn parts_follow_each_other_and_together_are_all_that_is_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let wanted: Vec<i64> = (0..PART + 3)
        .map(|n| {
            let (tenant, username) = if n % 250 == 0 { ("acme", "nora") } else { ("acme", "lena") };
            sent(&mut store, tenant, username, Purpose::Change, Verdict::Applied).0
        })
        .collect();
    let first = store.history(&Find::default(), None).unwrap();
    assert_eq!((first.changes.len(), first.next), (PART, Some(ChangeId(wanted[3]))));
    let rest = store.history(&Find::default(), first.next).unwrap();
    assert_eq!((ids(&rest), rest.next), (vec![wanted[2], wanted[1], wanted[0]], None));
    let words = Find::default().typed("nora", |_| None);
    let part = store.history(&words, None).unwrap();
    assert_eq!(ids(&part), [wanted[500], wanted[250]], "a part may hold few of those that are looked for");
    assert_eq!(ids(&store.history(&words, part.next).unwrap()), [wanted[0]]);
}

#[test]
fn tenant_user_act_standing_and_time_are_asked_of_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let nora = sent(&mut store, "acme", "nora", Purpose::Change, Verdict::Partial).0;
    let lena = sent(&mut store, "other", "lena", Purpose::Change, Verdict::Applied).0;
    let mut found = |find: Find| ids(&store.history(&find, None).unwrap());
    assert_eq!(found(Find::default()), [lena, nora]);
    assert_eq!(found(Find { tenant: Some("acme".into()), ..Find::default() }), [nora]);
    assert_eq!(found(Find { username: Some("lena".into()), ..Find::default() }), [lena]);
    assert_eq!(found(Find { standing: Some(Standing::Partial), ..Find::default() }), [nora]);
    assert_eq!(found(Find { act: Some(Act::Create), ..Find::default() }), [] as [i64; 0]);
    assert_eq!(found(Find { since: Some(1_000), until: Some(1_001), ..Find::default() }), [lena, nora]);
    assert_eq!(found(Find { since: Some(1_001), ..Find::default() }), [] as [i64; 0]);
}

#[test]
fn a_change_that_was_taken_back_says_so_once_and_stays_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(folder.path());
    let done = sent(&mut store, "acme", "nora", Purpose::Change, Verdict::Applied);
    let partial = sent(&mut store, "acme", "nora", Purpose::Change, Verdict::Partial);
    for (of, verdict, standing, sequels) in [
        (done, Verdict::Rejected, Standing::Done, 0),
        (done, Verdict::Pending, Standing::Done, 0),
        (done, Verdict::Applied, Standing::Done, 1),
        (partial, Verdict::Applied, Standing::Mended, 1),
    ] {
        let by = sent(&mut store, "acme", "nora", Purpose::Undo(of), verdict);
        let change = store.change(of).unwrap();
        assert_eq!((change.standing, change.sequels.len()), (standing, sequels), "{verdict:?}");
        assert!(change.sequels.iter().all(|(_, sequel)| *sequel == Sequel::Undone(by)));
    }
    // One in doubt that is looked up and was done has taken the other back as well.
    let of = sent(&mut store, "acme", "lena", Purpose::Change, Verdict::Applied);
    let by = sent(&mut store, "acme", "lena", Purpose::Undo(of), Verdict::InDoubt);
    assert_eq!(store.change(of).unwrap().sequels, []);
    store.follow(by, &Sequel::LookedUp(Seen::Done)).unwrap();
    store.follow(by, &Sequel::LookedUp(Seen::Done)).unwrap();
    assert_eq!(store.change(of).unwrap().sequels.len(), 1);
    assert_eq!(store.verify().unwrap().faults, Vec::<String>::new());
    // What was purged cannot be written to any more, and that is in nobody's way.
    store.purge(i64::MAX).unwrap();
    let by = sent(&mut store, "acme", "lena", Purpose::Undo(of), Verdict::Applied);
    assert_eq!(store.change(by).unwrap().standing, Standing::Done);
}
