//! Lists that are searched as one types: the palette, the languages and the time zones.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::chooser::Chooser;
use crate::app::menu::Menu;
use crate::app::palette::Palette;
use crate::ui::help::keys;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws every act with its key, and why one cannot be done now.
pub fn palette(palette: &Palette, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open("Every act", (area.width.min(70), area.height), theme, area, frame);
    let found = palette.found.iter().filter_map(|index| palette.bindings.get(*index));
    let lines: Vec<_> = found
        .map(|binding| {
            let why = binding.why_not.map(|why| format!("  ({why})")).unwrap_or_default();
            let style = if binding.why_not.is_some() { theme.muted() } else { Style::new() };
            (format!("{:<12} {}{why}", keys(binding), binding.words), style)
        })
        .collect();
    searched(&lines, palette.at, theme, below_input(&palette.query, theme, inside, frame), frame);
}

/// Draws the languages or time zones, and after them the text as written.
pub fn chooser(chooser: &Chooser, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open(chooser.field.spec().label, (area.width.min(50), area.height), theme, area, frame);
    let found = chooser.found.iter().filter_map(|index| chooser.items.get(*index));
    let mut lines: Vec<_> = found.map(|item| (format!("{:<6} {}", item.code, item.label), Style::new())).collect();
    if let Some(text) = chooser.by_hand() {
        lines.push((format!("{}  as written", text::safe(&text, theme)), theme.odd()));
    }
    if chooser.waiting.is_some() {
        lines.push(("reading the list".to_owned(), theme.muted()));
    }
    list(&lines, chooser.at, theme, below_input(&chooser.query, theme, inside, frame), frame);
}

/// Draws a few things to choose from.
pub fn menu(menu: &Menu, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open(&text::safe(&menu.title, theme), (area.width.min(70), area.height), theme, area, frame);
    let found = menu.found.iter().filter_map(|index| menu.items.get(*index));
    let lines: Vec<_> = found.map(|(words, _)| (text::safe(words, theme), Style::new())).collect();
    searched(&lines, menu.at, theme, below_input(&menu.query, theme, inside, frame), frame);
}

/// Draws what the search left, or says that it left nothing: an empty box looks like one that is still being filled.
fn searched(lines: &[(String, Style)], at: usize, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    if lines.is_empty() {
        text::put(
            frame.buffer_mut(),
            area.x + 2,
            area.y,
            area.width.saturating_sub(2),
            "nothing of that name",
            theme.muted(),
        );
    }
    list(lines, at, theme, area, frame);
}

fn below_input(query: &crate::app::editor::TextEditor, theme: Theme, inside: Rect, frame: &mut Frame<'_>) -> Rect {
    popup::input("/ ", query, theme, Rect { height: 1, ..inside }, frame);
    Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside }
}

/// Draws lines with a sign before the one under the cursor.
pub fn list(lines: &[(String, Style)], at: usize, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let first = popup::first_of(at, area.height);
    for ((index, (line, style)), y) in lines.iter().enumerate().skip(first).zip(area.top()..area.bottom()) {
        let sign = if index == at { '>' } else { ' ' };
        let style = if index == at { style.patch(theme.focus()) } else { *style };
        let shown = text::fit(&format!("{sign} {line}"), area.width.into(), theme);
        frame.buffer_mut().set_line(area.x, y, &Line::styled(shown, style), area.width);
    }
    popup::more(first, lines.len(), area, theme, frame);
}
