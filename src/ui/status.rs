//! The status pane: one verdict, one row for each platform, and what to do next.
//!
//! ```text
//!  Status
//!   PARTLY DONE  update marta.lopez   asked 14:02:11, answered in 1.2 s
//!    management   done          204
//!    training     FAILED        500   picture is larger than 700 KB (USR012)
//!    play         not reported
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::attention::words;
use crate::app::model::{Focus, Model};
use crate::app::status::{Answered, Job, Sending, Settling, advice};
use crate::domain::outcome::{Cause, PlatformReport, PlatformState, Settlement, Verdict};
use crate::domain::untrusted::Untrusted;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Most platforms that the pane shows at once; the others are reached by scrolling.
const MOST_ROWS: usize = 5;

/// How high the pane is at a width.
pub fn height(model: &Model, width: u16) -> u16 {
    let lines = match &model.status.job {
        Job::Nothing => 1,
        Job::Sending(_) => 2,
        Job::Answered(answered) => {
            2 + answered.answer.report.platforms.len().min(MOST_ROWS)
                + after(answered, model, width.saturating_sub(2).into()).len()
        }
    };
    u16::try_from(lines).unwrap_or(u16::MAX)
}

/// Draws the pane.
pub fn draw(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let focused = model.focus == Focus::Status;
    match &model.status.job {
        Job::Nothing => {
            popup::title("Status   nothing was sent yet", focused, theme, area, frame);
        }
        Job::Sending(sending) => {
            let rest = popup::title("Status", focused, theme, area, frame);
            frame.buffer_mut().set_line(rest.x, rest.y, &waiting(sending, theme), rest.width);
        }
        Job::Answered(answered) => {
            let rest = popup::title("Status", focused, theme, area, frame);
            draw_answer(answered, model, focused, theme, rest, frame);
        }
    }
}

/// The whole pane in one line, for a narrow screen.
pub fn draw_line(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let line = match &model.status.job {
        Job::Nothing => Line::raw(" Status: nothing was sent yet"),
        Job::Sending(sending) => waiting(sending, theme),
        Job::Answered(answered) => verdict_line(answered, theme),
    };
    frame.buffer_mut().set_line(area.x, area.y, &line, area.width);
}

fn waiting(sending: &Sending, theme: Theme) -> Line<'static> {
    let order = &sending.order;
    let words = format!("  {} {}   {} s   ", order.word(), text::safe(order.username(), theme), sending.seconds);
    let hint = if sending.watched { "Esc stops watching; the request goes on" } else { "not watched; it goes on" };
    Line::from(vec![Span::styled("  SENDING", theme.focus()), Span::raw(words), Span::styled(hint, theme.muted())])
}

fn verdict_style(verdict: Verdict, theme: Theme) -> Style {
    match verdict {
        Verdict::Applied => theme.good(),
        Verdict::Pending | Verdict::NotSent | Verdict::InDoubt => theme.odd(),
        Verdict::Rejected | Verdict::Partial => theme.bad(),
    }
    .patch(theme.focus())
}

fn verdict_line(answered: &Answered, theme: Theme) -> Line<'static> {
    let verdict = answered.verdict();
    let (order, answer) = (&answered.order, &answered.answer);
    let seconds = answer.took.as_secs_f64();
    let word = if answer.report.http.is_some() { "answered in" } else { "no answer after" };
    let words = format!(
        "  {} {}   asked {}, {word} {seconds:.1} s",
        order.word(),
        text::safe(order.username(), theme),
        answer.asked
    );
    Line::from(vec![Span::styled(format!("  {}", verdict.word()), verdict_style(verdict, theme)), Span::raw(words)])
}

fn draw_answer(answered: &Answered, model: &Model, focused: bool, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let row = model.status.row;
    frame.buffer_mut().set_line(area.x, area.y, &verdict_line(answered, theme), area.width);
    let platforms = &answered.answer.report.platforms;
    let words = after(answered, model, usize::from(area.width).saturating_sub(2));
    let room = usize::from(area.height).saturating_sub(1 + words.len()).min(platforms.len());
    let first = (row + 1).saturating_sub(room);
    let mut y = area.y + 1;
    for (index, platform) in platforms.iter().enumerate().skip(first).take(room) {
        let here = focused && index == row;
        let before = answered.before(&platform.name);
        frame.buffer_mut().set_line(area.x, y, &platform_line(platform, before, here, theme), area.width);
        y += 1;
    }
    for (line, y) in words.iter().zip(y..area.bottom()) {
        text::put(
            frame.buffer_mut(),
            area.x + 2,
            y,
            area.width.saturating_sub(2),
            &text::safe(line, theme),
            Style::new(),
        );
    }
}

/// How the state of a platform looks.
pub(in crate::ui) fn state_style(state: PlatformState, theme: Theme) -> Style {
    match state {
        PlatformState::Done => theme.good(),
        PlatformState::Queued | PlatformState::NotReported => theme.odd(),
        PlatformState::Failed => theme.bad(),
    }
}

fn platform_line(
    platform: &PlatformReport,
    before: Option<&PlatformReport>,
    here: bool,
    theme: Theme,
) -> Line<'static> {
    let status = platform.status.map(|status| status.to_string()).unwrap_or_default();
    let before = before.map(|row| format!("(was {}) ", was(row))).unwrap_or_default();
    let message = platform.message.as_ref().map(|message| text::safe(message.raw(), theme));
    let message =
        message.or_else(|| (platform.state == PlatformState::Queued).then(|| "accepted, not confirmed".to_owned()));
    let name = text::fit(&text::safe(platform.name.raw(), theme), 11, theme);
    let pad = " ".repeat(12_usize.saturating_sub(text::width(&name)));
    Line::from(vec![
        Span::styled(
            format!(" {} {name}{pad} ", if here { '>' } else { ' ' }),
            if here { theme.focus() } else { Style::new() },
        ),
        Span::styled(format!("{:<13}", platform.state.word()), state_style(platform.state, theme)),
        Span::raw(format!(" {status:<5} {before}{}", message.unwrap_or_default())),
    ])
}

/// What a platform had said before it was repaired.
fn was(row: &PlatformReport) -> String {
    let status = row.status.map(|status| format!(" {status}")).unwrap_or_default();
    format!("{}{status}", row.state.word())
}

/// What stands after the platforms: why, where they do not say it, the service's generic message, what a look showed since, and what to do
/// next.
fn after(answered: &Answered, model: &Model, width: usize) -> Vec<String> {
    let report = &answered.answer.report;
    let mut words = Vec::new();
    if report.cause != Cause::Platforms {
        words.push(report.cause.to_string());
    }
    if let Some(message) = report.message.as_ref().filter(|message| !message.is_empty()) {
        words.push(format!("the service says: {message}"));
    }
    match &answered.settling {
        Settling::Settled(Settlement::Unknown(fault)) => words.push(format!("the look-up failed: {fault}")),
        Settling::Settled(Settlement::Ours(_)) => {
            words.push("found by looking the username up, as it was sent".to_owned());
        }
        Settling::Settled(Settlement::SomeoneElse(_) | Settlement::Nobody)
        | Settling::NotNeeded
        | Settling::Looking { .. }
        | Settling::Waiting(_) => {}
    }
    words.extend(
        answered.silent().map(|row| format!("{} says nothing this time; it was {}", row.name.show(), was(row))),
    );
    words.extend(follow_up(answered, model));
    let advice = advice(answered);
    if !advice.is_empty() {
        words.push(advice.to_owned());
    }
    words.iter().flat_map(|words| text::wrap(words, width)).collect()
}

/// What looking a change up has shown since: of what was queued, field by field; of what was in doubt, what is known now.
fn follow_up(answered: &Answered, model: &Model) -> Option<String> {
    let item = model.attention.item(answered.answer.report.change?)?;
    match answered.verdict() {
        Verdict::Pending => {
            let fields = words::confirmed(&item.change).into_iter();
            let fields = fields.map(|(field, word)| format!("{} {word}", field.spec().label));
            Some(fields.collect::<Vec<_>>().join(", ")).filter(|words| !words.is_empty())
        }
        Verdict::InDoubt if !answered.order.is_create() => answered.seen.as_ref().map(|_| words::known(item)),
        Verdict::InDoubt | Verdict::Applied | Verdict::NotSent | Verdict::Rejected | Verdict::Partial => None,
    }
}

/// Everything that is known of the last answer, in full.
pub fn detail(model: &Model, scroll: usize, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let Some(answered) = model.status.answered() else {
        return;
    };
    let inside = popup::open("Answer in full", (area.width, area.height), theme, area, frame);
    let mut lines = vec![verdict_line(answered, theme)];
    let room = usize::from(inside.width);
    let mut add = |label: &str, words: &str| {
        let words = text::safe(words, theme);
        for (index, line) in text::wrap(&words, room.saturating_sub(13)).into_iter().enumerate() {
            lines.push(Line::raw(format!("{:<13}{line}", if index == 0 { label } else { "" })));
        }
    };
    add("", "");
    report_lines(answered, &mut add);
    if let Some(words) = follow_up(answered, model) {
        add("looked up", &words);
    }
    if let Some(code) = answered.code() {
        let entry = code.entry();
        add("", "");
        add("name", &format!("{code}; \"netex-users explain {code}\" tells more"));
        add("server", entry.server);
        add("kept", entry.kept);
    }
    add("next", advice(answered));
    popup::page(&lines, scroll, theme, inside, frame);
}

fn report_lines(answered: &Answered, add: &mut impl FnMut(&str, &str)) {
    let report = &answered.answer.report;
    let number = |status: Option<u16>| status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let raw = |text: &Option<Untrusted>| text.as_ref().map_or_else(|| "none".to_owned(), |text| text.raw().to_owned());
    add("why", &report.cause.to_string());
    add("HTTP", &number(report.http));
    add("status", &number(report.status));
    add("message", &raw(&report.message));
    add("location", &raw(&report.location));
    for platform in &report.platforms {
        add("", "");
        add(&platform.name.show(), &format!("{}, status {}", platform.state.word(), number(platform.status)));
        if let Some(before) = answered.before(&platform.name) {
            add("  before", &was(before));
        }
        add("  message", &raw(&platform.message));
        add("  location", &raw(&platform.location));
    }
    for note in &report.notes {
        add("note", note.raw());
    }
}
