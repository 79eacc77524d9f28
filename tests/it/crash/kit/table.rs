//! The judge of a whole job: compares what the server did with what the journal says of every line, and both with a run that nobody broke.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use netex_users::codec::passwords;
use netex_users::domain::job::{Job, JobLine, JobState, LineState};
use netex_users::domain::record::{Act, Change, Standing};
use netex_users::journal::Journal;
use netex_users::journal::changes::Wish;
use netex_users::journal::jobs::Lines;
use zeroize::Zeroizing;

use super::clock;
use super::count::Count;
use super::people;
use super::sheet::{self, Kind};
use super::task::{place, realm};
use super::world::{Resident, World, Write};

/// How everything stands at the end, up to times and passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Line, username, action and state of each line of the job.
    lines: Vec<(u64, String, String, &'static str)>,
    /// Everybody: given name, surname, and how often they were made.
    people: BTreeMap<String, (String, String, u32)>,
}

/// What the world alone shows: who is not as the file wants them, and who was made twice.
pub fn world(world: &World, rows: Range<u32>) -> Count {
    let mut count = Count { rows: rows.len() as u64, batches: 1, ..Count::default() };
    count.writes = world.writes().len() as u64;
    count.weathers.clone_from(world.weathers());
    count.found.clone_from(world.all_found());
    let wanted = sheet::people_at_the_end(rows);
    for (username, wanted) in &wanted {
        match world.people().get(username) {
            Some(resident) => {
                count.lost += u64::from(resident.surname != wanted.1);
                count.duplicated += u64::from(resident.created.saturating_sub(1));
            }
            None => count.lost += 1,
        }
    }
    for username in world.people().keys().filter(|username| !wanted.contains_key(*username)) {
        count.unexplained.push(format!("{username} is there and nobody wanted them"));
    }
    count
}

/// What the journal adds to it, and how everything stands.
pub fn journal(world: &World, folder: &Path, rows: &Range<u32>, count: &mut Count) -> Table {
    let found = Journal::open(place(folder, clock::after_everything)).and_then(|journal| {
        journal.ask_and_wait(|store| {
            let jobs = store.jobs(&realm())?;
            let lines =
                jobs.iter().map(|job| store.lines(job.id, Lines::All, 0, u32::MAX)).collect::<Result<_, _>>()?;
            Ok((store.verify()?, store.changes(&realm(), &Wish::default())?, jobs, lines))
        })
    });
    let (verified, changes, jobs, lines): (_, Vec<Change>, Vec<Job>, Vec<Vec<JobLine>>) = match found {
        Ok(found) => found,
        Err(fault) => {
            count.unexplained.push(format!("the journal does not open: {fault}"));
            return Table::default();
        }
    };
    count.unexplained.extend(verified.faults);
    let (mut carried_out, mut table) = (0, Table::default());
    for (job, lines) in jobs.iter().zip(lines) {
        if job.state == JobState::Planning {
            let sent = lines.iter().filter(|line| line.change.is_some()).count();
            if sent > 0 {
                count.unexplained.push(format!("job {} was never planned and sent {sent} lines", job.id));
            }
            continue;
        }
        carried_out += 1;
        ends(rows, &lines, count);
        table.lines = lines.into_iter().map(row_of_the_table).collect();
    }
    if carried_out != 1 {
        count.unexplained.push(format!("{carried_out} jobs were carried out"));
    }
    count.doubts += changes.iter().filter(|change| was_in_doubt(change)).count() as u64;
    writes(world, &changes, count);
    made_passwords(world, folder, rows, count);
    let row = |(username, who): (&String, &Resident)| {
        (username.clone(), (who.name.clone(), who.surname.clone(), who.created))
    };
    table.people = world.people().iter().map(row).collect();
    table
}

fn row_of_the_table(line: JobLine) -> (u64, String, String, &'static str) {
    let state = line.plan.state.word();
    (line.plan.line, line.plan.username, line.plan.action, state)
}

fn was_in_doubt(change: &Change) -> bool {
    change.outcome.as_ref().is_some_and(|outcome| Standing::after(outcome.verdict) == Standing::InDoubt)
}

/// Every line of the file stands once in the journal, and as its kind ends.
fn ends(rows: &Range<u32>, lines: &[JobLine], count: &mut Count) {
    let mut states: BTreeMap<u64, Vec<LineState>> = BTreeMap::new();
    for line in lines {
        states.entry(line.plan.line).or_default().push(line.plan.state);
    }
    for row in rows.clone() {
        let (line, end) = (sheet::line(rows, row), sheet::end(sheet::kind(row)));
        let states = states.remove(&line).unwrap_or_default();
        if states != [end] {
            let words: Vec<_> = states.iter().map(|state| state.word()).collect();
            count.unexplained.push(format!("line {line} is [{}] and not {}", words.join(", "), end.word()));
        }
    }
    if let Some(line) = states.keys().next() {
        count.unexplained.push(format!("line {line} is none of the file's"));
    }
}

/// Each write that arrived belongs to one intent, each intent has at most one, and stands as what became of it says.
///
/// A request of a job carries no mark of its intent. But there is never more than one of a person on its way, so the last intent before its
/// arrival is meant: between two that were sent lies a window, in which the first has arrived or never will.
fn writes(world: &World, changes: &[Change], count: &mut Count) {
    let mut arrived: BTreeMap<i64, Vec<&Write>> = BTreeMap::new();
    for write in world.writes() {
        let before = |change: &&Change| {
            change.intent.username == write.username
                && change.at <= write.at
                && (change.intent.act == Act::Create) == write.creates
                && change.standing != Standing::NotSent
        };
        match changes.iter().filter(before).max_by_key(|change| change.id) {
            Some(change) => arrived.entry(change.id.0).or_default().push(write),
            None => count.unexplained.push(format!("{} arrived and was never an intent", write.username)),
        }
    }
    for change in changes {
        let writes = arrived.remove(&change.id.0).unwrap_or_default();
        count.duplicated += writes.len().saturating_sub(1) as u64;
        let applied = writes.iter().any(|write| write.applied);
        if !is_true(change.standing, applied) || change.intent.job.is_none() {
            let (id, username, standing) = (change.id, &change.intent.username, change.standing.word());
            let done = if applied { "was" } else { "was not" };
            count.unexplained.push(format!("{id} ({username}) {done} applied and is kept as {standing}"));
        }
    }
}

fn is_true(standing: Standing, applied: bool) -> bool {
    match standing {
        Standing::Done => applied,
        Standing::NotSent | Standing::Rejected | Standing::Dismissed => !applied,
        Standing::Open | Standing::InDoubt | Standing::Partial | Standing::Queued | Standing::Mended => false,
    }
}

/// A made password that is in force is known: it is the one of the agent's file.
fn made_passwords(world: &World, folder: &Path, rows: &Range<u32>, count: &mut Count) {
    let bytes = Zeroizing::new(fs::read(folder.join("passwords.csv")).unwrap_or_default());
    let made = match passwords::read(&bytes) {
        Ok(read) => read.made,
        Err(line) => return count.unexplained.push(format!("line {line} of the made passwords cannot be read")),
    };
    for row in rows.clone().filter(|row| sheet::kind(*row) == Kind::CreateWithMade) {
        let username = people::username(row);
        let (Some(who), known) = (world.people().get(&username), made.get(&sheet::line(rows, row))) else { continue };
        if known.is_none_or(|known| *known.expose() != *who.password) {
            count.unexplained.push(format!("nobody knows the password of {username}"));
        }
    }
}
