//! What the world answers about jobs, taken to whoever asked.

use crate::app::attention;
use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::jobs::orders::watch;
use crate::app::jobs::{
    AHEAD, Ended, Line, Lines, Page, Plan, PlanPage, Progress, Refusal, Row, Told, Wish, refresh, view_of,
};
use crate::app::model::Model;
use crate::domain::job::{JobId, words};

/// The world answered.
pub fn told(model: &mut Model, ticket: Ticket, told: Told) -> Effects {
    match told {
        Told::List(answer) => listed(model, ticket, answer),
        Told::Lines { job, failed_only, after, lines } => read(model, ticket, (job, failed_only, after), lines),
        Told::Planned(answer) => planned(model, ticket, answer),
        Told::Ended(job, answer) => ended(model, ticket, job, answer),
        Told::Progress(progress) => progressed(model, ticket, *progress),
        Told::Written(answer) => {
            match answer {
                Ok(words) => model.say(words),
                Err(why) => model.refuse(why),
            }
            Effects::none()
        }
    }
}

fn listed(model: &mut Model, ticket: Ticket, answer: Result<Vec<Row>, String>) -> Effects {
    if let Some(view) = view_of(model.overlay.as_mut()).filter(|view| view.asked == Some(ticket)) {
        view.asked = None;
        view.is_read = true;
        match answer {
            Err(why) => view.fault = Some(why),
            Ok(rows) => {
                let under = view.rows.get(view.at).map(|row| row.job.id);
                view.fault = None;
                view.at = rows.iter().position(|row| Some(row.job.id) == under).unwrap_or_default();
                view.rows = rows;
            }
        }
    }
    Effects::none()
}

/// The lines of a job that is looked at, if it is this one.
fn lines_of(model: &mut Model, wanted: JobId) -> Option<&mut Lines> {
    match &mut view_of(model.overlay.as_mut())?.page {
        Page::Job(lines) if lines.job == wanted => Some(lines),
        Page::List | Page::Order(_) | Page::Plan(_) | Page::Job(_) | Page::Sure(_) => None,
    }
}

fn read(
    model: &mut Model,
    ticket: Ticket,
    (job, failed_only, after): (JobId, bool, u64),
    answer: Result<Vec<Line>, String>,
) -> Effects {
    let next = model.ticket();
    let Some(lines) = lines_of(model, job).filter(|lines| lines.asked == Some(ticket)) else {
        return Effects::none();
    };
    lines.asked = None;
    match answer {
        Err(why) => lines.fault = Some(why),
        Ok(part) if failed_only == lines.failed_only => {
            lines.fault = None;
            let was_at_end = lines.lines.last().is_none_or(|last| last.line.plan.line <= after);
            lines.is_whole = if was_at_end { part.is_empty() } else { lines.is_whole };
            put(&mut lines.lines, part);
        }
        Ok(_) => {}
    }
    read_on(lines, next)
}

/// Puts lines where they belong: in the place of what was known of them, or between the others.
fn put(lines: &mut Vec<Line>, part: Vec<Line>) {
    for line in part {
        let number = line.line.plan.line;
        match lines.binary_search_by_key(&number, |line| line.line.plan.line) {
            Ok(at) => lines[at] = line,
            Err(at) => lines.insert(at, line),
        }
    }
}

/// Asks for more where the cursor comes near the end of what is there.
pub(super) fn read_on(lines: &mut Lines, ticket: Ticket) -> Effects {
    let is_near = lines.lines.len() < lines.at + AHEAD;
    if !is_near || lines.is_whole || lines.asked.is_some() || lines.fault.is_some() {
        return Effects::none();
    }
    let after = lines.lines.last().map_or(0, |last| last.line.plan.line);
    lines.ask(ticket, after)
}

fn planned(model: &mut Model, ticket: Ticket, answer: Result<Box<Plan>, Refusal>) -> Effects {
    let is_ours = model.jobs.work.take_if(|work| work.ticket == ticket).is_some();
    let forget = match &answer {
        Ok(plan) => plan.job.map(|job| Effects::one(Effect::Jobs { ticket, wish: Wish::Forget(job) })),
        Err(_) => None,
    };
    let page = view_of(model.overlay.as_mut()).map(|view| &mut view.page);
    let (true, Some(page)) = (is_ours, page) else { return forget.unwrap_or_else(Effects::none) };
    let Page::Order(order) = page else { return forget.unwrap_or_else(Effects::none) };
    match answer {
        Err(refusal) => order.refusal = Some(refusal),
        Ok(plan) => {
            let (order, typed) = (order.as_ref().clone(), TextEditor::new("", false));
            *page = Page::Plan(Box::new(PlanPage { plan: *plan, order, scroll: 0, typed, fault: None }));
        }
    }
    Effects::none()
}

fn progressed(model: &mut Model, ticket: Ticket, progress: Progress) -> Effects {
    let next = model.ticket();
    let Some(work) = model.jobs.work.as_mut().filter(|work| work.ticket == ticket) else {
        return Effects::none();
    };
    work.progress = progress;
    let job = work.job;
    let again = watch(ticket);
    // What is on the screen is read anew: where a line stands is the journal's to say.
    match job.and_then(|job| lines_of(model, job)).filter(|lines| lines.asked.is_none()) {
        Some(lines) => {
            let first = lines.at.saturating_sub(AHEAD / 2);
            let after = lines.lines.get(first).map_or(0, |line| line.line.plan.line.saturating_sub(1));
            again.and(lines.ask(next, after))
        }
        None => again,
    }
}

fn ended(model: &mut Model, ticket: Ticket, job: JobId, answer: Result<Ended, Refusal>) -> Effects {
    if model.jobs.work.take_if(|work| work.ticket == ticket).is_none() {
        return Effects::none();
    }
    match answer {
        Ok(Ended { counts, stopped: false, paused: None }) => {
            model.say(format!("Job {job}: {}. In the list of people r reads everybody anew.", words(&counts)));
        }
        Ok(Ended { counts, stopped: true, .. }) => {
            model.say(format!("Job {job} is stopped: {}.", words(&counts)));
        }
        Ok(Ended { counts, paused: Some(why), .. }) => {
            model.refuse(format!("Job {job} paused, nothing more was sent: {why}. {}.", words(&counts)));
        }
        Err(refusal) => model.refuse(format!("Job {job} was not carried out: {}", in_words(&refusal))),
    }
    let next = model.ticket();
    let lines = lines_of(model, job).map_or_else(Effects::none, |lines| {
        *lines = Lines { failed_only: lines.failed_only, at: lines.at, ..Lines::of(job) };
        lines.ask(next, 0)
    });
    // Each line is a change of its own: what is not finished is on the list.
    lines.and(refresh(model)).and(attention::refresh(model))
}

/// Why something was not begun, in one line.
pub fn in_words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Words(words) | Refusal::Earlier(_, words) => words.clone(),
        Refusal::Faults(faults, more) => {
            let first = faults.first().cloned().unwrap_or_default();
            let others = faults.len().saturating_sub(1) + more;
            if others > 0 { format!("{first}; and {others} more") } else { first }
        }
    }
}
