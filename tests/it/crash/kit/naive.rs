//! How everybody carries a file out first, as controls: from the last line that a file names, what has no mark, or what has none and is not
//! there. All keep what they know after they have sent, and none keeps what it is about to send.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use netex_users::api::Client;
use netex_users::domain::fields::Field;
use netex_users::domain::key::UserKey;
use netex_users::domain::outcome::{ReadFault, Verdict};
use netex_users::domain::request::Request;
use netex_users::domain::tenant::Synchronization::Synchronous;

use super::driver::Left;
use super::people;
use super::server::ask;
use super::sheet::{self, Kind};
use super::task::{Protocol, Task};

/// So many lines are on their way at a time.
const CONCURRENCY: usize = 4;

/// After so many lines the number of the last is kept.
const OFTEN: usize = 8;

/// How often a line is tried.
const PATIENCE: u32 = 50;

/// Carries a task out.
pub fn run(task: &Task) -> Result<Left, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let client = task.client();
    let _ = ask(task.server, &format!("/phase/{}/applying", task.number));
    runtime.block_on(async {
        let rows: Vec<u32> = task.rows.clone().filter(|row| is_sent(*row)).collect();
        if task.protocol == Protocol::Cursor {
            cursor(task, &client, &rows).await
        } else {
            marks(task, &client, &rows).await
        }
    })?;
    Ok(Left::Nothing)
}

fn is_sent(row: u32) -> bool {
    match sheet::kind(row) {
        Kind::Create | Kind::CreateWithMade | Kind::Update => true,
        Kind::Unchanged | Kind::Refused | Kind::Impossible => false,
    }
}

/// Some lines, and then the number of the next.
async fn cursor(task: &Task, client: &Client, rows: &[u32]) -> Result<(), String> {
    let path = file(task);
    let done: usize = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    for (index, chunk) in rows.chunks(OFTEN).enumerate().skip(done / OFTEN) {
        let mut on_their_way: FuturesUnordered<_> = chunk.iter().map(|row| once(client, *row)).collect();
        while on_their_way.next().await.is_some() {}
        fs::write(&path, ((index + 1) * OFTEN).to_string()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Each line until it is heard that it was done, and then its mark.
async fn marks(task: &Task, client: &Client, rows: &[u32]) -> Result<(), String> {
    let marked = fs::read_to_string(file(task)).unwrap_or_default();
    let left: Vec<u32> =
        rows.iter().copied().filter(|row| !marked.lines().any(|line| line == row.to_string())).collect();
    for chunk in left.chunks(CONCURRENCY) {
        let mut on_their_way: FuturesUnordered<_> = chunk.iter().map(|row| until_done(task, client, *row)).collect();
        while let Some(row) = on_their_way.next().await {
            let row = row?;
            let file = OpenOptions::new().create(true).append(true).open(file(task));
            file.and_then(|mut file| writeln!(file, "{row}")).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

async fn until_done(task: &Task, client: &Client, row: u32) -> Result<u32, String> {
    for _ in 0..PATIENCE {
        if task.protocol == Protocol::Looks && sheet::kind(row) != Kind::Update {
            match client.read(&key(row)?).await {
                Ok(_) => return Ok(row),
                Err(ReadFault::NotFound) => {}
                Err(_) => continue,
            }
        }
        if once(client, row).await {
            return Ok(row);
        }
    }
    Err(format!("row {row} does not come to an end"))
}

/// Sends a line; whether it was heard that it was done.
async fn once(client: &Client, row: u32) -> bool {
    let Some(request) = request(client, row).await else { return false };
    client.send(&request, Synchronous).await.verdict == Verdict::Applied
}

async fn request(client: &Client, row: u32) -> Option<Request> {
    if sheet::kind(row) != Kind::Update {
        return Some(people::create(row, &sheet::name(row)));
    }
    let person = client.read(&key(row).ok()?).await.ok()?;
    // Another name each time: where nothing is to be changed nothing can be sent.
    let name = format!("{} again", person.text(Field::Name));
    Some(people::update(row, &name, person))
}

fn key(row: u32) -> Result<UserKey, String> {
    UserKey::parse(&people::username(row)).map_err(|fault| fault.to_string())
}

fn file(task: &Task) -> PathBuf {
    task.folder.join("progress")
}
