//! What a person decides about a file or a job: how it is planned, that it is carried out, gone on with, or stopped.

use std::path::PathBuf;

use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::jobs::{Act, Lines, Order, Page, Progress, Refusal, Sure, View, Wish, Work, is_running, view_of};
use crate::app::model::{Model, Overlay};
use crate::app::msg::Act as Perform;
use crate::app::ticket_number;
use crate::domain::import::{FileOrder, Setting};
use crate::domain::job::JobId;
use crate::domain::plan::{Match, Mode};

/// How many choices there are before a file is planned: mode, match, passwords, and the mode of sending.
pub const CHOICES: usize = 4;

impl Order {
    /// A file, with what is chosen where nobody chooses.
    pub(super) fn of(path: PathBuf) -> Self {
        Self {
            path,
            mode: Mode::default(),
            matching: Match::default(),
            makes_passwords: false,
            again: false,
            at: 0,
            refusal: None,
            scroll: 0,
        }
    }
}

/// The next value of the choice under the cursor, or the one before.
pub(super) fn turn(model: &mut Model, forward: bool) {
    let Some(Overlay::Jobs(view)) = &mut model.overlay else { return };
    let Page::Order(order) = &mut view.page else { return };
    match order.at {
        0 => order.mode = turned(&Mode::ALL, order.mode, forward),
        1 => order.matching = turned(&Match::ALL, order.matching, forward),
        2 => order.makes_passwords = !order.makes_passwords,
        _ => model.synchronization = model.synchronization.other(),
    }
}

fn turned<T: Copy + PartialEq>(all: &[T], now: T, forward: bool) -> T {
    let at = all.iter().position(|one| *one == now).unwrap_or_default();
    let step = if forward { 1 } else { all.len() - 1 };
    all[(at + step) % all.len()]
}

/// Why no file is planned and no job gone on with now.
pub fn forbids(model: &Model) -> Option<&'static str> {
    if model.tenant.read_only {
        return Some("This tenant is read-only: nothing can be sent.");
    }
    if model.no_journal.is_some() {
        return Some("There is no journal, and without one nothing is sent.");
    }
    model.jobs.work.as_ref().map(|_| "One file at a time: another is at work.")
}

fn setting(model: &Model) -> Setting {
    Setting {
        revision: model.tenant.revision,
        catalogues: model.catalogues.clone(),
        concurrency: model.limits.concurrency,
        rate: model.limits.rate,
        max_harm: model.limits.max_harm,
    }
}

/// Begins to work with a file, and to watch that.
fn begin(model: &mut Model, job: Option<JobId>, wish: Wish) -> Effects {
    let ticket = model.ticket();
    model.jobs.work = Some(Work { ticket, job, progress: Progress::default(), stops: 0 });
    Effects::one(Effect::Jobs { ticket, wish }).and(watch(ticket))
}

/// Asks how far it is, as soon as that changes.
pub(super) fn watch(ticket: Ticket) -> Effects {
    Effects::one(Effect::Jobs { ticket, wish: Wish::Watch })
}

/// Reads the file and plans it. A plan bears the number of its ticket, so that is asked for now.
pub(super) fn plan(model: &mut Model) -> Effects {
    if let Some(why) = forbids(model) {
        model.refuse(why);
        return Effects::none();
    }
    if let Some(effects) = ticket_number::ask_first(model, Perform::Jobs(Act::Plan)) {
        return effects;
    }
    let (setting, synchronization, ticket) = (setting(model), model.synchronization, model.desk_ticket.clone());
    let Some(Page::Order(order)) = view_of(model.overlay.as_mut()).map(|view| &mut view.page) else {
        return Effects::none();
    };
    // Who was told of the job before and presses Enter all the same has decided.
    order.again |= matches!(order.refusal, Some(Refusal::Earlier(..)));
    order.refusal = None;
    order.scroll = 0;
    let wanted = FileOrder {
        path: order.path.clone(),
        mode: order.mode,
        matching: order.matching,
        makes_passwords: order.makes_passwords,
        again: order.again,
        synchronization,
        ticket,
        setting,
    };
    begin(model, None, Wish::Plan(Box::new(wanted)))
}

/// Why the tenant's name, as typed, does not do.
fn misnamed(model: &Model, typed: &TextEditor) -> Option<String> {
    let (is_production, name) = (model.tenant.production, &model.tenant.name);
    (is_production && typed.text() != *name)
        .then(|| format!("This is production: type the tenant's name, {name}, and press Enter."))
}

/// Carries the plan out.
pub(super) fn carry_out(model: &mut Model) -> Effects {
    let Some(Overlay::Jobs(view)) = &model.overlay else { return Effects::none() };
    let Page::Plan(page) = &view.page else { return Effects::none() };
    let (job, nothing) = (page.plan.job, page.plan.tally.requests() == 0);
    let fault = page.plan.refused.clone().or_else(|| misnamed(model, &page.typed));
    let fault = fault.or_else(|| nothing.then(|| "Nothing would be sent: there is nothing to carry out.".to_owned()));
    let fault = fault.or_else(|| forbids(model).map(str::to_owned));
    let Some(Overlay::Jobs(view)) = &mut model.overlay else { return Effects::none() };
    let Page::Plan(page) = &mut view.page else { return Effects::none() };
    page.fault = fault;
    let (Some(job), None) = (job, &page.fault) else { return Effects::none() };
    look_at(model, job).and(begin(model, Some(job), Wish::CarryOut(job)))
}

/// Shows a job, line by line.
fn look_at(model: &mut Model, job: JobId) -> Effects {
    let ticket = model.ticket();
    let Some(view) = view_of(model.overlay.as_mut()) else { return Effects::none() };
    let mut lines = Lines::of(job);
    let effects = lines.ask(ticket, 0);
    view.page = Page::Job(lines);
    effects.and(super::refresh(model))
}

/// Why the job that the keys are about is not gone on with now.
pub fn why_not_go_on(model: &Model, view: &View) -> Option<&'static str> {
    let row = view.here();
    let is_ours = row.is_some_and(|row| model.jobs.carried().is_some_and(|(job, _)| job == row.job.id));
    forbids(model)
        .or(row.is_none().then_some("Nothing is under the cursor."))
        .or((is_ours || row.is_some_and(is_running)).then_some("Another program carries it out."))
        .or(row.is_some_and(|row| row.job.left() == 0).then_some("Every line is finished."))
}

/// Asks whether to go on with the job that the keys are about.
pub(super) fn ask_go_on(model: &mut Model, rechecks: bool) -> Effects {
    let Some(Overlay::Jobs(view)) = &model.overlay else { return Effects::none() };
    let (why, job) = (why_not_go_on(model, view), view.here().map(|row| row.job.id));
    if let Some(why) = why {
        model.refuse(why);
        return Effects::none();
    }
    let (Some(job), Some(Overlay::Jobs(view))) = (job, &mut model.overlay) else { return Effects::none() };
    view.page = Page::Sure(Box::new(Sure { job, rechecks, typed: TextEditor::new("", false), fault: None }));
    Effects::none()
}

/// Goes on with it.
pub(super) fn go_on(model: &mut Model) -> Effects {
    let setting = Box::new(setting(model));
    let Some(Overlay::Jobs(view)) = &model.overlay else { return Effects::none() };
    let Page::Sure(sure) = &view.page else { return Effects::none() };
    let (job, rechecks) = (sure.job, sure.rechecks);
    let fault = misnamed(model, &sure.typed).or_else(|| forbids(model).map(str::to_owned));
    let Some(Overlay::Jobs(view)) = &mut model.overlay else { return Effects::none() };
    let Page::Sure(sure) = &mut view.page else { return Effects::none() };
    sure.fault = fault;
    if sure.fault.is_some() {
        return Effects::none();
    }
    look_at(model, job).and(begin(model, Some(job), Wish::GoOn { job, rechecks, setting }))
}

/// Stops what is at work: nothing new begins, and at the second time what is on its way is not waited for.
pub(super) fn stop(model: &mut Model) -> Effects {
    let Some(work) = &mut model.jobs.work else {
        model.refuse("No job is carried out here.");
        return Effects::none();
    };
    work.stops = work.stops.saturating_add(1);
    let (ticket, is_planned, stops) = (work.ticket, work.job.is_none(), work.stops);
    model.say(match (is_planned, stops) {
        (true, _) => "Stopping: nothing was sent.",
        (false, 1) => "Stopping: what is on its way is waited for, nothing new begins. s again leaves it in doubt.",
        (false, _) => "Not waiting any more: what was on its way is in doubt.",
    });
    Effects::one(Effect::Jobs { ticket, wish: Wish::Stop })
}

/// Writes the lines that were not done to a new file.
pub(super) fn write_failed(model: &mut Model) -> Effects {
    let (ticket, setting) = (model.ticket(), Box::new(setting(model)));
    let Some(Overlay::Jobs(view)) = &model.overlay else { return Effects::none() };
    let Some(job) = view.here().map(|row| row.job.id) else { return Effects::none() };
    Effects::one(Effect::Jobs { ticket, wish: Wish::WriteFailed(job, setting) })
}
