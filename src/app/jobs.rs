//! Jobs: files of people, planned, looked at, carried out, stopped and gone on with.
//!
//! Of many files one is at work at a time in this program, and it goes on while the agent does something else: what runs is in the model,
//! and [`View`] is only how it is looked at. Where each line stands is the journal's to know; it is read in parts, as far as it is looked at.
//!
//! Not here: what a file would do ([`crate::domain::plan`]), and carrying it out, which the world does. What the world answers is taken in
//! [`told`]; what a person decides before something is sent is in [`orders`].

use std::path::PathBuf;

use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::model::{Model, Overlay};
use crate::app::picker::{Picker, Wanted};
use crate::domain::import::{FileOrder, Setting};
use crate::domain::job::{Counts, Job, JobId, JobLine, JobState};
use crate::domain::plan::{Match, Mode, Tally};

pub mod orders;
#[cfg(test)]
pub(crate) mod tests;
pub mod told;

/// What a person does with jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Show the list.
    Show,
    /// By lines; down where positive.
    Move(i32),
    /// Show the lines of the job under the cursor.
    Open,
    /// Choose a file of people.
    Import,
    /// The next value of the choice under the cursor; the one before where false.
    Turn(bool),
    /// Read the file and plan it. Nothing is sent.
    Plan,
    /// Carry the plan out.
    CarryOut,
    /// Begin nothing new; at the second time not to wait either.
    Stop,
    /// Ask whether to go on with the job; with true, whether to send again what is seen not to have been done.
    AskGoOn(bool),
    /// Go on with it.
    GoOn,
    /// Only lines that were not done, or all.
    FailedOnly,
    /// Write those to a new file.
    WriteFailed,
}

/// What the world is asked to do with files of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// List the jobs.
    List,
    /// Read some lines of a job, after a line of the file.
    Lines {
        /// The job.
        job: JobId,
        /// Only those that somebody has to look at.
        failed_only: bool,
        /// After this line.
        after: u64,
    },
    /// Open, check and plan a file. Nothing is sent.
    Plan(Box<FileOrder>),
    /// Carry the planned job out.
    CarryOut(JobId),
    /// Go on with a job that was begun.
    GoOn {
        /// The job.
        job: JobId,
        /// Whether to send again what is seen not to have been done, after its time.
        rechecks: bool,
        /// The tenant.
        setting: Box<Setting>,
    },
    /// Give a plan up.
    Forget(JobId),
    /// Begin nothing new; at the second time not to wait for what is on its way either.
    Stop,
    /// Say how far it is, as soon as that changes.
    Watch,
    /// Write the lines of a job that were not done to a new file.
    WriteFailed(JobId, Box<Setting>),
}

/// What the world answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// The jobs, the newest first; or in words why they cannot be known.
    List(Result<Vec<Row>, String>),
    /// Some lines of a job; or in words why they cannot be read.
    Lines {
        /// The job.
        job: JobId,
        /// Only those that somebody has to look at.
        failed_only: bool,
        /// After this line of the file.
        after: u64,
        /// The lines.
        lines: Result<Vec<Line>, String>,
    },
    /// A file was planned, or why not.
    Planned(Result<Box<Plan>, Refusal>),
    /// A job came to an end, for now or for good; or why it could not be begun.
    Ended(JobId, Result<Ended, Refusal>),
    /// How far it is.
    Progress(Box<Progress>),
    /// Where the lines that were not done stand now, in words; or why nowhere.
    Written(Result<String, String>),
}

/// A job of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The job.
    pub job: Job,
    /// When it was planned.
    pub when: String,
}

/// A line of a job, with why it stands so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub line: JobLine,
    /// Why it stands so, where that needs a reason. Texts from outside may be in it.
    pub reason: Option<String>,
}

/// A plan, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The job that carries it out; nothing where it may not be.
    pub job: Option<JobId>,
    /// The name of the file.
    pub source: String,
    /// How its letters and cells were read.
    pub guess: String,
    /// How many lines do what.
    pub tally: Tally,
    /// Why it may not be carried out.
    pub refused: Option<String>,
    /// What is odd about the file or its size.
    pub notes: Vec<String>,
    /// What its lines do; those that do nothing are left out.
    pub steps: Vec<PlanLine>,
    /// How many more of them there are.
    pub more: usize,
}

/// A line of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// The line of the file.
    pub line: u64,
    /// What it does.
    pub word: &'static str,
    /// Whom it is about.
    pub username: String,
    /// Field by field what was there and what will be; why it cannot be done; what is odd.
    pub details: Vec<String>,
}

/// Why a file is not planned, or a job not begun. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Everything that is wrong with the file, and how much more there is.
    Faults(Vec<String>, usize),
    /// A job of the same file was carried out before; in words.
    Earlier(JobId, String),
    /// In words.
    Words(String),
}

/// How a job came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How many lines stand where.
    pub counts: Counts,
    /// Somebody stopped it.
    pub stopped: bool,
    /// Why it stopped by itself.
    pub paused: Option<String>,
}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many lines came to an end, or were planned.
    pub done: u64,
    /// How many there are.
    pub total: u64,
    /// What became of them.
    pub counts: Counts,
    /// The time that is left.
    pub left: Option<String>,
    /// What is waited for, or read.
    pub now: Option<String>,
    /// What the agent should know.
    pub remarks: Vec<String>,
}

/// What this program does with files of people.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    /// The file that is at work.
    pub work: Option<Work>,
    /// The folder of the last file.
    pub folder: Option<PathBuf>,
}

/// A file at work.
#[derive(Clone, Debug)]
pub struct Work {
    /// The question that is answered when it is over.
    pub ticket: Ticket,
    /// The job; nothing while it is planned.
    pub job: Option<JobId>,
    /// How far it is.
    pub progress: Progress,
    /// How often it was told to stop.
    pub stops: u8,
}

impl Jobs {
    /// The job that this program carries out just now.
    pub fn carried(&self) -> Option<(JobId, &Work)> {
        let work = self.work.as_ref()?;
        work.job.map(|job| (job, work))
    }
}

/// How jobs are looked at.
#[derive(Clone, Debug)]
pub struct View {
    /// What is shown.
    pub page: Page,
    /// The jobs, the newest first.
    pub rows: Vec<Row>,
    /// The line of the list under the cursor.
    pub at: usize,
    /// They were read once.
    pub is_read: bool,
    /// Why they cannot be.
    pub fault: Option<String>,
    /// The question for them that is open.
    asked: Option<Ticket>,
}

/// What is shown of jobs.
#[derive(Clone, Debug)]
pub enum Page {
    /// All of them.
    List,
    /// A file, before it is planned, and while it is.
    Order(Box<Order>),
    /// What it would do.
    Plan(Box<PlanPage>),
    /// One job, line by line.
    Job(Lines),
    /// Whether to go on with one.
    Sure(Box<Sure>),
}

/// A file that is about to be planned.
#[derive(Clone, Debug)]
pub struct Order {
    /// The file.
    pub path: PathBuf,
    /// What it may do.
    pub mode: Mode,
    /// By what a line finds its person.
    pub matching: Match,
    /// Whether passwords are made.
    pub makes_passwords: bool,
    /// Whether it is planned although it was carried out before.
    pub again: bool,
    /// The choice under the cursor.
    pub at: usize,
    /// Why it was not planned.
    pub refusal: Option<Refusal>,
    /// The first line of that which is shown.
    pub scroll: usize,
}

/// A plan that is looked at.
#[derive(Clone, Debug)]
pub struct PlanPage {
    /// The plan.
    pub plan: Plan,
    /// What was ordered, to go back to.
    pub order: Order,
    /// The first line that is shown.
    pub scroll: usize,
    /// The tenant's name as typed, where it has to be typed.
    pub typed: TextEditor,
    /// Why it is not carried out.
    pub fault: Option<String>,
}

/// The lines of a job.
#[derive(Clone, Debug)]
pub struct Lines {
    /// The job.
    pub job: JobId,
    /// Only those that somebody has to look at.
    pub failed_only: bool,
    /// As far as they were read, in the order of the file.
    pub lines: Vec<Line>,
    /// The line under the cursor.
    pub at: usize,
    /// There are no more.
    pub is_whole: bool,
    /// Why they cannot be read.
    pub fault: Option<String>,
    asked: Option<Ticket>,
}

/// The question whether to go on with a job.
#[derive(Clone, Debug)]
pub struct Sure {
    /// The job.
    pub job: JobId,
    /// Whether to send again what is seen not to have been done.
    pub rechecks: bool,
    /// The tenant's name as typed, where it has to be typed.
    pub typed: TextEditor,
    /// Why it is not gone on with.
    pub fault: Option<String>,
}

/// So many lines are read beyond the one under the cursor.
const AHEAD: usize = 100;

impl View {
    fn new() -> Self {
        Self { page: Page::List, rows: Vec::new(), at: 0, is_read: false, fault: None, asked: None }
    }

    /// The job that the keys are about.
    pub fn here(&self) -> Option<&Row> {
        match &self.page {
            Page::List => self.rows.get(self.at),
            Page::Job(lines) => self.row(lines.job),
            Page::Sure(sure) => self.row(sure.job),
            Page::Order(_) | Page::Plan(_) => None,
        }
    }

    /// A job of the list.
    pub fn row(&self, id: JobId) -> Option<&Row> {
        self.rows.iter().find(|row| row.job.id == id)
    }

    /// The text that letters go into: the tenant's name, before something is sent to production.
    pub fn editor_mut(&mut self, production: bool) -> Option<&mut TextEditor> {
        match &mut self.page {
            Page::Plan(page) if production => Some(&mut page.typed),
            Page::Sure(sure) if production => Some(&mut sure.typed),
            Page::List | Page::Order(_) | Page::Plan(_) | Page::Job(_) | Page::Sure(_) => None,
        }
    }

    /// The name is typed anew: what was said of it is over.
    pub fn forget_fault(&mut self) {
        match &mut self.page {
            Page::Plan(page) => page.fault = None,
            Page::Sure(sure) => sure.fault = None,
            Page::List | Page::Order(_) | Page::Job(_) => {}
        }
    }

    /// Whether letters are text now.
    pub fn types(&self, production: bool) -> bool {
        production && matches!(self.page, Page::Plan(_) | Page::Sure(_))
    }
}

impl Lines {
    fn of(job: JobId) -> Self {
        Self { job, failed_only: false, lines: Vec::new(), at: 0, is_whole: false, fault: None, asked: None }
    }

    /// The line under the cursor.
    pub fn here(&self) -> Option<&Line> {
        self.lines.get(self.at)
    }

    fn ask(&mut self, ticket: Ticket, after: u64) -> Effects {
        self.asked = Some(ticket);
        let wish = Wish::Lines { job: self.job, failed_only: self.failed_only, after };
        Effects::one(Effect::Jobs { ticket, wish })
    }
}

/// How jobs are looked at, also where the question for the ticket lies over them. What else may is taken off before an answer comes here
/// ([`crate::app::overlays::under_covers`]).
pub fn view_of(overlay: Option<&mut Overlay>) -> Option<&mut View> {
    let mut overlay = overlay?;
    if let Overlay::TicketNumber(question) = overlay {
        overlay = question.below_mut()?;
    }
    if let Overlay::Jobs(view) = overlay { Some(view) } else { None }
}

/// Does what a person wants.
pub fn act(model: &mut Model, act: Act) -> Effects {
    match act {
        Act::Show => show(model, Page::List),
        Act::Import => import(model),
        Act::Plan => orders::plan(model),
        Act::CarryOut => orders::carry_out(model),
        Act::GoOn => orders::go_on(model),
        Act::AskGoOn(rechecks) => orders::ask_go_on(model, rechecks),
        Act::Stop => orders::stop(model),
        Act::WriteFailed => orders::write_failed(model),
        Act::Move(by) => go(model, by),
        Act::Open => open(model),
        Act::Turn(forward) => {
            orders::turn(model, forward);
            Effects::none()
        }
        Act::FailedOnly => {
            let ticket = model.ticket();
            let Some(Page::Job(lines)) = view_of(model.overlay.as_mut()).map(|view| &mut view.page) else {
                return Effects::none();
            };
            *lines = Lines { failed_only: !lines.failed_only, ..Lines::of(lines.job) };
            lines.ask(ticket, 0)
        }
    }
}

/// Shows jobs: the list is read anew whenever it is.
pub fn show(model: &mut Model, page: Page) -> Effects {
    model.overlay = Some(Overlay::Jobs(Box::new(View { page, ..View::new() })));
    refresh(model)
}

/// Reads the list, where it is looked at.
pub fn refresh(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    let Some(view) = view_of(model.overlay.as_mut()) else { return Effects::none() };
    view.asked = Some(ticket);
    Effects::one(Effect::Jobs { ticket, wish: Wish::List })
}

fn import(model: &mut Model) -> Effects {
    if let Some(why) = orders::forbids(model) {
        model.refuse(why);
        return Effects::none();
    }
    let start = model.jobs.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    let (picker, effects) = Picker::open(Wanted::People, Some(start), &mut || model.ticket());
    model.overlay = Some(Overlay::Picker(Box::new(picker)));
    effects
}

/// A file was chosen.
pub fn chosen(model: &mut Model, path: PathBuf) -> Effects {
    model.jobs.folder = path.parent().map(std::path::Path::to_path_buf);
    show(model, Page::Order(Box::new(Order::of(path))))
}

fn open(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    let Some(Overlay::Jobs(view)) = &mut model.overlay else { return Effects::none() };
    let Some(job) = view.here().map(|row| row.job.id) else { return Effects::none() };
    let mut lines = Lines::of(job);
    let effects = lines.ask(ticket, 0);
    view.page = Page::Job(lines);
    effects
}

fn go(model: &mut Model, by: i32) -> Effects {
    let by = isize::try_from(by).unwrap_or_default();
    let ticket = model.ticket();
    let Some(Overlay::Jobs(view)) = &mut model.overlay else { return Effects::none() };
    match &mut view.page {
        Page::List => view.at = view.at.saturating_add_signed(by).min(view.rows.len().saturating_sub(1)),
        Page::Order(order) => match &order.refusal {
            Some(Refusal::Faults(faults, _)) => {
                order.scroll = order.scroll.saturating_add_signed(by).min(faults.len());
            }
            Some(Refusal::Earlier(..) | Refusal::Words(_)) | None => {
                order.at = order.at.saturating_add_signed(by).min(orders::CHOICES - 1);
            }
        },
        Page::Plan(page) => {
            let last = page.plan.steps.iter().map(|step| 1 + step.details.len()).sum::<usize>();
            page.scroll = page.scroll.saturating_add_signed(by).min(last);
        }
        Page::Job(lines) => {
            lines.at = lines.at.saturating_add_signed(by).min(lines.lines.len().saturating_sub(1));
            return told::read_on(lines, ticket);
        }
        Page::Sure(_) => {}
    }
    Effects::none()
}

/// One step back; nothing where jobs are not looked at any more after it.
pub fn back(model: &mut Model, view: Box<View>) -> Effects {
    let mut view = view;
    let is_planning = model.jobs.work.as_ref().is_some_and(|work| work.job.is_none());
    match view.page {
        Page::List => return Effects::none(),
        Page::Order(_) if is_planning => {
            model.overlay = Some(Overlay::Jobs(view));
            return orders::stop(model);
        }
        Page::Plan(page) => {
            view.page = Page::Order(Box::new(page.order));
            model.overlay = Some(Overlay::Jobs(view));
            let ticket = model.ticket();
            let forget = |job| Effects::one(Effect::Jobs { ticket, wish: Wish::Forget(job) });
            return page.plan.job.map_or_else(Effects::none, forget);
        }
        Page::Sure(sure) => {
            let ticket = model.ticket();
            let mut lines = Lines::of(sure.job);
            let effects = lines.ask(ticket, 0);
            view.page = Page::Job(lines);
            model.overlay = Some(Overlay::Jobs(view));
            return effects;
        }
        Page::Order(_) | Page::Job(_) => view.page = Page::List,
    }
    model.overlay = Some(Overlay::Jobs(view));
    refresh(model)
}

/// Whether a job is being carried out, here or by another program.
pub fn is_running(row: &Row) -> bool {
    row.job.shown_state() == JobState::Running
}
