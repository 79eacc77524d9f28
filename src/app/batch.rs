//! One change for many people: first a plan, then a run that can be stopped and gone on with, and a result for each.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::app::attention;
use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::model::{Model, Overlay};
use crate::app::msg::Act as Perform;
use crate::app::ticket_number;
use crate::domain::bulk::{BANDS, Bulk, Job};
use crate::domain::key::UserKey;
use crate::domain::outcome::{BulkAnswer, Verdict};

/// What a person does with a plan or a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// By lines; down where positive.
    Move(i16),
    /// Carry the plan out, or go on with it.
    Run,
    /// Begin nothing new; what is on its way ends.
    Stop,
}

/// A plan and what became of it.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What is done to everybody.
    pub job: Arc<Job>,
    /// Who, in the order of the list.
    pub rows: Vec<Row>,
    /// How far it is.
    pub stage: Stage,
    /// The line under the cursor.
    pub at: usize,
    /// The tenant's name as typed, where it has to be typed.
    pub typed: TextEditor,
    /// Why it does not run.
    pub fault: Option<String>,
}

/// One person of the plan.
#[derive(Clone, Debug)]
pub struct Row {
    /// The key that is addressed.
    pub key: UserKey,
    /// The username.
    pub username: String,
    /// What is there now, as the list knows it.
    pub old: String,
    /// What would be.
    pub new: String,
    /// How far this one is.
    pub state: State,
}

/// How far one person is.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Is so already: nothing will be sent.
    Same,
    /// Not begun.
    Waiting,
    /// On its way.
    Running(Ticket),
    /// Ended.
    Ended(Box<BulkAnswer>),
}

/// How far the whole is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Shown, nothing sent.
    Plan,
    /// Being carried out.
    Running,
    /// Stopped: what was on its way ends, and the rest waits.
    Stopped,
}

/// How many people came to each end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Done everywhere.
    pub done: usize,
    /// Queued somewhere.
    pub queued: usize,
    /// Refused, not sent, or changed by somebody else meanwhile.
    pub not_done: usize,
    /// Partly done.
    pub partly: usize,
    /// In doubt.
    pub doubt: usize,
    /// Were so already.
    pub same: usize,
    /// On their way.
    pub running: usize,
    /// Not begun.
    pub waiting: usize,
}

impl Batch {
    /// A plan for these people.
    pub fn plan(job: Job, rows: Vec<Row>) -> Self {
        Self { job: Arc::new(job), rows, stage: Stage::Plan, at: 0, typed: TextEditor::new("", false), fault: None }
    }

    /// Whether the tenant's name has to be typed before this is carried out: once, for a plan on production.
    pub fn wants_name(&self, production: bool) -> bool {
        self.stage == Stage::Plan && production
    }

    /// How many people came to each end.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            let counter = match &row.state {
                State::Same => &mut counts.same,
                State::Waiting => &mut counts.waiting,
                State::Running(_) => &mut counts.running,
                State::Ended(answer) => match answer.as_ref() {
                    BulkAnswer::Same => &mut counts.same,
                    BulkAnswer::Changed | BulkAnswer::Refused(_) => &mut counts.not_done,
                    BulkAnswer::Report(report) => match report.verdict {
                        Verdict::Applied => &mut counts.done,
                        Verdict::Pending => &mut counts.queued,
                        Verdict::NotSent | Verdict::Rejected => &mut counts.not_done,
                        Verdict::Partial => &mut counts.partly,
                        Verdict::InDoubt => &mut counts.doubt,
                    },
                },
            };
            *counter += 1;
        }
        counts
    }

    /// What the vendor says of batches of this size, in words.
    pub fn band(&self) -> Option<String> {
        let size = self.rows.len();
        let band = BANDS.into_iter().rev().find(|band| size >= *band)?;
        Some(format!(
            "{size} people: the vendor calls more than {band} at once a risk of being interrupted; smaller marks are safer"
        ))
    }

    /// Whether everything that was begun has ended and nothing waits.
    pub fn is_over(&self) -> bool {
        let counts = self.counts();
        counts.running == 0 && counts.waiting == 0
    }

    /// Why the plan may not be carried out, in words.
    fn forbids(&self, model_limits: Limits, production: Option<&str>) -> Option<String> {
        let waiting = self.counts().waiting;
        if waiting == 0 {
            return Some("Everybody is so already: nothing would be sent.".to_owned());
        }
        if self.job.bulk.is_harm() && waiting > model_limits.max_harm {
            return Some(format!(
                "{} people would be hit, and this tenant stops at {} (max_harm in the configuration). Mark fewer.",
                waiting, model_limits.max_harm
            ));
        }
        match production {
            Some(name) if self.typed.text() != name => {
                Some(format!("This is production: type the tenant's name, {name}, and press Enter."))
            }
            Some(_) | None => None,
        }
    }

    /// Begins as many as the limit allows.
    fn begin(&mut self, model_limits: Limits, tickets: &mut Vec<Ticket>) -> Vec<(Ticket, UserKey, (String, String))> {
        let mut free = model_limits.concurrency.saturating_sub(self.counts().running);
        let mut begun = Vec::new();
        for row in &mut self.rows {
            if free == 0 {
                break;
            }
            if row.state == State::Waiting
                && let Some(ticket) = tickets.pop()
            {
                row.state = State::Running(ticket);
                begun.push((ticket, row.key.clone(), (row.old.clone(), row.new.clone())));
                free -= 1;
            }
        }
        begun
    }
}

/// What a tenant allows of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many people are changed at the same time.
    pub concurrency: usize,
    /// How many people may be disabled, or lose an administrator's role, in one batch.
    pub max_harm: usize,
    /// At most so many changes a second leave for the lines of a file; nothing is as fast as the service answers.
    pub rate: Option<NonZeroU32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { concurrency: 4, max_harm: 50, rate: None }
    }
}

/// What a person does with the plan or the run.
pub fn act(model: &mut Model, act: Act) -> Effects {
    let limits = model.limits;
    let production = model.tenant.production.then(|| model.tenant.name.clone());
    let Some(Overlay::Batch(batch)) = &mut model.overlay else {
        return Effects::none();
    };
    match act {
        Act::Move(by) => {
            batch.at = batch.at.saturating_add_signed(by.into()).min(batch.rows.len().saturating_sub(1));
            Effects::none()
        }
        Act::Stop => {
            if batch.stage == Stage::Running {
                batch.stage = Stage::Stopped;
            }
            Effects::none()
        }
        Act::Run => {
            let asked = production.as_deref().filter(|_| batch.stage == Stage::Plan);
            batch.fault = batch.forbids(limits, asked);
            if batch.fault.is_some() {
                return Effects::none();
            }
            // Who goes on with what was stopped was asked already.
            if batch.stage == Stage::Plan
                && let Some(effects) = ticket_number::ask_first(model, Perform::Batch(Act::Run))
            {
                return effects;
            }
            if let Some(Overlay::Batch(batch)) = &mut model.overlay {
                batch.stage = Stage::Running;
            }
            go_on(model)
        }
    }
}

/// The plan or run that is open, also where the page of keys lies over it: an answer must not be lost because somebody looked a key up.
fn open(model: &mut Model) -> Option<&mut Batch> {
    let mut open = model.overlay.as_mut()?;
    if let Overlay::Help(_, Some(below)) = open {
        open = below;
    }
    if let Overlay::Batch(batch) = open { Some(batch) } else { None }
}

/// Begins whoever is next.
fn go_on(model: &mut Model) -> Effects {
    let limits = model.limits;
    let mut tickets: Vec<Ticket> = (0..limits.concurrency).map(|_| model.ticket()).collect();
    let (synchronization, kept) = (model.synchronization, model.circumstances());
    let Some(batch) = open(model) else {
        return Effects::none();
    };
    let begun = if batch.stage == Stage::Running { batch.begin(limits, &mut tickets) } else { Vec::new() };
    let job = Arc::clone(&batch.job);
    begun.into_iter().fold(Effects::none(), |effects, (ticket, key, planned)| {
        let (job, circumstances) = (Arc::clone(&job), kept.clone());
        effects.and(Effects::one(Effect::Apply { ticket, key, job, planned, synchronization, circumstances }))
    })
}

/// One person has ended: the result stands in the row, and the next one begins.
pub fn answered(model: &mut Model, ticket: Ticket, answer: Box<BulkAnswer>) -> Effects {
    let Some(batch) = open(model) else {
        return Effects::none();
    };
    let Some(row) = batch.rows.iter_mut().find(|row| row.state == State::Running(ticket)) else {
        return Effects::none();
    };
    let done = matches!(answer.as_ref(), BulkAnswer::Report(report) if report.verdict == Verdict::Applied);
    row.state = State::Ended(answer);
    let username = row.username.clone();
    let rests = batch.counts().running == 0 && (batch.is_over() || batch.stage != Stage::Running);
    if done {
        let job = Arc::clone(&batch.job);
        model.people.change(&username, |listed| job.bulk.done(listed));
    }
    let more = go_on(model);
    // Each of them is a change of its own: what is not finished is on the list, which is read once, when the run rests.
    if rests { more.and(attention::refresh(model)) } else { more }
}

/// What the list calls a bulk change for one person.
pub fn row(bulk: &Bulk, key: UserKey, username: String, change: Option<(String, String)>) -> Row {
    match change {
        Some((old, new)) => Row { key, username, old, new, state: State::Waiting },
        None => Row { key, username, old: bulk.words(), new: String::new(), state: State::Same },
    }
}
