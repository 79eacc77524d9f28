//! What panes and overlays share: a title row, a frame, a scrolled page, a line to type in.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Clear};

use crate::app::editor::TextEditor;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws a title as an underlined row, and answers what is left below it.
pub fn title(words: &str, focused: bool, theme: Theme, area: Rect, frame: &mut Frame<'_>) -> Rect {
    let mut row = format!(" {words}");
    row.push_str(&" ".repeat(usize::from(area.width).saturating_sub(text::width(&row))));
    text::put(frame.buffer_mut(), area.x, area.y, area.width, &row, theme.title(focused));
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// Clears the middle of an area and draws a frame with a title; answers the room inside.
pub fn open(words: &str, size: (u16, u16), theme: Theme, area: Rect, frame: &mut Frame<'_>) -> Rect {
    let (width, height) = (size.0.min(area.width), size.1.min(area.height));
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height };
    frame.render_widget(Clear, place);
    let block = Block::new().borders(Borders::ALL).border_set(theme.frame()).title(format!(" {words} "));
    let inside = block.inner(place);
    frame.render_widget(block, place);
    Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside }
}

/// Draws lines from the first one shown, and says at the edge where more are.
pub fn page(lines: &[Line<'_>], scroll: usize, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let first = scroll.min(lines.len().saturating_sub(area.height.into()));
    for (line, y) in lines[first..].iter().zip(area.top()..area.bottom()) {
        frame.buffer_mut().set_line(area.x, y, line, area.width);
    }
    more(first, lines.len(), area, theme, frame);
}

/// Says at the right edge that there is more above or below.
pub fn more(first: usize, all: usize, area: Rect, theme: Theme, frame: &mut Frame<'_>) {
    if area.is_empty() {
        return;
    }
    let sign = |words: &str, y: u16, frame: &mut Frame<'_>| {
        let x = area.right().saturating_sub(u16::try_from(words.len()).unwrap_or(0));
        text::put(frame.buffer_mut(), x, y, area.width, words, theme.muted());
    };
    if first > 0 {
        sign("  more above", area.top(), frame);
    }
    if all.saturating_sub(first) > area.height.into() {
        sign("  more below", area.bottom() - 1, frame);
    }
}

/// Draws one line of text being typed, behind a sign, with the cursor in it.
pub fn input(sign: &str, editor: &TextEditor, theme: Theme, row: Rect, frame: &mut Frame<'_>) {
    let x = text::put(frame.buffer_mut(), row.x, row.y, row.width, sign, Style::new());
    let room = row.right().saturating_sub(x);
    let (line, column) = editor.cursor();
    let (before, after) = editor.lines()[line].split_at(column);
    let (value, cursor) = text::window(&text::safe(before, theme), &text::safe(after, theme), room.into());
    text::put(frame.buffer_mut(), x, row.y, room, &text::fit(&value, room.into(), theme), Style::new());
    frame.set_cursor_position(Position::new(x + u16::try_from(cursor).unwrap_or(0), row.y));
}

/// The first line of a list to show, so that the one under the cursor is in sight.
pub fn first_of(at: usize, height: u16) -> usize {
    (at + 1).saturating_sub(height.into())
}
