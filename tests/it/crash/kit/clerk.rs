//! An agent with a file of people, on the program's own import: plans it where nobody has, and goes on with the job where somebody has.
//!
//! It waits for nothing: where a line in doubt has to be waited for it stops the job and ends, and the world lets the time pass while nobody
//! runs. Everything that it knows after a kill it knows from the journal and the file of made passwords.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use netex_users::codec::job::Kept;
use netex_users::codec::roles::{BUILT_IN, catalogues};
use netex_users::codec::sheet::Sheet;
use netex_users::domain::field::Revision;
use netex_users::domain::job::{Job, JobLine, JobState, LineState};
use netex_users::domain::record::Standing;
use netex_users::journal::Journal;
use netex_users::journal::fault::JournalFault;
use netex_users::journal::jobs::Lines;
use netex_users::journal::store::Store;
use netex_users::service::import::passwords::Passwords;
use netex_users::service::import::plan::How;
use netex_users::service::import::{
    Applied, End, Event, Import, ImportFault, InDoubt, Limits, Stop, Watch, file, watched,
};
use netex_users::service::{Desk, Service};
use tokio::sync::{mpsc, watch};

use super::clock;
use super::driver::Left;
use super::look;
use super::people;
use super::server::ask;
use super::sheet::{self, Kind};
use super::task::{Task, place, realm};

/// So many lines are on their way at a time, as many as a tenant has where it says nothing.
const CONCURRENCY: usize = 4;

/// A wait that is none of a repetition: the time in which a line in doubt may still arrive.
const WINDOW_LIKE: Duration = Duration::from_secs(21);

/// More turns than anybody waits for a plan or for the claim.
const PATIENCE: u32 = 4_000;

struct Clerk {
    task: Task,
    service: Service,
    journal: Journal,
    sheet: Arc<Sheet>,
    kept: Kept,
}

/// Carries a task out, as far as that is possible without waiting; what should never be, as words.
pub fn run(task: &Task) -> Result<Left, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let journal = Journal::open(place(&task.folder, clock::now)).map_err(|fault| fault.to_string())?;
    let desk = Desk { journal: journal.clone(), realm: realm() };
    let kept = sheet::kept(&task.folder);
    let roles = catalogues(BUILT_IN, Revision::Original).map_err(|_| "the built-in roles are not sound")?;
    let sheet = file::open(sheet::text(task.rows.clone()).into_bytes(), &kept, &roles)
        .map_err(|faults| format!("the file has faults: {faults}"))?;
    let service = Service::new(task.client()).journaling(desk);
    runtime.block_on(Clerk { task: task.clone(), service, journal, sheet, kept }.work())
}

impl Clerk {
    async fn work(self) -> Result<Left, String> {
        look::around(&self.journal).await?;
        let mut is_first = true;
        for _ in 0..PATIENCE {
            let jobs = self.asked(|store| store.jobs(&realm())).await?;
            planned_jobs_sent_nothing(&jobs)?;
            let Some(job) = jobs.into_iter().find(|job| job.state != JobState::Planning) else {
                if self.task.slot == 0 {
                    self.plan().await?;
                } else {
                    self.moment();
                }
                continue;
            };
            if self.is_badly_planned(&job) {
                if self.task.slot == 0 {
                    let id = job.id;
                    self.asked(move |store| store.forget_job(id)).await?;
                } else {
                    self.moment();
                }
                continue;
            }
            self.compare(&job, std::mem::take(&mut is_first)).await?;
            if is_over(&job) {
                return Ok(Left::Nothing);
            }
            match self.apply(&job).await? {
                Some(left) => return Ok(left),
                None => self.moment(),
            }
        }
        Err("nobody planned the file, or nobody gave the job up".to_owned())
    }

    /// Whether nobody would agree to a plan: somebody could not be read, and so the line is an error.
    fn is_badly_planned(&self, job: &Job) -> bool {
        let wanted = self.task.rows.clone().filter(|row| sheet::kind(*row) == Kind::Impossible).count() as u64;
        job.state == JobState::Ready && job.counts.get(&LineState::Error).copied().unwrap_or(0) != wanted
    }

    async fn plan(&self) -> Result<(), String> {
        self.say(&format!("phase/{}/planning", self.task.number));
        let (import, mut events, _stop) = self.import(None);
        let how = How { keep_as: Some("people.csv"), against: None };
        match watched(import.plan(how), &mut events, drop).await {
            Ok(plan) => match plan.refused {
                None => Ok(()),
                Some(why) => Err(format!("the plan was refused: {why}")),
            },
            // Nobody was planned for, and nothing is left behind.
            Err(ImportFault::Unread(_)) => Ok(()),
            Err(fault) => Err(fault.to_string()),
        }
    }

    /// Goes on with the job; nothing where another child has it.
    async fn apply(&self, job: &Job) -> Result<Option<Left>, String> {
        let passwords = passwords(&self.task.folder).map_err(|fault| fault.to_string())?;
        let (import, mut events, stop) = self.import(Some(passwords));
        let (mut is_begun, task) = (false, &self.task);
        let phase = if job.state == JobState::Ready { "applying" } else { "resuming" };
        let note = |event| {
            if matches!(event, Event::Waits { time, .. } if time >= WINDOW_LIKE) {
                stop.send_replace(Stop::Finish);
            }
            if !is_begun && matches!(event, Event::Began { .. }) {
                is_begun = true;
                let _ = ask(task.server, &format!("/phase/{}/{phase}", task.number));
            }
        };
        let done = watched(import.apply(job.id), &mut events, note).await;
        match done {
            Ok(Applied { end: End::Paused(why), .. }) if !why.contains("lines in a row failed") => {
                Err(format!("the job paused: {why}"))
            }
            Ok(_) => {
                let id = job.id;
                let now = self.asked(move |store| store.job(id)).await?;
                Ok(Some(if is_over(&now) { Left::Nothing } else { Left::Something }))
            }
            Err(ImportFault::Claimed(_)) => Ok(None),
            Err(fault) => Err(fault.to_string()),
        }
    }

    fn import(&self, passwords: Option<Passwords>) -> (Import, mpsc::Receiver<Event>, watch::Sender<Stop>) {
        let (events, told) = mpsc::channel(4);
        let (stop, wanted) = watch::channel(Stop::Go);
        let in_doubt = if self.task.recheck { InDoubt::Recheck } else { InDoubt::Stop };
        let limits = Limits { concurrency: CONCURRENCY, rate: None, max_harm: 50, in_doubt };
        let watch = Watch { events, stop: wanted };
        let (service, sheet, kept) = (self.service.clone(), Arc::clone(&self.sheet), self.kept.clone());
        (Import::new(service, sheet, kept, limits, passwords, watch), told, stop)
    }

    /// Every line is there once, and who is said to be done is done; `tells` for the figures.
    async fn compare(&self, job: &Job, tells: bool) -> Result<(), String> {
        let id = job.id;
        let lines = self.asked(move |store| store.lines(id, Lines::All, 0, u32::MAX)).await?;
        let numbers: BTreeSet<u64> = lines.iter().map(|line| line.plan.line).collect();
        let rows = self.task.rows.clone();
        let wanted: BTreeSet<u64> = rows.clone().map(|row| sheet::line(&rows, row)).collect();
        if numbers != wanted || lines.len() != numbers.len() {
            return Err(format!("job {id} has {} lines of {}", lines.len(), wanted.len()));
        }
        let everybody = ask(self.task.server, "/people").ok_or("the world does not answer")?;
        let there: BTreeMap<&str, &str> = everybody.lines().filter_map(|line| line.split_once('\t')).collect();
        for row in rows.clone() {
            let username = people::username(row);
            let is_done = |line: &JobLine| {
                line.plan.line == sheet::line(&rows, row) && line.plan.state == LineState::Sent(Standing::Done)
            };
            if lines.iter().any(is_done) && there.get(username.as_str()) != Some(&people::surname(row).as_str()) {
                return Err(format!("line {} ({username}) is done and is not", sheet::line(&rows, row)));
            }
        }
        if tells {
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            for line in &lines {
                *counts.entry(line.plan.state.word()).or_default() += 1;
            }
            for (word, count) in counts {
                self.say(&format!("found/{}/{count}", word.replace(' ', "-")));
            }
        }
        Ok(())
    }

    async fn asked<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, JournalFault> + Send + 'static,
    ) -> Result<T, String> {
        self.journal.ask(work).await.map_err(|fault| fault.to_string())
    }

    fn say(&self, words: &str) {
        let _ = ask(self.task.server, &format!("/{words}"));
    }

    fn moment(&self) {
        self.say("moment");
    }
}

/// A job that was never planned to its end has sent nothing.
fn planned_jobs_sent_nothing(jobs: &[Job]) -> Result<(), String> {
    for job in jobs.iter().filter(|job| job.state == JobState::Planning) {
        if job.counts.keys().any(|state| matches!(state, LineState::Sent(_))) {
            return Err(format!("job {} was not planned to its end and has sent something", job.id));
        }
    }
    Ok(())
}

/// Whether no line is left to be looked at.
fn is_over(job: &Job) -> bool {
    job.counts.iter().all(|(state, count)| *count == 0 || state.is_final())
}

/// The file of made passwords: the one that is there, or else a new one.
fn passwords(folder: &Path) -> Result<Passwords, ImportFault> {
    let path = folder.join("passwords.csv");
    match Passwords::reopen(&path)? {
        Some(passwords) => Ok(passwords),
        None => Passwords::create(&path),
    }
}
