//! The fields. `>` is where the keys go, `*` is what will be sent.
//!
//! ```text
//! User
//! > * E-mail     marta@acme
//!     ! is not an address such as name@acme.example
//!     Language   es  Spanish
//! ```

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::app::chooser::language_name;
use crate::app::editor::TextEditor;
use crate::app::form::{Input, Row};
use crate::app::model::{Focus, Model};
use crate::app::msg::Strength;
use crate::domain::draft::{Draft, Fault, Weight};
use crate::domain::field::{Kind, Need, Operation};
use crate::domain::fields::Field;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Columns before the value: two signs, a blank and the label.
const LEAD: u16 = 15;
/// The most lines that a text takes while it is being edited.
const TALL: usize = 5;

/// One line of the pane.
#[derive(Default)]
struct Line {
    lead: String,
    lead_style: Style,
    value: String,
    value_style: Style,
    rest: String,
    cursor: Option<u16>,
}

/// Draws the pane.
pub fn draw(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let focused = model.focus == Focus::Fields;
    let rows = popup::title("User", focused, theme, area, frame);
    let draft = model.draft();
    let faults = draft.faults(model.catalogue());
    let room = usize::from(rows.width.saturating_sub(LEAD + 1));
    let mut lines: Vec<Line> = Vec::new();
    let mut shown = 0..0;
    for (index, row) in model.form.rows.iter().enumerate() {
        let start = lines.len();
        let here = focused && index == model.form.at && model.overlay.is_none();
        lines.extend(row_lines(model, row, &draft, here, index == model.form.at && focused, room, theme));
        lines.extend(fault_lines(model, row, &faults, rows.width, theme));
        if index == model.form.at {
            shown = start..lines.len();
        }
    }
    let first = first_line(lines.len(), shown, rows.height.into());
    for (line, y) in lines[first..].iter().zip(rows.top()..rows.bottom()) {
        put(line, rows, y, theme, frame);
    }
    popup::more(first, lines.len(), rows, theme, frame);
}

/// The first line to show, so that the row under the keys is in sight with its faults.
fn first_line(all: usize, shown: std::ops::Range<usize>, height: usize) -> usize {
    let least = shown.end.saturating_sub(height);
    let most = all.saturating_sub(height);
    least.min(shown.start).min(most)
}

fn put(line: &Line, area: Rect, y: u16, theme: Theme, frame: &mut Frame<'_>) {
    let room = area.width.saturating_sub(LEAD);
    let buffer = frame.buffer_mut();
    text::put(buffer, area.x, y, area.width, &line.lead, line.lead_style);
    let x = text::put(buffer, area.x + LEAD, y, room, &line.value, line.value_style);
    if !line.rest.is_empty() {
        text::put(buffer, x, y, area.right().saturating_sub(x), &line.rest, theme.muted());
    }
    if let Some(column) = line.cursor {
        frame.set_cursor_position(Position::new((area.x + LEAD + column).min(area.right() - 1), y));
    }
}

fn row_lines(
    model: &Model,
    row: &Row,
    draft: &Draft,
    typing: bool,
    focused: bool,
    room: usize,
    theme: Theme,
) -> Vec<Line> {
    let touched = draft.operation() == Operation::Update && draft.is_touched(row.field, model.catalogue());
    let lead =
        format!("{}{} {}", if focused { '>' } else { ' ' }, if touched { '*' } else { ' ' }, row.field.spec().label);
    let lead_style = if focused { theme.focus() } else { Style::new() };
    let mut lines = value_lines(model, row, typing, room, theme);
    lines[0].lead = lead;
    lines[0].lead_style = lead_style;
    lines
}

fn value_lines(model: &Model, row: &Row, typing: bool, room: usize, theme: Theme) -> Vec<Line> {
    let spec = row.field.spec();
    let one = |value: String, value_style: Style| vec![Line { value, value_style, ..Line::default() }];
    if row.cleared {
        return one("(will be cleared)".to_owned(), theme.odd());
    }
    match &row.input {
        Input::Switch(Some(true)) => one("[x] yes".to_owned(), Style::new()),
        Input::Switch(Some(false)) => one("[ ] no".to_owned(), Style::new()),
        Input::Switch(None) => one("[?] not known".to_owned(), theme.muted()),
        Input::Text(editor) if spec.kind == Kind::Password => password_lines(model, editor, typing, room, theme),
        Input::Text(editor) if typing => typed_lines(editor, room, theme),
        Input::Text(editor) if editor.is_empty() => one(placeholder(model, row.field).to_owned(), theme.muted()),
        Input::Text(editor) => resting_line(editor, row.field, room, theme),
    }
}

/// What an empty field says: on create, that it is needed.
fn placeholder(model: &Model, field: Field) -> &'static str {
    if field == Field::Password && model.form.password_again {
        return "(enter again)";
    }
    match field.need(model.operation(), model.form.revision) {
        Need::Required if model.operation() == Operation::Create => "(needed)",
        Need::Required | Need::Optional | Need::Absent => "",
    }
}

/// A text that is not being edited: its first line, and how many there are.
fn resting_line(editor: &TextEditor, field: Field, room: usize, theme: Theme) -> Vec<Line> {
    let first = text::safe(&editor.lines()[0], theme);
    let rest = match (field.spec().kind, editor.lines().len()) {
        (Kind::Language, 1) => language_name(&first).map(|name| format!("  {name}")).unwrap_or_default(),
        (_, 1) => String::new(),
        (_, lines) => format!(" ({lines})"),
    };
    let value = text::fit(&first, room.saturating_sub(text::width(&rest)), theme);
    vec![Line { value, rest, ..Line::default() }]
}

/// A text that is being edited, with the lines around the cursor.
fn typed_lines(editor: &TextEditor, room: usize, theme: Theme) -> Vec<Line> {
    let (row, column) = editor.cursor();
    let first = (row + 1).saturating_sub(TALL);
    let lines = editor.lines().iter().enumerate().skip(first).take(TALL);
    lines
        .map(|(index, line)| {
            if index != row {
                return Line { value: text::fit(&text::safe(line, theme), room, theme), ..Line::default() };
            }
            let (before, after) = line.split_at(column);
            let (value, cursor) = text::window(&text::safe(before, theme), &text::safe(after, theme), room);
            Line { value: text::fit(&value, room, theme), cursor: u16::try_from(cursor).ok(), ..Line::default() }
        })
        .collect()
}

/// A password: masked unless it is shown for a while, and a line on its strength.
fn password_lines(model: &Model, editor: &TextEditor, typing: bool, room: usize, theme: Theme) -> Vec<Line> {
    if editor.is_empty() && !typing {
        let value = placeholder(model, Field::Password).to_owned();
        return vec![Line { value, value_style: theme.muted(), ..Line::default() }];
    }
    let line = &editor.lines()[0];
    let (before, after) = line.split_at(editor.cursor().1);
    let shown = |part: &str| {
        if model.form.reveal.is_some() {
            text::safe(part, theme)
        } else {
            part.graphemes(true).map(|_| theme.mask()).collect()
        }
    };
    let (value, cursor) = text::window(&shown(before), &shown(after), room);
    let cursor = u16::try_from(cursor).ok().filter(|_| typing);
    let mut lines = vec![Line { value: text::fit(&value, room, theme), cursor, ..Line::default() }];
    if let Some(strength) = model.form.strength.filter(|_| !editor.is_empty()) {
        let (words, value_style) = match strength {
            Strength::Weak => ("weak: guessed in no time", theme.bad()),
            Strength::Fair => ("fair: guessed by who wants to", theme.odd()),
            Strength::Good => ("good: hard to guess", theme.good()),
            Strength::Strong => ("strong", theme.good()),
        };
        lines.push(Line { value: text::fit(words, room, theme), value_style, ..Line::default() });
    }
    lines
}

/// What is wrong with a row, once it was left or sending was tried; what the service said against it, always.
fn fault_lines(model: &Model, row: &Row, faults: &[Fault], width: u16, theme: Theme) -> Vec<Line> {
    let ours = faults.iter().filter(|fault| fault.field == row.field && (row.left || model.form.tried)).map(|fault| {
        let (sign, style) = match fault.weight {
            Weight::Stop => ('!', theme.bad()),
            Weight::Warn => ('?', theme.odd()),
        };
        (format!("{sign} {}", fault.words), style)
    });
    let theirs = model
        .form
        .blamed
        .iter()
        .filter(|(field, _)| *field == row.field)
        .map(|(_, message)| (format!("! the service says: {}", text::safe(message.raw(), theme)), theme.bad()));
    ours.chain(theirs)
        .flat_map(|(words, lead_style)| {
            let lines = text::wrap(&words, usize::from(width).saturating_sub(5));
            lines.into_iter().map(move |line| Line { lead: format!("    {line}"), lead_style, ..Line::default() })
        })
        .collect()
}
