//! Every change ends or is visible (faults.md, I-7): whatever happens in whatever order, crashes included, the list has exactly the changes
//! that are not finished, and each change is in one standing.

use std::collections::BTreeMap;

use netex_users::api::{Client, Settings};
use netex_users::domain::fields::Field;
use netex_users::domain::outcome::Verdict;
use netex_users::domain::record::{Act, ChangeId, Intent, Kept, Outcome, Purpose, Seen, Sequel, Standing, Touched};
use netex_users::domain::secret::Secret;
use netex_users::domain::tenant::Synchronization;
use netex_users::journal::Journal;
use netex_users::journal::fault::JournalFault;
use netex_users::service::{Desk, Service};
use proptest::prelude::*;

use super::realm;
use crate::support::journal::place;

/// A change of this user's surname, or a create.
pub fn intent(act: Act, username: &str) -> Intent {
    let surname = Touched { field: Field::Surname, old: Kept::Nothing, new: Kept::Text("Vidal".into()), echoed: false };
    Intent {
        act,
        username: username.into(),
        key: (act != Act::Create).then(|| username.into()),
        synchronization: Synchronization::Synchronous,
        touched: vec![surname],
        ticket: None,
        purpose: Purpose::Change,
        job: None,
        instead_of: None,
    }
}

/// Something that happens. A number chooses one of the changes so far.
#[derive(Clone, Debug)]
enum Step {
    Begin(Act, u8),
    End(usize, Verdict),
    Look(usize, Seen),
    Dismiss(usize),
    Mend(usize),
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    let verdicts = prop::sample::select(vec![
        Verdict::Applied,
        Verdict::Pending,
        Verdict::NotSent,
        Verdict::Rejected,
        Verdict::Partial,
        Verdict::InDoubt,
    ]);
    let seen = prop::sample::select(vec![
        Seen::Done,
        Seen::NotYet(vec![Field::Surname]),
        Seen::Nobody,
        Seen::SomeoneElse,
        Seen::Unknown("no connection".into()),
    ]);
    let acts = prop::sample::select(Act::ALL.to_vec());
    prop_oneof![
        4 => (acts, 0_u8..3).prop_map(|(act, who)| Step::Begin(act, who)),
        4 => (any::<usize>(), verdicts).prop_map(|(which, verdict)| Step::End(which, verdict)),
        3 => (any::<usize>(), seen).prop_map(|(which, seen)| Step::Look(which, seen)),
        1 => any::<usize>().prop_map(Step::Dismiss),
        1 => any::<usize>().prop_map(Step::Mend),
        1 => Just(Step::Crash),
    ]
}

/// What the journal should say.
#[derive(Default)]
struct Ledger {
    changes: Vec<(ChangeId, Act, u8)>,
    standing: BTreeMap<ChangeId, Standing>,
}

impl Ledger {
    fn open(&self) -> Vec<ChangeId> {
        self.standing.iter().filter(|(_, standing)| standing.needs_attention()).map(|(id, _)| *id).collect()
    }

    fn pick(&self, which: usize) -> Option<(ChangeId, Act)> {
        let (id, act, _) = self.changes.get(which % self.changes.len().max(1))?;
        Some((*id, *act))
    }

    fn follow(&mut self, id: ChangeId, act: Act, sequel: &Sequel) {
        if let Some(standing) = self.standing.get_mut(&id) {
            *standing = standing.then(act, sequel);
        }
    }

    fn blocks(&self, who: u8) -> bool {
        self.changes.iter().any(|(id, act, whose)| {
            *act == Act::Create
                && *whose == who
                && matches!(self.standing.get(id), Some(Standing::Open | Standing::InDoubt))
        })
    }
}

fn service(folder: &std::path::Path) -> Service {
    let settings = Settings {
        base_url: "http://127.0.0.1:1/integration/ws".parse().expect("a URL"),
        token: Secret::new("token".to_owned()),
        read_only: false,
        proxy: false,
        authorities: None,
        connect: std::time::Duration::from_secs(1),
        total: std::time::Duration::from_secs(1),
        platforms: Vec::new(),
    };
    let client = Client::new(settings).unwrap_or_else(|fault| panic!("{fault}"));
    let journal = Journal::open(place(folder)).expect("a journal");
    Service::new(client).journaling(Desk { journal, realm: realm() })
}

async fn take(step: Step, journal: &Journal, ledger: &mut Ledger) {
    match step {
        Step::Begin(act, who) => {
            let asked = intent(act, &format!("user{who}"));
            let begun = journal.ask(move |store| store.begin(&realm(), &asked)).await;
            if act == Act::Create && ledger.blocks(who) {
                assert!(matches!(begun, Err(JournalFault::InFlight { .. })), "a second create of one username");
            } else {
                let (id, _) = begun.expect("it is kept");
                ledger.changes.push((id, act, who));
                assert_eq!(ledger.standing.insert(id, Standing::Open), None, "every change has a number of its own");
            }
        }
        Step::End(which, verdict) => {
            let Some((id, _)) = ledger.pick(which) else { return };
            if ledger.standing.get(&id) == Some(&Standing::Open) {
                let outcome = Outcome::without_reply(verdict, "why");
                journal.ask(move |store| store.end(id, &outcome)).await.expect("it is kept");
                ledger.standing.insert(id, Standing::after(verdict));
            }
        }
        Step::Look(which, seen) => follow(which, Sequel::LookedUp(seen), journal, ledger).await,
        Step::Dismiss(which) => follow(which, Sequel::Dismissed("enough".into()), journal, ledger).await,
        Step::Mend(which) => follow(which, Sequel::Mended(ChangeId(1)), journal, ledger).await,
        Step::Crash => {}
    }
}

async fn follow(which: usize, sequel: Sequel, journal: &Journal, ledger: &mut Ledger) {
    let Some((id, act)) = ledger.pick(which) else { return };
    if ledger.standing.get(&id).is_some_and(|standing| *standing != Standing::Open) {
        let kept = sequel.clone();
        journal.ask(move |store| store.follow(id, &kept)).await.expect("it is kept");
        ledger.follow(id, act, &sequel);
    }
}

/// The thread of the program that ended lets go of its lock a moment later.
async fn until_recovered(service: &Service) {
    for _ in 0..10_000 {
        let listed = service.attention().await.expect("a list");
        if listed.iter().all(|change| change.standing != Standing::Open) {
            return;
        }
    }
}

async fn all_of(steps: Vec<Step>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut service_now = service(folder.path());
    let mut ledger = Ledger::default();
    for step in steps {
        if matches!(step, Step::Crash) {
            drop(service_now);
            service_now = service(folder.path());
            until_recovered(&service_now).await;
            for standing in ledger.standing.values_mut().filter(|standing| **standing == Standing::Open) {
                *standing = Standing::InDoubt;
            }
        }
        let journal = service_now.desk().expect("a desk").journal.clone();
        take(step, &journal, &mut ledger).await;
        let mut listed: Vec<_> = service_now.attention().await.expect("a list").into_iter().collect();
        listed.reverse();
        let ids: Vec<_> = listed.iter().map(|change| change.id).collect();
        assert_eq!(ids, ledger.open(), "the list has every change that is not finished, and no other");
        for change in &listed {
            assert_eq!(Some(&change.standing), ledger.standing.get(&change.id));
            assert!(!change.elsewhere);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_the_list_has_every_change_that_is_not_finished(steps in prop::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(all_of(steps));
    }
}
