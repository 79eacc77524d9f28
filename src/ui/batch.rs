//! A plan for many, and its run: who, from what to what, how it ended, and how many of each end.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::batch::{Batch, Row, Stage, State};
use crate::app::model::Model;
use crate::domain::outcome::{BulkAnswer, PlatformState, Verdict};
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the plan or the run.
pub fn draw(batch: &Batch, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let word = match batch.stage {
        Stage::Plan => "Plan",
        Stage::Running if batch.is_over() => "Ended",
        Stage::Running => "Running",
        Stage::Stopped => "Stopped",
    };
    let title = format!("{word}: {}, {} people", text::safe(&batch.job.bulk.words(), theme), batch.rows.len());
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let head = head(batch, model, theme, inside.width.into());
    for (line, y) in head.iter().zip(inside.top()..inside.bottom()) {
        frame.buffer_mut().set_line(inside.x, y, line, inside.width);
    }
    let mut below = inside.y + u16::try_from(head.len()).unwrap_or(0);
    if batch.wants_name(model.tenant.production) {
        popup::input("tenant: ", &batch.typed, theme, Rect { y: below, height: 1, ..inside }, frame);
        below += 1;
    }
    let rest = Rect { y: below, height: inside.bottom().saturating_sub(below), ..inside };
    let first = popup::first_of(batch.at, rest.height);
    for ((index, row), y) in batch.rows.iter().enumerate().skip(first).zip(rest.top()..rest.bottom()) {
        frame.buffer_mut().set_line(rest.x, y, &row_line(row, index == batch.at, theme), rest.width);
    }
    popup::more(first, batch.rows.len(), rest, theme, frame);
}

fn head(batch: &Batch, model: &Model, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let counts = batch.counts();
    let mut words = vec![];
    for (count, word) in [
        (counts.done, "done"),
        (counts.queued, "queued"),
        (counts.partly, "PARTLY DONE"),
        (counts.not_done, "not done"),
        (counts.doubt, "IN DOUBT"),
        (counts.same, "so already"),
        (counts.running, "on their way"),
        (counts.waiting, if batch.stage == Stage::Plan { "to change" } else { "waiting" }),
    ] {
        if count > 0 {
            words.push(format!("{count} {word}"));
        }
    }
    let mut lines = vec![Line::raw(words.join("   "))];
    if batch.stage != Stage::Plan {
        let all = batch.rows.len().max(1);
        let ended = all - counts.running - counts.waiting;
        let bar = width.saturating_sub(8).min(60);
        let full = bar * ended / all;
        lines.push(Line::raw(format!("[{}{}] {}%", "#".repeat(full), " ".repeat(bar - full), 100 * ended / all)));
    }
    let mut warn = |words: &str, style: Style| {
        lines.extend(text::wrap(words, width).into_iter().map(|line| Line::styled(line, style)));
    };
    if let Some(fault) = &batch.fault {
        warn(&text::safe(&format!("! {fault}"), theme), theme.bad());
    } else if batch.stage == Stage::Plan {
        if let Some(band) = batch.band() {
            warn(&format!("? {band}"), theme.odd());
        }
        if model.tenant.production {
            warn("This is production: the tenant's name has to be typed.", theme.bad());
        }
    }
    lines
}

fn row_line(row: &Row, here: bool, theme: Theme) -> Line<'static> {
    let name = text::fit(&text::safe(&row.username, theme), 24, theme);
    let pad = " ".repeat(25_usize.saturating_sub(text::width(&name)));
    let lead = Span::styled(
        format!("{} {name}{pad}", if here { '>' } else { ' ' }),
        if here { theme.focus() } else { Style::new() },
    );
    let (words, style) = match &row.state {
        State::Same => ("so already".to_owned(), theme.muted()),
        State::Waiting => {
            (format!("{} {} {}", text::safe(&row.old, theme), theme.arrow(), text::safe(&row.new, theme)), Style::new())
        }
        State::Running(_) => ("on its way".to_owned(), theme.odd()),
        State::Ended(answer) => ended(answer, theme),
    };
    Line::from(vec![lead, Span::styled(words, style)])
}

fn ended(answer: &BulkAnswer, theme: Theme) -> (String, Style) {
    let report = match answer {
        BulkAnswer::Same => return ("so already".to_owned(), theme.muted()),
        BulkAnswer::Changed => return ("not sent: changed by somebody else since the plan".to_owned(), theme.odd()),
        BulkAnswer::Refused(why) => return (format!("not sent: {}", text::safe(why.raw(), theme)), theme.bad()),
        BulkAnswer::Report(report) => report,
    };
    let platforms =
        report.platforms.iter().map(|row| format!("{} {}", text::safe(row.name.raw(), theme), row.state.word()));
    let odd = report.platforms.iter().any(|row| row.state != PlatformState::Done);
    let platforms = if odd { platforms.collect::<Vec<_>>().join(", ") } else { String::new() };
    let cause = if report.platforms.is_empty() { report.cause.to_string() } else { String::new() };
    let style = match report.verdict {
        Verdict::Applied => theme.good(),
        Verdict::Pending | Verdict::NotSent | Verdict::InDoubt => theme.odd(),
        Verdict::Rejected | Verdict::Partial => theme.bad(),
    };
    (format!("{}   {platforms}{}", report.verdict.word(), text::safe(&cause, theme)), style)
}
