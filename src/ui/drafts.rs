//! The list of drafts: whom each is about, when it was kept, and who has it open.
//!
//! ```text
//!  > new user nora.vidal (Nora Vidal)   yesterday 17:02
//!    marta.lopez (Marta López)          open in another session   14:02
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::drafts::Line;
use crate::app::drafts::list::View;
use crate::app::model::Model;
use crate::domain::kept::{DraftFault, Held};
use crate::ui::choosing;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// The most columns for whom a draft is about.
const ABOUT: usize = 36;

/// Draws the list, and below it what is asked or what is in the way.
pub fn draw(view: &View, model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let size = (area.width.min(100), area.height);
    let inside = popup::open("Drafts: typed and not sent", size, theme, area, frame);
    let said = said(view, model, theme, inside.width.into());
    let height = inside.height.saturating_sub(u16::try_from(said.len()).unwrap_or(0));
    let rows = Rect { height, ..inside };
    let drafts = &model.drafts.lines;
    if drafts.is_empty() {
        text::put(frame.buffer_mut(), rows.x + 2, rows.y, rows.width, "nothing was left unsent", theme.muted());
    }
    let widest = drafts.iter().map(|line| text::width(&text::safe(&line.row.about, theme))).max();
    let room = widest.unwrap_or_default().min(ABOUT);
    let lines: Vec<_> = drafts.iter().map(|line| words(line, model, room, theme)).collect();
    choosing::list(&lines, view.at, theme, rows, frame);
    for ((line, style), y) in said.iter().zip(rows.bottom()..inside.bottom()) {
        text::put(frame.buffer_mut(), inside.x, y, inside.width, line, *style);
    }
}

fn words(line: &Line, model: &Model, room: usize, theme: Theme) -> (String, Style) {
    let about = text::fit(&text::safe(&line.row.about, theme), room, theme);
    let pad = " ".repeat(room.saturating_sub(text::width(&about)));
    let (state, style) = state(line, model, theme);
    (format!("{about}{pad}   {state}{}{}", if state.is_empty() { "" } else { "   " }, line.when), style)
}

/// What is to be known before it is opened.
fn state(line: &Line, model: &Model, theme: Theme) -> (String, Style) {
    let row = &line.row;
    match (&row.fault, row.held, line.form, row.sent) {
        (Some(DraftFault::Newer(_)), ..) => ("of a newer netex-users".to_owned(), theme.muted()),
        (Some(_), ..) => ("damaged".to_owned(), theme.muted()),
        (None, Held::Elsewhere, ..) => ("open in another session".to_owned(), theme.muted()),
        (None, _, Some(form), _) if form == model.form_ticket => ("in the form now".to_owned(), Style::new()),
        (None, _, Some(_), _) => ("its request is not answered yet".to_owned(), theme.muted()),
        (None, _, None, Some((id, standing))) => (format!("sent as {id}: {}", standing.word()), theme.odd()),
        (None, _, None, None) => (String::new(), Style::new()),
    }
}

/// The lines below the list.
fn said(view: &View, model: &Model, theme: Theme, width: usize) -> Vec<(String, Style)> {
    let here = model.drafts.lines.get(view.at);
    let (words, style) = if let Some(fault) = &view.fault {
        (format!("! {}", text::safe(fault, theme)), theme.bad())
    } else if view.taking.is_some() {
        ("opening it".to_owned(), theme.odd())
    } else if let (true, Some(line)) = (view.asking, here) {
        let about = text::safe(&line.row.about, theme);
        (format!("Discard the draft about {about}? It cannot be had again.   y discard   n keep"), theme.odd())
    } else {
        return Vec::new();
    };
    text::wrap(&words, width).into_iter().map(|line| (line, style)).collect()
}

#[cfg(test)]
mod tests;
