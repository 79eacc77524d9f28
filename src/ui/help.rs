//! The page of keys, read off the key map.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Line;

use crate::app::help::Help;
use crate::app::keymap::{Binding, Group};
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the page.
pub fn draw(help: &Help, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open("Keys", (area.width.min(84), area.height), theme, area, frame);
    let mut lines = Vec::new();
    for group in [Group::Here, Group::Everywhere, Group::Text] {
        let members: Vec<_> = help.bindings.iter().filter(|binding| binding.group == group).collect();
        if !members.is_empty() {
            lines.push(Line::raw(group.title()).style(Modifier::BOLD));
            lines.extend(members.into_iter().map(|binding| line(binding, inside.width, theme)));
        }
    }
    popup::page(&lines, help.scroll, theme, inside, frame);
}

fn line(binding: &Binding, width: u16, theme: Theme) -> Line<'static> {
    let why = binding.why_not.map(|why| format!("  ({why})")).unwrap_or_default();
    let line = format!("  {:<18}{}{why}", keys(binding), binding.words);
    let style = if binding.why_not.is_some() { theme.muted() } else { ratatui::style::Style::new() };
    Line::raw(text::fit(&line, width.into(), theme)).style(style)
}

/// The keys of a binding in words.
pub fn keys(binding: &Binding) -> String {
    binding.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
