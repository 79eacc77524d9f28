//! Loaded, theirs and mine, for each field that both changed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::three_way::{ThreeWay, Why};
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the view.
pub fn draw(view: &ThreeWay, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let title = match &view.why {
        Why::Conflict => "Nothing was sent: somebody else changed these meanwhile".to_owned(),
        Why::Draft(when) => format!("Your draft ({when}) and what is there now"),
    };
    let inside = popup::open(&title, (area.width, area.height), theme, area, frame);
    let room = usize::from(inside.width).saturating_sub(16);
    let mut lines = Vec::new();
    let mut shown = 0;
    for (index, row) in view.rows.iter().enumerate() {
        let here = index == view.at;
        if here {
            shown = lines.len();
        }
        let label = format!("{} {}", if here { '>' } else { ' ' }, row.field.spec().label);
        let style = if here { theme.focus() } else { Style::new() };
        lines.push(Line::styled(label, style));
        let mine = if row.given_up { "given up for theirs" } else { &row.mine };
        let all = [
            ("loaded", row.loaded.as_str(), theme.muted()),
            ("theirs", &row.theirs, theme.odd()),
            ("mine", mine, theme.good()),
        ];
        let unchanged = [("is", row.theirs.as_str(), theme.muted()), ("mine", mine, theme.good())];
        let is_changed = view.why == Why::Conflict || row.loaded != row.theirs;
        for (word, value, style) in if is_changed { all.as_slice() } else { &unchanged } {
            let value = if value.is_empty() { "(nothing)" } else { value };
            for (at, part) in text::wrap(&text::safe(value, theme), room).into_iter().enumerate() {
                let lead = format!("    {:<9} ", if at == 0 { word } else { "" });
                lines.push(Line::from(vec![Span::raw(lead), Span::styled(part, *style)]));
            }
        }
    }
    let first = (shown + 4).saturating_sub(inside.height.into());
    popup::page(&lines, first, theme, inside, frame);
}
