//! The top line: which tenant this is, in words, and whom the screen is about. Nothing ever covers it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::model::{Model, Screen};
use crate::domain::draft::Subject;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the line.
pub fn draw(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let subject = text::fit(&text::safe(&subject(model), theme), (area.width / 2).into(), theme);
    let from_right = area.right().saturating_sub(u16::try_from(text::width(&subject)).unwrap_or(area.width) + 1);
    let buffer = frame.buffer_mut();
    let mut x = area.x + 1;
    if area.width >= 60 {
        x = text::put(buffer, x, area.y, 11, "netex-users", Style::new()) + 2;
    }
    let (banner, style) = banner(model, theme);
    let room = from_right.saturating_sub(x + 1);
    let banner = text::fit(&banner, room.into(), theme);
    x = text::put(buffer, x, area.y, room, &banner, style) + 2;
    let mode = model.synchronization.word();
    if usize::from(from_right.saturating_sub(x)) > mode.len() {
        text::put(buffer, x, area.y, from_right - x, mode, Style::new());
    }
    text::put(buffer, from_right, area.y, area.right() - from_right, &subject, theme.focus());
}

/// The tenant, and what is to be minded about it.
fn banner(model: &Model, theme: Theme) -> (String, Style) {
    let tenant = &model.tenant;
    let name = text::safe(&tenant.name, theme);
    let kept = if tenant.read_only { " READ-ONLY" } else { "" };
    if tenant.sandbox {
        return (format!("SANDBOX{kept} made-up people"), theme.sandbox());
    }
    if tenant.production {
        return (format!(" PRODUCTION{kept} {name} "), theme.production());
    }
    (format!("tenant{kept} {name}"), theme.focus())
}

fn subject(model: &Model) -> String {
    if model.screen == Screen::People {
        return if model.has_unsent_work() { format!("not sent: {}", model.who()) } else { String::new() };
    }
    match &model.form.subject {
        Subject::New => "New user".to_owned(),
        Subject::Known(person) => format!("Edit {}", person.username),
        Subject::Blind(key) => format!("Edit {key} (not read)"),
    }
}
