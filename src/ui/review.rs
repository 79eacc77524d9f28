//! The review: field by field what changes, then the request as it will leave, secrets masked.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line as Row, Span};

use crate::app::model::Model;
use crate::app::review::Review;
use crate::domain::field::Operation;
use crate::domain::fields::Field;
use crate::domain::files::size;
use crate::domain::history;
use crate::domain::order::Order;
use crate::domain::patch::Value;
use crate::domain::photo::Photo;
use crate::domain::record::Act;
use crate::domain::request::{Line, Reason};
use crate::domain::roles::RoleChange;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Columns before the value.
const LEAD: usize = 13;

/// Draws the review.
pub fn draw(review: &Review, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let order = &review.order;
    let who = text::safe(order.username(), theme);
    let mode = review.synchronization(model.synchronization);
    let title = format!("Review: {} {who}, {}", order.word(), mode.word());
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let room = usize::from(inside.width);
    let mut rows: Vec<Row<'_>> = Vec::new();
    if let Some(warning) = &review.warning {
        for words in warning.lines() {
            let lines = text::wrap(&format!("! {}", text::safe(words, theme)), room);
            rows.extend(lines.into_iter().map(|line| Row::styled(line, theme.bad())));
        }
        rows.push(Row::default());
    }
    if let Some(words) = history::purpose(review.purpose) {
        rows.push(Row::raw(format!("This {words}.")));
        rows.push(Row::default());
    }
    if let Some(number) = &model.desk_ticket {
        rows.push(Row::styled(format!("ticket {}", text::safe(number, theme)), theme.muted()));
    }
    if let Some(repair) = &review.repair {
        for about in &repair.about {
            let style = if about.starts_with('!') { theme.bad() } else { Style::new() };
            let lines = text::wrap(&text::safe(about, theme), room);
            rows.extend(lines.into_iter().map(|line| Row::styled(line, style)));
        }
        rows.push(Row::default());
    }
    match order {
        Order::Change(request) => {
            for line in request.lines() {
                rows.extend(line_rows(line, request.operation(), model, room, theme));
            }
        }
        Order::Deed(_) => rows.push(Row::raw(format!("{} {who}", order.word()))),
    }
    if let Some(words) = final_words(order) {
        let words = format!("FINAL: {words}.");
        rows.extend(text::wrap(&words, room).into_iter().map(|line| Row::styled(line, theme.odd())));
    }
    rows.push(Row::default());
    let transcript = review.transcript.as_deref().unwrap_or("writing the request out");
    for line in transcript.lines() {
        let broken = text::wrap(&text::safe(line, theme), room);
        rows.extend(broken.into_iter().map(|line| Row::styled(line, theme.muted())));
    }
    popup::page(&rows, review.scroll, theme, inside, frame);
}

/// What of an order can never be taken back, where something cannot.
fn final_words(order: &Order) -> Option<&'static str> {
    let sends = |field| matches!(order, Order::Change(request) if request.line(field).is_some());
    Act::of(order).is_final().or_else(|| {
        sends(Field::Image)
            .then_some("a picture is not taken back: the one of before is not kept")
            .or_else(|| sends(Field::Extra).then_some("extra is not taken back: the service does not show what it was"))
    })
}

fn line_rows(line: &Line, operation: Operation, model: &Model, room: usize, theme: Theme) -> Vec<Row<'static>> {
    let label = line.field.spec().label;
    if let Value::Roles(changes) = &line.value {
        return changes.iter().enumerate().map(|(index, change)| role_row(change, index == 0, model, theme)).collect();
    }
    let new = shown(&line.value, theme);
    let (words, style) = match (line.reason, &line.old, operation) {
        (Reason::Echoed, _, _) => {
            (format!("{new}   (sent as read: revision {} wants it)", model.form.revision.word()), theme.muted())
        }
        (Reason::Cleared, Some(old), _) => (format!("CLEARED, was {}", one_line(old, theme)), theme.odd()),
        (Reason::Cleared, None, _) => ("CLEARED".to_owned(), theme.odd()),
        (Reason::Changed, Some(old), _) => (format!("{} {} {new}", one_line(old, theme), theme.arrow()), Style::new()),
        (Reason::Changed, None, Operation::Update) => (format!("(nothing) {} {new}", theme.arrow()), Style::new()),
        (Reason::Changed, None, Operation::Create) => (new, Style::new()),
    };
    let lines = text::wrap(&words, room.saturating_sub(LEAD));
    lines
        .into_iter()
        .enumerate()
        .map(|(index, words)| {
            let lead = format!("{:<LEAD$}", if index == 0 { label } else { "" });
            Row::from(vec![Span::raw(lead), Span::styled(words, style)])
        })
        .collect()
}

/// A text of several lines in one, with a sign for each break.
fn one_line(text: &str, theme: Theme) -> String {
    text::safe(&text.replace('\n', " / "), theme)
}

fn shown(value: &Value, theme: Theme) -> String {
    match value {
        Value::Text(text) => one_line(text, theme),
        Value::Secret(_) => "set, not shown".to_owned(),
        Value::Switch(true) => "yes".to_owned(),
        Value::Switch(false) => "no".to_owned(),
        Value::Photo(Photo::Url(url)) => format!("the picture at {}", text::safe(url, theme)),
        Value::Photo(Photo::Picture(picture)) => {
            let notes =
                if picture.notes.is_empty() { String::new() } else { format!(", {}", picture.notes.join(", ")) };
            format!(
                "{}, {}x{}, {}, {}{}",
                text::safe(&picture.name, theme),
                picture.width,
                picture.height,
                size(picture.bytes.len() as u64),
                picture.media_type,
                text::safe(&notes, theme)
            )
        }
        Value::Pairs(pairs) => text::safe(&crate::domain::pairs::lines(pairs).replace('\n', "; "), theme),
        Value::Object(_) => "an object, below as written; what it does is not documented".to_owned(),
        Value::Roles(_) => String::new(),
    }
}

/// One section: what is given, what is taken, and the full list that is sent.
fn role_row(change: &RoleChange, first: bool, model: &Model, theme: Theme) -> Row<'static> {
    let section = model.catalogue().section(&change.section);
    let label = section.map_or(change.section.as_str(), |section| section.label.as_str());
    let grave = |role: &String| section.and_then(|section| section.role(role)).is_some_and(|role| role.grave);
    let mut spans = vec![Span::raw(format!("{:<LEAD$}{label}:", if first { "Roles" } else { "" }))];
    for (word, roles) in [("+", &change.added), ("-", &change.removed)] {
        for role in roles {
            let style = if word == "-" || grave(role) { theme.bad() } else { theme.good() };
            spans.push(Span::styled(format!(" {word}{}", text::safe(role, theme)), style));
        }
    }
    let list = if change.wanted.is_empty() { "none".to_owned() } else { change.wanted.join(", ") };
    let echoed = change.added.is_empty() && change.removed.is_empty();
    let words = if echoed { "   sent as read: " } else { "   becomes: " };
    spans.push(Span::styled(format!("{words}{}", text::safe(&list, theme)), theme.muted()));
    Row::from(spans)
}
