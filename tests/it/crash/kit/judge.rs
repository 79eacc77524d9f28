//! Compares what the server did with what the journal says, when everything has come to its end.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use netex_users::domain::record::{Act, Change, Standing};
use netex_users::journal::Journal;
use netex_users::journal::changes::Wish;

use super::clock;
use super::count::Count;
use super::people;
use super::task::{place, realm};
use super::world::World;

/// What the world alone shows: rows that are not as they should be, and people who were made twice.
pub fn world(world: &World, rows: Range<u32>) -> Count {
    let mut count = Count { rows: rows.len() as u64, batches: 1, ..Count::default() };
    count.writes = world.writes().len() as u64;
    count.weathers.clone_from(world.weathers());
    for row in rows {
        let username = people::username(row);
        let resident = world.people().get(&username);
        let is_lost = resident.is_none_or(|resident| resident.surname != people::surname(row));
        let twice = resident.map_or(0, |resident| resident.created.saturating_sub(1));
        count.lost += u64::from(is_lost);
        count.duplicated += u64::from(twice);
        if is_lost || twice > 0 {
            let writes: Vec<_> = world.writes().iter().filter(|write| write.username == username).collect();
            count.findings.push(format!("row {row} ends as {resident:?} after {writes:?}"));
        }
    }
    let mut arrived: BTreeMap<&str, u64> = BTreeMap::new();
    for write in world.writes() {
        *arrived.entry(&write.tag).or_default() += 1;
    }
    for (tag, times) in arrived.into_iter().filter(|(_, times)| *times > 1) {
        count.duplicated += times - 1;
        count.findings.push(format!("{tag} arrived {times} times"));
    }
    count
}

/// What the journal adds to it.
pub fn journal(world: &World, folder: &Path, count: &mut Count) {
    let found = Journal::open(place(folder, clock::after_everything)).and_then(|journal| {
        journal.ask_and_wait(|store| Ok((store.verify()?, store.changes(&realm(), &Wish::default())?)))
    });
    let (verified, changes) = match found {
        Ok(found) => found,
        Err(fault) => return count.unexplained.push(format!("the journal does not open: {fault}")),
    };
    count.unexplained.extend(verified.faults);
    let intents: BTreeMap<String, &Change> =
        changes.iter().filter_map(|change| Some((people::tag(&change.intent)?, change))).collect();
    if intents.len() != changes.len() {
        count.unexplained.push("an intent has no tag of its own".to_owned());
    }
    let was_in_doubt = |change: &&Change| {
        change.outcome.as_ref().is_some_and(|outcome| Standing::after(outcome.verdict) == Standing::InDoubt)
    };
    count.doubts += changes.iter().filter(was_in_doubt).count() as u64;
    let mut applied: BTreeMap<&str, bool> = BTreeMap::new();
    for write in world.writes() {
        *applied.entry(&write.tag).or_default() |= write.applied;
        if !intents.contains_key(&write.tag) {
            count.unexplained.push(format!("{} arrived and was never an intent", write.tag));
        }
    }
    for (tag, change) in intents {
        let applied = applied.get(tag.as_str()).copied().unwrap_or(false);
        if !is_true(change, applied) {
            let done = if applied { "was" } else { "was not" };
            let (id, standing) = (change.id, change.standing.word());
            count.unexplained.push(format!("{id} ({tag}) {done} applied and is kept as {standing}"));
        }
    }
}

/// Whether what a journal ends with is what happened. An update that came to nothing, or of which nobody could tell, is mended by another.
fn is_true(change: &Change, applied: bool) -> bool {
    let is_update = change.intent.act == Act::Update;
    match change.standing {
        Standing::Done => applied,
        Standing::Mended => is_update,
        Standing::NotSent | Standing::Rejected | Standing::Dismissed => !applied,
        Standing::Open | Standing::InDoubt | Standing::Partial | Standing::Queued => false,
    }
}
