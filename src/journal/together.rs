//! Several changes that begin or end at the same time, in one transaction and so in one sync of the disk: a file of people is carried out several
//! lines at a time, and each would wait for the syncs of all the others.
//!
//! Nobody hears that something is kept before all of it is on the disk. One that may not be begun takes none of the others with it; a disk that
//! fails fails all of them, each as it would have failed alone ([`crate::journal::changes`]).

use rusqlite::Transaction;
use tokio::sync::oneshot;

use crate::codec::record;
use crate::domain::record::{ChangeId, Intent, Outcome, Realm};
use crate::journal::changes::{Begun, ended};
use crate::journal::fault::JournalFault;
use crate::journal::store::Store;

/// At most so many in one transaction.
pub(in crate::journal) const MOST: usize = 64;

type Begins = Result<(ChangeId, i64), JournalFault>;
type Ends = Result<(), JournalFault>;

/// The beginning or the end of a change, with who waits for it to be kept.
pub(in crate::journal) enum Keep {
    /// [`Store::begin`].
    Begin { realm: Realm, intent: Box<Intent>, answer: oneshot::Sender<Begins> },
    /// [`Store::end`].
    End { id: ChangeId, outcome: Box<Outcome>, answer: oneshot::Sender<Ends> },
}

/// The same, ready to be written down, with its time.
struct Ready {
    what: What,
    at: i64,
}

enum What {
    Begin { begun: Box<Begun>, answer: oneshot::Sender<Begins> },
    End { id: ChangeId, outcome: Box<Outcome>, body: String, answer: oneshot::Sender<Ends> },
}

/// Keeps all of it, and tells everybody who waits.
pub(in crate::journal) fn keep(store: &mut Store, together: Vec<Keep>) {
    let begins = together.iter().any(|keep| matches!(keep, Keep::Begin { .. }));
    let ready: Vec<Ready> = together.into_iter().map(|keep| made_ready(store, keep)).collect();
    // What an earlier failure left is in the way of beginnings only.
    if ready.len() == 1 || (begins && store.is_ready_to_begin().is_err()) {
        return all_alone(store, ready);
    }
    let written = store.write(|transaction| ready.iter().map(|ready| apart(transaction, ready)).collect());
    match written {
        Ok(results) => {
            let results: Vec<Begins> = results;
            for (ready, result) in ready.into_iter().zip(results) {
                is_kept(store, ready, result);
            }
        }
        Err(fault @ JournalFault::Unwritten(_)) => {
            store.is_unsure |= begins;
            for ready in ready {
                failed(store, ready, &fault);
            }
        }
        // Nothing was committed, and each finds out for itself whether it is the one.
        Err(_) => all_alone(store, ready),
    }
}

fn made_ready(store: &Store, keep: Keep) -> Ready {
    let at = store.now();
    let what = match keep {
        Keep::Begin { realm, intent, answer } => What::Begin { begun: Box::new(store.begun(&realm, &intent)), answer },
        Keep::End { id, outcome, answer } => What::End { id, body: record::outcome(&outcome), outcome, answer },
    };
    Ready { what, at }
}

fn all_alone(store: &mut Store, ready: Vec<Ready>) {
    for Ready { what, .. } in ready {
        // Who does not wait any more has given up, and finds it in the journal.
        match what {
            What::Begin { begun, answer } => drop(answer.send(store.begin(&begun.realm, &begun.intent))),
            What::End { id, outcome, answer, .. } => drop(answer.send(store.end(id, &outcome))),
        }
    }
}

/// Writes one of them down. What may not be leaves no trace, and the others stay; only what the disk or the database itself says ends all.
fn apart(transaction: &Transaction<'_>, ready: &Ready) -> Result<Begins, JournalFault> {
    transaction.execute_batch("SAVEPOINT apart")?;
    let written = match &ready.what {
        What::Begin { begun, .. } => begun.within(transaction),
        What::End { id, outcome, body, .. } => {
            ended(transaction, *id, ready.at, outcome.verdict, body).map(|()| (*id, ready.at))
        }
    };
    match written {
        Err(fault) if is_of_one(&fault) => {
            transaction.execute_batch("ROLLBACK TO apart; RELEASE apart")?;
            Ok(Err(fault))
        }
        Ok(written) => Ok(transaction.execute_batch("RELEASE apart").map(|()| Ok(written))?),
        Err(fault) => Err(fault),
    }
}

/// Whether a fault is about one change, and not about the journal.
fn is_of_one(fault: &JournalFault) -> bool {
    matches!(
        fault,
        JournalFault::InFlight { .. }
            | JournalFault::Created(_)
            | JournalFault::LineTaken { .. }
            | JournalFault::NoSuchJob(_)
            | JournalFault::NoSuchChange(_)
    )
}

/// It is on the disk, or may not be.
fn is_kept(store: &mut Store, ready: Ready, result: Begins) {
    match ready.what {
        What::Begin { answer, .. } => {
            store.begun.extend(result.as_ref().ok().map(|(id, _)| *id));
            drop(answer.send(result));
        }
        What::End { id, answer, .. } => {
            if result.is_ok() {
                store.begun.remove(&id);
            }
            drop(answer.send(result.map(drop)));
        }
    }
}

/// Nothing of it is certain to be on the disk: no intent may be sent, and an outcome is put by.
fn failed(store: &mut Store, ready: Ready, fault: &JournalFault) {
    match ready.what {
        What::Begin { answer, .. } => drop(answer.send(Err(fault.clone()))),
        What::End { id, body, answer, .. } => {
            drop(answer.send(store.put_by(id, &body).map_err(|_| fault.clone())));
        }
    }
}

#[cfg(test)]
mod tests;
