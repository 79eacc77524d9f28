//! Files of people: the jobs, a file before it is planned, its plan, and a job line by line.
//!
//! ```text
//! +- Jobs of acme: 2 ----------------------------------------------------------+
//! | > 12  11-22 14:02  joiners.csv      running   120 of 400  about 2 min left  |
//! |   11  11-21 09:30  leavers.csv      ended     37 done, 2 rejected           |
//! +----------------------------------------------------------------------------+
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line as Row, Span};

use crate::app::jobs::{Line, Lines, Order, Page, PlanPage, Progress, Refusal, Row as Job, Sure, View, Work};
use crate::app::model::Model;
use crate::domain::job::{JobState, LineState, words};
use crate::domain::plan::{Match, Mode};
use crate::domain::record::Standing;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws what is looked at.
pub fn draw(view: &View, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    match &view.page {
        Page::List => list(view, model, theme, area, frame),
        Page::Order(order) => draw_order(order, model, theme, area, frame),
        Page::Plan(page) => draw_plan(page, model, theme, area, frame),
        Page::Job(lines) => draw_job(lines, view, model, theme, area, frame),
        Page::Sure(sure) => draw_sure(sure, view, model, theme, area, frame),
    }
}

/// Lines of words in one style, broken where they are too long.
fn broken(words: &str, style: Style, width: u16, theme: Theme) -> Vec<Row<'static>> {
    text::wrap(&text::safe(words, theme), width.into()).into_iter().map(|line| Row::styled(line, style)).collect()
}

/// Puts lines from the top of an area; answers what is left below them.
fn put(lines: &[Row<'_>], area: Rect, frame: &mut Frame<'_>) -> Rect {
    for (line, y) in lines.iter().zip(area.top()..area.bottom()) {
        frame.buffer_mut().set_line(area.x, y, line, area.width);
    }
    let taken = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    Rect { y: area.y + taken, height: area.height - taken, ..area }
}

fn list(view: &View, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = format!("Jobs of {}: {}", text::safe(&model.tenant.name, theme), view.rows.len());
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let said = match &view.fault {
        Some(why) => Some((format!("! They cannot be known: {why}"), theme.bad())),
        None if !view.is_read => Some(("reading".to_owned(), theme.muted())),
        None if view.rows.is_empty() => {
            Some(("No file of people was imported here yet: n chooses one.".to_owned(), theme.muted()))
        }
        None => None,
    };
    let said = said.map_or_else(Vec::new, |(words, style)| broken(&words, style, inside.width, theme));
    let rest = put(&said, inside, frame);
    let first = popup::first_of(view.at, rest.height);
    for ((index, row), y) in view.rows.iter().enumerate().skip(first).zip(rest.top()..rest.bottom()) {
        let line = of_list(row, index == view.at, model, rest.width.into(), theme);
        frame.buffer_mut().set_line(rest.x, y, &line, rest.width);
    }
    popup::more(first, view.rows.len(), rest, theme, frame);
}

fn of_list(row: &Job, here: bool, model: &Model, width: usize, theme: Theme) -> Row<'static> {
    let job = &row.job;
    let work = model.jobs.carried().filter(|(id, _)| *id == job.id).map(|(_, work)| work);
    let state = job.shown_state();
    let counts = work.map_or_else(|| words(&job.counts), |work| how_far(&work.progress));
    let source = if width < 100 { 16 } else { 28 };
    // The year is left out where there is no room for it.
    let when = if width < 60 { "" } else { row.when.get(5..16).unwrap_or(&row.when) };
    let lead = format!("{}{:<5}", if here { "> " } else { "  " }, job.id.to_string());
    Row::from(vec![
        Span::styled(lead, if here { theme.focus() } else { Style::new() }),
        Span::styled(text::cell(when, if when.is_empty() { 0 } else { 13 }, theme), theme.muted()),
        Span::raw(text::cell(&job.head.source, source, theme)),
        Span::styled(text::cell(state.word(), 9, theme), of_state(state, theme)),
        Span::raw(text::safe(&counts, theme)),
    ])
}

fn of_state(state: JobState, theme: Theme) -> Style {
    match state {
        JobState::Running => theme.focus(),
        JobState::Planning | JobState::Ready | JobState::Stopped => theme.odd(),
        JobState::Ended => theme.muted(),
    }
}

fn how_far(progress: &Progress) -> String {
    let left = progress.left.as_ref().map_or_else(String::new, |left| format!("  {left}"));
    format!("{} of {}{left}", progress.done, progress.total)
}

/// A bar, what became of how many lines, and what is waited for.
fn at_work(work: &Work, width: u16, theme: Theme) -> Vec<Row<'static>> {
    let progress = &work.progress;
    let room = usize::from(width).saturating_sub(40).min(40);
    let ended = usize::try_from(progress.done.min(progress.total)).unwrap_or_default();
    let full = (room * ended).checked_div(usize::try_from(progress.total).unwrap_or_default()).unwrap_or(0);
    let bar = format!("[{}{}] {}", "#".repeat(full), ".".repeat(room - full), how_far(progress));
    let mut lines = vec![Row::styled(bar, theme.focus())];
    if !progress.counts.is_empty() {
        lines.extend(broken(&words(&progress.counts), Style::new(), width, theme));
    }
    if let Some(now) = &progress.now {
        lines.extend(broken(now, theme.odd(), width, theme));
    }
    if work.stops > 0 {
        lines.extend(broken("stopping: nothing new begins", theme.odd(), width, theme));
    }
    for remark in &progress.remarks {
        lines.extend(broken(&format!("? {remark}"), theme.odd(), width, theme));
    }
    lines
}

fn draw_order(order: &Order, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open("Import a file of people", (area.width, area.height), theme, area, frame);
    let mut lines = broken(&order.path.to_string_lossy(), theme.focus(), inside.width, theme);
    lines.push(Row::raw(""));
    let choices = [
        ("May", of_mode(order.mode)),
        ("Finds people by", of_match(order.matching)),
        ("Passwords", of_passwords(order.makes_passwords)),
        ("Sends", model.synchronization.word()),
    ];
    for (at, (label, value)) in choices.into_iter().enumerate() {
        let here = at == order.at;
        let style = if here { theme.focus() } else { Style::new() };
        let sign = if here { "> " } else { "  " };
        lines.push(Row::styled(format!("{sign}{label:<17}{value}"), style));
    }
    lines.push(Row::raw(""));
    let planning = model.jobs.work.as_ref().filter(|work| work.job.is_none());
    if let Some(work) = planning {
        lines.push(Row::raw("Planning; nothing is sent."));
        lines.extend(at_work(work, inside.width, theme));
    }
    let rest = put(&lines, inside, frame);
    if let Some(refusal) = order.refusal.as_ref().filter(|_| planning.is_none()) {
        popup::page(&of_refusal(refusal, inside.width, theme), order.scroll, theme, rest, frame);
    }
}

fn of_mode(mode: Mode) -> &'static str {
    match mode {
        Mode::CreateOnly => "create people; whoever is there already is an error",
        Mode::UpdateOnly => "update people; whoever is not there is an error",
        Mode::CreateOrUpdate => "create people and update those who are there",
    }
}

fn of_match(matching: Match) -> &'static str {
    match matching {
        Match::Username => "username",
        Match::Id => "id",
        Match::Email => "e-mail; everybody is read first",
    }
}

fn of_passwords(makes: bool) -> &'static str {
    if makes { "made for new people, into a file beside this one" } else { "those of the file" }
}

fn of_refusal(refusal: &Refusal, width: u16, theme: Theme) -> Vec<Row<'static>> {
    match refusal {
        Refusal::Words(words) => broken(&format!("! {words}"), theme.bad(), width, theme),
        Refusal::Earlier(_, words) => {
            let mut lines =
                broken(&format!("! The same file: {words}. Nothing was sent now."), theme.bad(), width, theme);
            lines.extend(broken(
                "Going on with that job is in the list of jobs. Enter plans the file anew all the same.",
                Style::new(),
                width,
                theme,
            ));
            lines
        }
        Refusal::Faults(faults, more) => {
            let total = faults.len() + more;
            let head =
                format!("! {total} faults: nothing was planned, and nothing was sent. Mend the file, and press Enter.");
            let mut lines = broken(&head, theme.bad(), width, theme);
            lines.extend(faults.iter().flat_map(|fault| broken(fault, Style::new(), width, theme)));
            if *more > 0 {
                lines.push(Row::styled(format!("and {more} more"), theme.muted()));
            }
            lines
        }
    }
}

fn draw_plan(page: &PlanPage, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let plan = &page.plan;
    let title = format!("Plan of {}: {} lines", text::safe(&plan.source, theme), plan.tally.lines());
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let width = inside.width;
    let mut head = broken(&format!("read as {}", plan.guess), theme.muted(), width, theme);
    let mut words = plan.tally.words();
    if plan.tally.unchanged > 0 {
        words.insert(1, format!("{} are so already", plan.tally.unchanged));
    }
    head.extend(broken(&words.join("; "), Style::new(), width, theme));
    for note in &plan.notes {
        head.extend(broken(&format!("? {note}"), theme.odd(), width, theme));
    }
    if let Some(why) = page.fault.as_ref().or(plan.refused.as_ref()) {
        head.extend(broken(&format!("! {why}"), theme.bad(), width, theme));
    } else if model.tenant.production {
        head.extend(broken("This is production: the tenant's name has to be typed.", theme.bad(), width, theme));
    }
    // Of a file with much to say its lines are still seen.
    head.truncate(usize::from(inside.height / 2).max(1));
    let mut rest = put(&head, inside, frame);
    if model.tenant.production {
        popup::input("tenant: ", &page.typed, theme, Rect { height: 1.min(rest.height), ..rest }, frame);
        rest = Rect { y: rest.y + 1.min(rest.height), height: rest.height.saturating_sub(1), ..rest };
    }
    let mut lines: Vec<Row<'static>> = Vec::new();
    for step in &plan.steps {
        let style = if step.word == "error" { theme.bad() } else { Style::new() };
        let words = format!("{:>5}  {:<9}  {}", step.line, step.word, text::safe(&step.username, theme));
        lines.push(Row::styled(words, style));
        for detail in &step.details {
            let wrapped = text::wrap(&text::safe(detail, theme), usize::from(width).saturating_sub(18));
            lines.extend(wrapped.into_iter().map(|line| Row::styled(format!("{:18}{line}", ""), style)));
        }
    }
    if plan.more > 0 {
        let words = format!("and {} more: \"netex-users import --plan-out\" writes all of them", plan.more);
        lines.extend(broken(&words, theme.muted(), width, theme));
    }
    popup::page(&lines, page.scroll, theme, rest, frame);
}

fn draw_job(lines: &Lines, view: &View, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let row = view.row(lines.job);
    let source = row.map_or_else(String::new, |row| format!(", {}", text::safe(&row.job.head.source, theme)));
    let which = if lines.failed_only { ": lines that were not done" } else { "" };
    let title = format!("Job {}{source}{which}", lines.job);
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let work = model.jobs.carried().filter(|(id, _)| *id == lines.job).map(|(_, work)| work);
    let head = match (work, row) {
        (Some(work), _) => at_work(work, inside.width, theme),
        (None, Some(row)) => {
            let words = format!("{}: {}", row.job.shown_state().word(), words(&row.job.counts));
            broken(&words, Style::new(), inside.width, theme)
        }
        (None, None) => Vec::new(),
    };
    let rest = put(&head, inside, frame);
    // Why the line under the cursor stands so, in full, has the last rows.
    let why = lines.here().and_then(|line| line.reason.clone()).unwrap_or_default();
    let why = if why.is_empty() { Vec::new() } else { broken(&why, theme.odd(), rest.width, theme) };
    let below = u16::try_from(why.len()).unwrap_or(0).min(rest.height / 3);
    let rows = Rect { height: rest.height - below, ..rest };
    put(&why, Rect { y: rows.bottom(), height: below, ..rest }, frame);
    let said = match (&lines.fault, lines.lines.is_empty()) {
        (Some(why), _) => Some((format!("! They cannot be read: {why}"), theme.bad())),
        (None, true) if lines.is_whole => Some((of_none(lines), theme.muted())),
        (None, true) => Some(("reading".to_owned(), theme.muted())),
        (None, false) => None,
    };
    if let Some((words, style)) = said {
        put(&broken(&words, style, rows.width, theme), rows, frame);
    }
    let first = popup::first_of(lines.at, rows.height);
    for ((index, line), y) in lines.lines.iter().enumerate().skip(first).zip(rows.top()..rows.bottom()) {
        frame.buffer_mut().set_line(rows.x, y, &of_line(line, index == lines.at, theme), rows.width);
    }
    popup::more(first, lines.lines.len(), rows, theme, frame);
}

fn of_none(lines: &Lines) -> String {
    if lines.failed_only { "Every line was done, or waits." } else { "There is no line." }.to_owned()
}

fn of_line(line: &Line, here: bool, theme: Theme) -> Row<'static> {
    let plan = &line.line.plan;
    let lead = format!("{}{:>5}  ", if here { "> " } else { "  " }, plan.line);
    let reason = line.reason.as_ref().map_or_else(String::new, |why| format!("  {}", text::safe(why, theme)));
    Row::from(vec![
        Span::styled(lead, if here { theme.focus() } else { Style::new() }),
        Span::raw(text::cell(&plan.action, 11, theme)),
        Span::styled(text::cell(plan.state.word(), 13, theme), of_line_state(plan.state, theme)),
        Span::raw(text::cell(&plan.username, 24, theme)),
        Span::styled(reason, theme.muted()),
    ])
}

fn of_line_state(state: LineState, theme: Theme) -> Style {
    match state {
        LineState::Waiting | LineState::Unchanged => theme.muted(),
        LineState::Error => theme.bad(),
        LineState::Sent(standing) => match standing {
            Standing::Partial | Standing::Rejected => theme.bad(),
            Standing::Open | Standing::InDoubt | Standing::Queued | Standing::NotSent => theme.odd(),
            Standing::Done | Standing::Mended => theme.good(),
            Standing::Dismissed => theme.muted(),
        },
    }
}

fn draw_sure(sure: &Sure, view: &View, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = format!("Go on with job {}?", sure.job);
    let inside = popup::open(&title, (area.width.min(74), 12), theme, area, frame);
    let mut lines = Vec::new();
    if let Some(row) = view.row(sure.job) {
        let left = row.job.left();
        let words = format!("{left} of {} lines of {} are not finished.", row.job.head.lines, row.job.head.source);
        lines.extend(broken(&words, Style::new(), inside.width, theme));
    }
    lines.extend(broken(of_going_on(sure.rechecks), Style::new(), inside.width, theme));
    if let Some(why) = &sure.fault {
        lines.extend(broken(&format!("! {why}"), theme.bad(), inside.width, theme));
    } else if model.tenant.production {
        lines.extend(broken(
            "This is production: the tenant's name has to be typed.",
            theme.bad(),
            inside.width,
            theme,
        ));
    }
    let rest = put(&lines, inside, frame);
    if model.tenant.production && rest.height > 0 {
        popup::input("tenant: ", &sure.typed, theme, Rect { height: 1, ..rest }, frame);
    }
}

fn of_going_on(rechecks: bool) -> &'static str {
    if rechecks {
        "What waits is sent. What is in doubt is looked up, and sent again where it is seen not to have been done after its time."
    } else {
        "What waits is sent. What is in doubt is looked up, and never sent again by itself."
    }
}

#[cfg(test)]
mod tests;
