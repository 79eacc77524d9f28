//! What needs attention: a line for each change, or one of them in full.
//!
//! ```text
//! +- Needs attention: 2 -------------------------------------------------------+
//! | > update marta.lopez          partly done          3 min ago   social FAILED |
//! |   create nora.vidal           in doubt, 42 s to wait   just now              |
//! +-----------------------------------------------------------------------------+
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::attention::{Item, View, words};
use crate::app::model::Model;
use crate::domain::outcome::PlatformReport;
use crate::domain::record::{Kept, Sequel, Standing, Touched};
use crate::ui::popup;
use crate::ui::status::state_style;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the list, the change in full, or the question whether to take it off the list.
pub fn draw(view: &View, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    match &view.open {
        Some(item) => in_full(item, view, theme, area, frame),
        None => list(view, model, theme, area, frame),
    }
    if let (Some(reason), Some(item)) = (&view.dismissing, view.item(&model.attention)) {
        let title = format!("Take {} off the list?", item.change.id);
        let inside = popup::open(&title, (70, 9), theme, area, frame);
        let mut y = inside.y;
        for line in text::wrap(dismissing(item), inside.width.into()) {
            text::put(frame.buffer_mut(), inside.x, y, inside.width, &line, Style::new());
            y += 1;
        }
        let row = Rect { y: (y + 1).min(inside.bottom().saturating_sub(1)), height: 1, ..inside };
        popup::input("reason, or nothing: ", reason, theme, row, frame);
    }
}

/// What is given up with a change.
fn dismissing(item: &Item) -> &'static str {
    match item.change.standing {
        Standing::InDoubt => {
            "Nobody knows whether it was done, and nobody will look any more: the username can be sent again. It stays in the journal, with the reason."
        }
        Standing::Open
        | Standing::Partial
        | Standing::Queued
        | Standing::Done
        | Standing::Rejected
        | Standing::NotSent
        | Standing::Mended
        | Standing::Dismissed => "It stays as it is, and in the journal, with the reason.",
    }
}

fn list(view: &View, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let attention = &model.attention;
    let title = format!("Needs attention: {}", attention.count());
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let said = match (&model.no_journal, &attention.fault) {
        (Some(why), _) | (None, Some(why)) => Some(format!("! It cannot be known: {why}")),
        (None, None) if attention.items.is_empty() => {
            Some("Every change is finished: nothing is in doubt, partly done or queued.".to_owned())
        }
        (None, None) => None,
    };
    let mut y = inside.y;
    for line in said.iter().flat_map(|said| text::wrap(&text::safe(said, theme), inside.width.into())) {
        text::put(frame.buffer_mut(), inside.x, y, inside.width, &line, theme.odd());
        y += 1;
    }
    let rest = Rect { y, height: inside.bottom().saturating_sub(y), ..inside };
    let first = popup::first_of(view.at, rest.height);
    for ((index, item), y) in attention.items.iter().enumerate().skip(first).zip(rest.top()..rest.bottom()) {
        let line = line(item, index == view.at, rest.width.into(), theme);
        frame.buffer_mut().set_line(rest.x, y, &line, rest.width);
    }
    popup::more(first, attention.items.len(), rest, theme, frame);
}

/// The widths of two columns of the list.
const STANDING: usize = 25;
const AGE: usize = 12;

fn line(item: &Item, here: bool, width: usize, theme: Theme) -> Line<'static> {
    let sign = if here { "> " } else { "  " };
    let style = if here { theme.focus() } else { Style::new() };
    let (what, standing) = (words::what(&item.change), words::standing(item));
    if width < 60 {
        let lead = format!("{sign}{}", text::cell(&what, width / 2, theme));
        return Line::from(vec![Span::styled(lead, style), Span::styled(standing, standing_style(item, theme))]);
    }
    let rest = width - 2 - STANDING - AGE;
    let left = rest * 3 / 5;
    let what = if width < 90 { what } else { format!("{} {what}", item.change.id) };
    Line::from(vec![
        Span::styled(format!("{sign}{}", text::cell(&what, left, theme)), style),
        Span::styled(text::cell(&standing, STANDING, theme), standing_style(item, theme)),
        Span::styled(text::cell(&item.age, AGE, theme), theme.muted()),
        Span::raw(text::fit(&text::safe(&words::platforms(item), theme), rest - left, theme)),
    ])
}

fn standing_style(item: &Item, theme: Theme) -> Style {
    match item.change.standing {
        Standing::Partial | Standing::Rejected => theme.bad(),
        Standing::Open | Standing::InDoubt | Standing::Queued | Standing::NotSent => theme.odd(),
        Standing::Done | Standing::Mended => theme.good(),
        Standing::Dismissed => theme.muted(),
    }
}

/// The rows of a page: a word at the left, and lines behind it.
struct Page {
    lines: Vec<Line<'static>>,
    room: usize,
    theme: Theme,
}

/// Columns before the words of a row.
const LEAD: usize = 13;

impl Page {
    fn add(&mut self, label: &str, words: &str, style: Style) {
        let label = text::fit(&text::safe(label, self.theme), LEAD - 1, self.theme);
        let words = text::safe(words, self.theme);
        for (index, line) in text::wrap(&words, self.room.saturating_sub(LEAD)).into_iter().enumerate() {
            let lead = if index == 0 { label.as_str() } else { "" };
            let pad = " ".repeat(LEAD - text::width(lead));
            self.lines.push(Line::from(vec![Span::raw(format!("{lead}{pad}")), Span::styled(line, style)]));
        }
    }
}

/// One change in full: what was asked, what each platform said, what is known, what to do next.
fn in_full(item: &Item, view: &View, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let change = &item.change;
    let title = format!("{}: {}", change.id, text::safe(&words::what(change), theme));
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let mut page = Page { lines: Vec::new(), room: inside.width.into(), theme };
    page.add("standing", &words::standing(item), standing_style(item, theme));
    page.add("known", &words::known(item), Style::new());
    page.add("next", &words::next(item), theme.focus());
    page.add("", "", Style::new());
    let confirmed = words::confirmed(change);
    for (touched, (_, word)) in change.intent.wanted().zip(confirmed) {
        let asked = asked(touched, theme);
        let is_queued = change.standing == Standing::Queued;
        let words = if is_queued { format!("{asked}   {word}") } else { asked };
        page.add(touched.field.spec().label, &words, Style::new());
    }
    page.add("", "", Style::new());
    if !item.platforms().is_empty() {
        page.lines.extend(item.platforms().iter().map(|row| platform(row, item, theme)));
        page.add("", "", Style::new());
    }
    let ticket = change.intent.ticket.as_ref().map(|ticket| format!(", ticket {ticket}")).unwrap_or_default();
    let asked = format!(
        "{} ({}), by {}{ticket}, {}",
        item.when,
        item.age,
        change.who.user,
        change.intent.synchronization.word()
    );
    page.add("sent", &asked, theme.muted());
    if let Some(outcome) = &change.outcome {
        page.add("answer", &outcome.cause.show(), theme.muted());
    }
    for ((_, sequel), when) in change.sequels.iter().zip(&item.times) {
        let words = match sequel {
            Sequel::LookedUp(seen) => words::seen(seen),
            Sequel::Mended(by) => format!("finished by {by}"),
            Sequel::Undone(by) => format!("taken back by {by}"),
            Sequel::Dismissed(why) if why.is_empty() => "taken off the list".to_owned(),
            Sequel::Dismissed(why) => format!("taken off the list: {why}"),
        };
        page.add(when, &words, theme.muted());
    }
    popup::page(&page.lines, view.scroll, theme, inside, frame);
}

/// What was asked of a field. What is secret or large is in the journal as a mark alone.
fn asked(touched: &Touched, theme: Theme) -> String {
    let new = touched.new.summary().replace('\n', " / ");
    let new = if new == "empty" { "CLEARED".to_owned() } else { new };
    if touched.old == Kept::Nothing {
        return new;
    }
    if touched.old == touched.new {
        return format!("{new}, as it is there already");
    }
    format!("{} {} {new}", touched.old.summary().replace('\n', " / "), theme.arrow())
}

fn platform(row: &PlatformReport, item: &Item, theme: Theme) -> Line<'static> {
    let status = row.status.map(|status| status.to_string()).unwrap_or_default();
    let is_queued = row.state == crate::domain::outcome::PlatformState::Queued;
    let message = match &row.message {
        Some(message) => text::safe(message.raw(), theme),
        None if is_queued && row.name.raw() != "management" => format!("cannot be confirmed, {}", item.age),
        None => String::new(),
    };
    Line::from(vec![
        Span::raw(text::cell(row.name.raw(), LEAD, theme)),
        Span::styled(format!("{:<13}", row.state.word()), state_style(row.state, theme)),
        Span::raw(format!(" {status:<5} {message}")),
    ])
}
