//! An agent that follows the rules to the letter, on the program's own service and journal.
//!
//! A row is begun by a draft, sent once, and where its answer was lost looked up; what is not found is waited for until the window is over,
//! looked up again, and only then sent anew. Everything that it knows after a kill it knows from the journal.

use std::fs::File;
use std::sync::Arc;

use netex_users::domain::key::UserKey;
use netex_users::domain::order::Order;
use netex_users::domain::outcome::{Cause, Sent, Settlement};
use netex_users::domain::record::{Act, Change, ChangeId, Circumstances, Purpose, Sequel, Standing, WINDOW};
use netex_users::domain::request::Request;
use netex_users::domain::tenant::Synchronization::Synchronous;
use netex_users::journal::Journal;
use netex_users::journal::changes::Wish;
use netex_users::journal::fault::JournalFault;
use netex_users::service::{Desk, Service};

use super::clock;
use super::look;
use super::people::{self, Kind};
use super::server::ask;
use super::task::{Task, place, realm};

/// More steps than any row takes.
const PATIENCE: u32 = 500;

/// What became of a row in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Finished,
    /// Another child has it.
    Elsewhere,
}

struct Robot {
    task: Task,
    journal: Journal,
    service: Service,
    /// How many requests this child made.
    tags: u32,
}

/// Carries a task out; what should never be, as words.
pub fn run(task: &Task) -> Result<(), String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let journal = Journal::open(place(&task.folder, clock::now)).map_err(|fault| fault.to_string())?;
    let desk = Desk { journal: journal.clone(), realm: realm() };
    let service = Service::new(task.client()).journaling(desk);
    runtime.block_on(Robot { task: task.clone(), journal, service, tags: 0 }.work())
}

fn words(fault: &JournalFault) -> String {
    fault.to_string()
}

impl Robot {
    async fn work(mut self) -> Result<(), String> {
        look::around(&self.journal).await?;
        self.drafts_are_there().await?;
        loop {
            let mut left = false;
            for row in self.task.order() {
                left |= self.row(row).await? == Step::Elsewhere;
            }
            if !left {
                return Ok(());
            }
            self.until(clock::now() + 1_000);
        }
    }

    async fn drafts_are_there(&mut self) -> Result<(), String> {
        let wanted = ask(self.task.server, "/drafts").unwrap_or_default();
        let drafts = self.journal.ask(|store| store.drafts(&realm())).await.map_err(|fault| words(&fault))?;
        for line in wanted.lines().filter(|line| line.contains(&self.slot())) {
            let (about, version) = line.split_once(' ').ok_or("a draft has a version")?;
            let version: u64 = version.parse().map_err(|_| "a draft has a version")?;
            let is_there = |draft: &netex_users::journal::drafts::Draft| {
                draft.about == about && draft.body.parse().is_ok_and(|kept: u64| kept >= version)
            };
            if !drafts.iter().any(is_there) {
                return Err(format!("the draft {about} was on the disk and is not"));
            }
        }
        Ok(())
    }

    /// Two agents who decide, each for itself, that somebody new is needed have made two decisions, which nothing here is about: so a row
    /// is one child's at a time, until it ends or is killed.
    async fn row(&mut self, row: u32) -> Result<Step, String> {
        let Some(_owned) = self.own(row)? else { return Ok(Step::Elsewhere) };
        let username = people::username(row);
        for _ in 0..PATIENCE {
            let wish = Wish { username: Some(username.clone()), ..Wish::default() };
            let changes =
                self.journal.ask(move |store| store.changes(&realm(), &wish)).await.map_err(|fault| words(&fault))?;
            let Some(last) = changes.first() else {
                self.begin(row).await?;
                continue;
            };
            match last.standing {
                Standing::Done => {
                    self.mend_older(&changes).await?;
                    self.drop_draft(row).await?;
                    return Ok(Step::Finished);
                }
                Standing::Open if last.elsewhere => return Ok(Step::Elsewhere),
                Standing::InDoubt => self.settle(row, last).await?,
                Standing::NotSent | Standing::Dismissed | Standing::Mended => self.begin(row).await?,
                // Nobody but the children writes here, so nothing is ever refused.
                Standing::Rejected | Standing::Open | Standing::Partial | Standing::Queued => {
                    return Err(format!("{} of {username} is {}", last.id, last.standing.word()));
                }
            }
        }
        Err(format!("{username} does not come to an end"))
    }

    /// The right to a row; nothing where another child has it.
    fn own(&self, row: u32) -> Result<Option<File>, String> {
        let path = self.task.folder.join(format!("row.{row}"));
        let file = File::create(path).map_err(|error| error.to_string())?;
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    /// An older update in doubt is finished by the one that was made in its place.
    async fn mend_older(&mut self, changes: &[Change]) -> Result<(), String> {
        let by = changes[0].id;
        for older in changes.iter().skip(1).filter(|change| change.standing == Standing::InDoubt) {
            let id = older.id;
            self.journal
                .ask(move |store| store.follow(id, &Sequel::Mended(by)))
                .await
                .map_err(|fault| words(&fault))?;
        }
        Ok(())
    }

    /// The first request of a row, after its draft.
    async fn begin(&mut self, row: u32) -> Result<(), String> {
        if self.task.drafts {
            self.keep_draft(row).await?;
        }
        self.send(row, Circumstances::default()).await
    }

    async fn send(&mut self, row: u32, circumstances: Circumstances) -> Result<(), String> {
        self.tags += 1;
        let tag = format!("{}.{}.{}", self.task.slot, self.task.number, self.tags);
        let request = match people::kind(row) {
            Kind::Create => people::create(row, &tag),
            Kind::Update => {
                let key = UserKey::parse(&people::username(row)).map_err(|fault| fault.to_string())?;
                // It could not be read: another time.
                let Ok(person) = self.service.read(&key).await else { return Ok(()) };
                people::update(row, &tag, person)
            }
        };
        let order = Order::Change(Arc::new(request));
        match self.service.submit_with(&order, Synchronous, &circumstances).await {
            Sent::Report(report) => {
                if let Cause::NoJournal(why) = report.cause {
                    return Err(format!("nothing can be sent: {why}"));
                }
                // What came of it stands in the journal.
                Ok(())
            }
            Sent::Conflict(_) => Ok(()),
        }
    }

    async fn settle(&mut self, row: u32, change: &Change) -> Result<(), String> {
        let tag = people::tag(&change.intent).ok_or("every request has a tag")?;
        let request: Request = if change.intent.act == Act::Create {
            people::create(row, &tag)
        } else {
            people::update(row, &tag, people::before(row))
        };
        let over = change.at + i64::try_from(WINDOW.as_millis()).map_err(|error| error.to_string())?;
        let is_over = clock::now() >= over;
        match self.service.settle(&request, Some(change.id)).await {
            Settlement::Ours(_) | Settlement::Unknown(_) => Ok(()),
            Settlement::SomeoneElse(_) if change.intent.act == Act::Create => Ok(()),
            Settlement::Nobody | Settlement::SomeoneElse(_) if !is_over => {
                self.until(over);
                Ok(())
            }
            Settlement::Nobody if change.intent.act == Act::Create => {
                self.send(row, Circumstances { instead_of: Some(change.id), ..Circumstances::default() }).await
            }
            Settlement::Nobody | Settlement::SomeoneElse(_) => self.repair(row, change.id).await,
        }
    }

    async fn repair(&mut self, row: u32, id: ChangeId) -> Result<(), String> {
        self.send(row, Circumstances { purpose: Purpose::Repair(id), ..Circumstances::default() }).await
    }

    fn slot(&self) -> String {
        format!(".{}", self.task.slot)
    }

    fn about(&self, row: u32) -> String {
        format!("{row}{}", self.slot())
    }

    /// Keeps what was typed, and says so to the world when it is on the disk.
    async fn keep_draft(&mut self, row: u32) -> Result<(), String> {
        let about = self.about(row);
        let (name, body) = (about.clone(), self.task.number.to_string());
        self.journal
            .ask(move |store| {
                let drafts = store.drafts(&realm())?;
                let before = drafts.iter().find(|draft| draft.about == name).map(|draft| draft.id);
                store.keep_draft(&realm(), before, &name, &body)
            })
            .await
            .map_err(|fault| words(&fault))?;
        let _ = ask(self.task.server, &format!("/typed/{about}/{}", self.task.number));
        Ok(())
    }

    async fn drop_draft(&mut self, row: u32) -> Result<(), String> {
        let about = self.about(row);
        let _ = ask(self.task.server, &format!("/dropping/{about}"));
        let discard = move |store: &mut netex_users::journal::store::Store| {
            let drafts = store.drafts(&realm())?;
            match drafts.iter().find(|draft| draft.about == about) {
                // One that a killed child had open is nobody's.
                Some(draft) => store.discard_draft(&realm(), draft.id, draft.at).map(drop),
                None => Ok(()),
            }
        };
        self.journal.ask(discard).await.map_err(|fault| words(&fault))
    }

    /// Waits until a time of the world.
    fn until(&self, until: i64) {
        let _ = ask(self.task.server, &format!("/until/{}/{until}", self.task.number));
    }
}
