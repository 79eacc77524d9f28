//! The top line: which tenant this is, in words, and whom the screen is about. Nothing ever covers it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::attention::words;
use crate::app::model::{Model, Screen};
use crate::domain::draft::Subject;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the line.
pub fn draw(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let cells = |words: &str| u16::try_from(text::width(words)).unwrap_or(area.width);
    let (banner, banner_style) = banner(model, theme);
    let (words, style) = attention(model, area.width < NARROW, theme);
    // Whom the screen is about gives way to which tenant it is: of the sandbox's banner the first word is enough.
    let whole = if model.tenant.sandbox { 7 } else { cells(&banner) };
    let taken = if words.is_empty() { 0 } else { cells(&words) + 2 };
    let room = area.width.saturating_sub(whole + taken + 4).min(area.width / 2);
    let subject = text::fit(&text::safe(&subject(model), theme), room.into(), theme);
    let mut from_right = area.right().saturating_sub(cells(&subject) + 1);
    let buffer = frame.buffer_mut();
    text::put(buffer, from_right, area.y, area.right() - from_right, &subject, theme.focus());
    if !words.is_empty() {
        from_right = from_right.saturating_sub(cells(&words) + if subject.is_empty() { 0 } else { 2 });
        text::put(buffer, from_right, area.y, cells(&words), &words, style);
    }
    let mut x = area.x + 1;
    // Of what the tenant is and what needs attention nothing is left out; what this program is called is known.
    let mode = model.synchronization.word();
    let whole = 1 + 13 + cells(&banner) + 2 + cells(mode);
    if area.width >= NARROW && (words.is_empty() || whole < from_right) {
        x = text::put(buffer, x, area.y, 11, "netex-users", Style::new()) + 2;
    }
    let room = from_right.saturating_sub(x + 1);
    let banner = text::fit(&banner, room.into(), theme);
    x = text::put(buffer, x, area.y, room, &banner, banner_style) + 2;
    if usize::from(from_right.saturating_sub(x)) > mode.len() {
        x = text::put(buffer, x, area.y, from_right - x, mode, Style::new()) + 2;
    }
    if let Some(number) = &model.desk_ticket {
        let number = format!("ticket {}", text::safe(number, theme));
        if usize::from(from_right.saturating_sub(x)) > text::width(&number) + 1 {
            text::put(buffer, x, area.y, from_right - x, &number, Style::new());
        }
    }
}

/// Below this width words become signs.
const NARROW: u16 = 60;

/// That nothing can be sent, or how many changes need attention.
fn attention(model: &Model, is_narrow: bool, theme: Theme) -> (String, Style) {
    let (count, carried) = (model.attention.count(), carried(model));
    match (&model.no_journal, is_narrow) {
        (Some(_), false) => ("NO JOURNAL: nothing can be sent".to_owned(), theme.bad()),
        (Some(_), true) => ("NO JOURNAL".to_owned(), theme.bad()),
        (None, _) if carried.is_some() && count == 0 => (carried.unwrap_or_default(), theme.focus()),
        (None, false) => {
            let words = [carried.unwrap_or_default(), words::count(count)];
            (words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("  "), theme.odd())
        }
        (None, true) if count == 0 => (String::new(), theme.odd()),
        (None, true) => (format!("! {count}"), theme.odd()),
    }
}

/// The job that is being carried out, and how far it is.
fn carried(model: &Model) -> Option<String> {
    let (job, work) = model.jobs.carried()?;
    let progress = &work.progress;
    let percent = (100 * progress.done).checked_div(progress.total).unwrap_or(0).min(100);
    Some(format!("job {job} {percent}%"))
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
