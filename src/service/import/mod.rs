//! A file of people, carried out: first a plan, which changes nothing, then its lines, each once, whoever is killed and whenever.
//!
//! ```text
//! bytes ──file──▶ Sheet ──plan──▶ Plan (a job in the journal: one line each) ──apply──▶ counts
//!                          │ find: reads whom a line means            │ reads, plans and compares each line again, then sends it once
//!                          ▼                                          ▼ doubt: looks up what is in doubt
//!                        Event::Planned                             Event::Began, Event::Ended
//! ```
//!
//! Whoever shows it, a command or a screen, does four things. It reads the file with [`file::open`], makes an [`Import`], and calls
//! [`Import::plan`]; it shows what comes as [`Event`]s and, where the agent agrees, calls [`Import::apply`] with the job's number. A job that
//! was stopped goes on with the same file by [`Import::apply`] alone: what is done is not looked at again. Both futures are to be driven to
//! their end beside the receiver of the events; what they wait for ends when [`Stop::Finish`] is sent, and a change that is on its way is
//! given up, in doubt, only with [`Stop::Abandon`].
//!
//! Deliberately not here: what a line would do ([`crate::domain::plan`]), what is sent and kept of one change ([`crate::service::Service`]),
//! the table of lines ([`crate::journal::jobs`]), and any asking of an agent.

use std::cell::RefCell;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::codec::digest;
use crate::codec::job::Kept;
use crate::codec::plan::{Header, Record};
use crate::codec::sheet::Sheet;
use crate::domain::job::LineState;
use crate::domain::outcome::Report;
use crate::domain::plan::Step;
use crate::domain::row::Row;
use crate::service::import::find::Addresses;
use crate::service::import::pace::Pace;
use crate::service::import::passwords::Passwords;
use crate::service::import::patience::Budget;
use crate::service::{Desk, Service};

pub mod apply;
mod carry;
mod circuit;
mod doubt;
pub mod failed;
pub mod fault;
pub mod file;
mod find;
mod pace;
pub mod passwords;
mod patience;
pub mod plan;
mod wait;
pub mod work;

pub use self::apply::{Applied, End};
pub use self::fault::ImportFault;
pub use self::plan::Plan;

/// A file of people with everything that carrying it out takes. It belongs to one task: clone the [`Service`] for another.
pub struct Import {
    service: Service,
    sheet: Arc<Sheet>,
    kept: Kept,
    limits: Limits,
    passwords: Option<Passwords>,
    addresses: RefCell<Option<Arc<Addresses>>>,
    budget: Budget,
    pace: RefCell<Pace>,
    begun: Instant,
    watch: Watch,
}

/// What a tenant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many lines are handled at the same time.
    pub concurrency: usize,
    /// At most so many changes a second; without a number as fast as the service answers.
    pub rate: Option<NonZeroU32>,
    /// At most so many people may be disabled or lose an administrator's role.
    pub max_harm: usize,
    /// What is done with lines that nobody knows to be done.
    pub in_doubt: InDoubt,
}

/// What is done with a line that was sent and of which nobody knows whether it was done (faults.md, outcome rules).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InDoubt {
    /// It is looked up. What that does not settle stays in doubt for somebody to decide.
    #[default]
    Stop,
    /// The same; and what is seen not to have been done after its time is sent again.
    Recheck,
}

impl InDoubt {
    /// Every policy.
    pub const ALL: [Self; 2] = [Self::Stop, Self::Recheck];

    /// The word of the option.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Recheck => "recheck",
        }
    }

    /// The policy of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }
}

/// How a job is watched and stopped.
pub struct Watch {
    /// Where events go. Nobody has to listen: when the receiver is gone the job goes on.
    pub events: mpsc::Sender<Event>,
    /// What the agent wants.
    pub stop: watch::Receiver<Stop>,
}

/// What the agent wants of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// To go on.
    #[default]
    Go,
    /// To begin nothing new, and to hear what is on its way.
    Finish,
    /// Not to wait for that either: it is in doubt.
    Abandon,
}

/// What happens, in the order in which it does.
#[derive(Debug)]
pub enum Event {
    /// Everybody is read, because people are found by their e-mail; how many so far.
    Reading(usize),
    /// The first line of the plan's file.
    PlanBegun(String),
    /// A line was planned.
    Planned {
        /// How many so far.
        done: usize,
        /// What it would do.
        step: Box<Step>,
        /// Its line of the plan's file.
        written: String,
    },
    /// The last line of the plan's file.
    PlanEnded(String),
    /// A line is being carried out.
    Began {
        /// The line of the file.
        line: u64,
        /// Whom it is about.
        username: String,
    },
    /// A line came to an end, for now or for good.
    Ended(Box<Ended>),
    /// Nothing happens for a while; why.
    Waits {
        /// Such as "the service asks to wait".
        why: String,
        /// For how long.
        time: Duration,
    },
    /// Something that the agent should know.
    Remark(String),
}

/// What became of a line.
#[derive(Debug)]
pub struct Ended {
    /// The line of the file.
    pub line: u64,
    /// Whom it is about.
    pub username: String,
    /// Where it stands. Still waiting where nothing was sent and the job may try it again.
    pub state: LineState,
    /// Why, where the report does not say it. Texts from outside may be in it.
    pub reason: Option<String>,
    /// What became of the request, where one was sent just now.
    pub report: Option<Box<Report>>,
}

/// Drives planning or carrying out beside its events, and hands each of them on in its turn. None is left when it returns.
pub async fn watched<T>(
    doing: impl Future<Output = T>,
    events: &mut mpsc::Receiver<Event>,
    mut show: impl FnMut(Event),
) -> T {
    let mut doing = std::pin::pin!(doing);
    let done = loop {
        tokio::select! {
            biased;
            Some(event) = events.recv() => show(event),
            done = &mut doing => break done,
        }
    };
    while let Ok(event) = events.try_recv() {
        show(event);
    }
    done
}

impl Import {
    /// A file that is about to be planned or carried out. `passwords` is where made passwords go; without it none are made.
    pub fn new(
        service: Service,
        sheet: Arc<Sheet>,
        kept: Kept,
        limits: Limits,
        passwords: Option<Passwords>,
        watch: Watch,
    ) -> Self {
        let burst = u32::try_from(limits.concurrency).unwrap_or(u32::MAX);
        Self {
            service,
            sheet,
            kept,
            passwords,
            addresses: RefCell::default(),
            budget: Budget::default(),
            pace: RefCell::new(Pace::new(limits.rate, burst)),
            begun: Instant::now(),
            limits,
            watch,
        }
    }

    /// The file.
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// The same with somewhere to put made passwords: they are needed only once the agent has agreed.
    #[must_use]
    pub fn with_passwords(self, passwords: Option<Passwords>) -> Self {
        Self { passwords, ..self }
    }

    /// Somewhere to put made passwords, for whoever holds it already.
    pub fn take_passwords(&mut self, passwords: Option<Passwords>) {
        self.passwords = passwords;
    }

    fn desk(&self) -> Result<&Desk, ImportFault> {
        self.service.desk().ok_or(ImportFault::NoJournal)
    }

    /// What the plan of this file is for.
    fn header(&self) -> Header {
        let realm = self.service.desk().map(|desk| desk.realm.clone());
        let (tenant, origin) = realm.map_or_else(Default::default, |realm| (realm.tenant, realm.origin));
        let Kept { revision, mode, matching, .. } = self.kept;
        Header::new(&tenant, &origin, revision, mode, matching, self.sheet.digest())
    }

    async fn tell(&self, event: Event) {
        // Who does not listen any more has not stopped the job by that.
        let _ = self.watch.events.send(event).await;
    }
}

/// What is kept of a line's plan, to be compared before it is sent: the line itself, and everything that it would do.
fn mark(row: &Row, record: &Record) -> String {
    format!("{}:{}", mark_of_row(row), record.digest())
}

/// The part of [`mark`] that the line alone decides: half of its digest, which is enough to see that it was edited.
fn mark_of_row(row: &Row) -> String {
    digest::row(row).to_string().chars().take(32).collect()
}
