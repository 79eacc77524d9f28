//! The role matrix. Cells that a section does not have are not drawn, and cannot be reached.
//!
//! ```text
//! Roles
//!                user  trainer  admin
//!   management   [x]            [x]
//! > training *   [x]   [x]      [ ]
//!   play         (not set)
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::model::{Focus, Model};
use crate::domain::draft::Weight;
use crate::domain::fields::Field;
use crate::domain::roles::{Role, Section};
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// The least width of the pane: the sections' names and three columns.
pub const WIDTH: u16 = 36;
/// Columns before the first cell.
const LEAD: u16 = 14;

/// How high the pane is.
pub fn height(model: &Model) -> u16 {
    u16::try_from(model.catalogue().sections().len()).unwrap_or(u16::MAX).saturating_add(2)
}

/// Draws the pane.
pub fn draw(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let focused = model.focus == Focus::Roles;
    let mut rows = popup::title("Roles", focused, theme, area, frame);
    let columns = columns(model, rows.width);
    let mut x = rows.x + LEAD;
    for column in &columns {
        text::put(frame.buffer_mut(), x, rows.y, rows.right().saturating_sub(x), &column.label, theme.muted());
        x += cell_width(column);
    }
    rows.y += 1;
    rows.height = rows.height.saturating_sub(1);
    for (section, y) in model.catalogue().sections().iter().zip(rows.top()..rows.bottom()) {
        draw_section(model, section, &columns, theme, Rect { y, height: 1, ..rows }, frame);
    }
    let below = rows.y + u16::try_from(model.catalogue().sections().len()).unwrap_or(rows.height);
    draw_faults(model, theme, Rect { y: below, height: rows.bottom().saturating_sub(below), ..rows }, frame);
}

fn cell_width(role: &Role) -> u16 {
    u16::try_from(text::width(&role.label)).unwrap_or(u16::MAX).saturating_add(2).max(5)
}

/// The columns that fit, the one under the cursor among them.
fn columns(model: &Model, width: u16) -> Vec<&Role> {
    let all = model.catalogue().columns();
    let here = model.matrix.at(model.catalogue()).map(|(_, role)| role.key.as_str());
    let at = all.iter().position(|role| Some(role.key.as_str()) == here).unwrap_or_default();
    let mut first = 0;
    let fits = |first: usize, last: usize| {
        all[first..=last].iter().map(|role| cell_width(role)).sum::<u16>() <= width.saturating_sub(LEAD - 2)
    };
    while first < at && !fits(first, at) {
        first += 1;
    }
    let mut last = at;
    while last + 1 < all.len() && fits(first, last + 1) {
        last += 1;
    }
    all.get(first..=last).map(<[&Role]>::to_vec).unwrap_or_default()
}

fn draw_section(model: &Model, section: &Section, columns: &[&Role], theme: Theme, row: Rect, frame: &mut Frame<'_>) {
    let grid = &model.matrix.grid;
    let focused = model.focus == Focus::Roles;
    let under = model.matrix.at(model.catalogue()).filter(|(here, _)| here.key == section.key).map(|(_, role)| role);
    let sign = if focused && under.is_some() { '>' } else { ' ' };
    let star = if grid.is_touched(&section.key) { '*' } else { ' ' };
    let label = format!("{sign}{star} {}", section.label);
    let style = if focused && under.is_some() { theme.focus() } else { Style::new() };
    let buffer = frame.buffer_mut();
    text::put(buffer, row.x, row.y, LEAD, &label, style);
    let mut x = row.x + LEAD;
    let current = grid.current(&section.key);
    if current.is_none() && !(focused && under.is_some()) {
        text::put(buffer, x, row.y, row.right().saturating_sub(x), "(not set)", theme.muted());
        return;
    }
    for column in columns {
        if section.role(&column.key).is_some() {
            let has = grid.has(&section.key, &column.key);
            let here = focused && under.is_some_and(|role| role.key == column.key);
            let style = if here { theme.chosen() } else { Style::new() };
            text::put(buffer, x, row.y, row.right().saturating_sub(x), if has { "[x]" } else { "[ ]" }, style);
        }
        x += cell_width(column);
    }
    let unknown: Vec<&str> =
        current.into_iter().flatten().map(String::as_str).filter(|role| section.role(role).is_none()).collect();
    if !unknown.is_empty() {
        let words = format!("+{}", text::safe(&unknown.join(","), theme));
        text::put(buffer, x, row.y, row.right().saturating_sub(x), &words, theme.muted());
    }
}

/// What is wrong with the roles, and what the service said against them.
fn draw_faults(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let faults = if model.form.tried { model.faults() } else { Vec::new() };
    let ours = faults.into_iter().filter(|fault| fault.field == Field::Roles).map(|fault| match fault.weight {
        Weight::Stop => format!("! {}", fault.words),
        Weight::Warn => format!("? {}", fault.words),
    });
    let theirs = model.form.blamed.iter().filter(|(field, _)| *field == Field::Roles);
    let theirs = theirs.map(|(_, message)| format!("! the service says: {}", text::safe(message.raw(), theme)));
    let lines = ours.chain(theirs).flat_map(|words| text::wrap(&words, area.width.into())).collect::<Vec<_>>();
    for (line, y) in lines.iter().zip(area.top()..area.bottom()) {
        text::put(frame.buffer_mut(), area.x, y, area.width, line, theme.bad());
    }
}
