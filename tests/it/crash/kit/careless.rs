//! The protocols that everybody writes first, as controls: a harness that finds nothing wrong with them finds nothing.
//!
//! All remember in a file which rows are done, and none keeps what it is about to send: one keeps what it has sent.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use netex_users::api::Client;
use netex_users::domain::fields::Field;
use netex_users::domain::key::UserKey;
use netex_users::domain::order::Order;
use netex_users::domain::outcome::{ReadFault, Verdict};
use netex_users::domain::record::{Circumstances, Intent, Outcome};
use netex_users::domain::tenant::Synchronization::Synchronous;
use netex_users::journal::Journal;
use netex_users::journal::marks::MARKS;

use super::clock;
use super::people::{self, Kind};
use super::task::{Protocol, Task, place, realm};

/// More requests than any row needs.
const PATIENCE: u32 = 500;

/// Carries a task out.
pub fn run(task: &Task) -> Result<(), String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let client = task.client();
    let journal = Journal::open(place(&task.folder, clock::now)).map_err(|fault| fault.to_string())?;
    let mut tags = 0;
    for row in task.order() {
        if !done(task).lines().any(|line| line == row.to_string()) {
            runtime.block_on(send(task, &client, &journal, row, &mut tags))?;
            let file = OpenOptions::new().create(true).append(true).open(progress(task));
            file.and_then(|mut file| writeln!(file, "{row}")).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

fn progress(task: &Task) -> PathBuf {
    task.folder.join("progress")
}

fn done(task: &Task) -> String {
    fs::read_to_string(progress(task)).unwrap_or_default()
}

async fn send(task: &Task, client: &Client, journal: &Journal, row: u32, tags: &mut u32) -> Result<(), String> {
    let key = UserKey::parse(&people::username(row)).map_err(|fault| fault.to_string())?;
    for _ in 0..PATIENCE {
        let found = client.read(&key).await;
        let request = match (people::kind(row), found) {
            (Kind::Create, Ok(_)) if task.protocol == Protocol::Hasty => return Ok(()),
            (Kind::Create, Err(ReadFault::NotFound) | Ok(_)) => people::create(row, &tag(task, tags)),
            (Kind::Update, Ok(person)) if person.text(Field::Surname) == people::surname(row) => {
                return Ok(());
            }
            (Kind::Update, Ok(person)) => people::update(row, &tag(task, tags), person),
            (_, Err(_)) if task.protocol == Protocol::Stubborn && people::kind(row) == Kind::Create => {
                people::create(row, &tag(task, tags))
            }
            (_, Err(_)) => continue,
        };
        let order = Order::Change(Arc::new(request));
        let Order::Change(request) = &order else { return Ok(()) };
        let report = client.send(request, Synchronous).await;
        if task.protocol == Protocol::Backwards {
            let intent = Intent::of(&order, Synchronous, None, &Circumstances::default(), &MARKS);
            let outcome = Outcome::of(&report, 0);
            let kept =
                journal.ask(move |store| store.begin(&realm(), &intent).and_then(|(id, _)| store.end(id, &outcome)));
            kept.await.map_err(|fault| fault.to_string())?;
        }
        if report.verdict == Verdict::Applied {
            return Ok(());
        }
    }
    Err(format!("row {row} does not come to an end"))
}

fn tag(task: &Task, tags: &mut u32) -> String {
    *tags += 1;
    format!("{}.{}.{tags}", task.slot, task.number)
}
