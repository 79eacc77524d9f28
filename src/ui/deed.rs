//! The question before a deed: to whom, what it means, what has to be typed.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::app::deeds::{Fresh, Kind, Question};
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the question.
pub fn draw(question: &Question, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open(question.kind.title(), (72, 11), theme, area, frame);
    let mut lines: Vec<(String, Style)> = Vec::new();
    let mut say = |words: &str, style: Style| {
        lines.extend(text::wrap(words, inside.width.into()).into_iter().map(|line| (line, style)));
    };
    say(&text::safe(&who(question), theme), theme.focus());
    let grave = question.kind == Kind::Delete;
    say(question.kind.meaning(), if grave { theme.bad() } else { Style::new() });
    if let Some(words) = question.kind.act().is_final() {
        say(&format!("FINAL: {words}."), if grave { theme.bad() } else { theme.odd() });
    }
    if let Some(why) = &question.fault {
        say(&text::safe(&format!("! {why}"), theme), theme.bad());
    } else if let Some(why) = question.forbids() {
        say(&text::safe(&format!("! {why}"), theme), theme.odd());
    }
    for ((line, style), y) in lines.iter().zip(inside.top()..inside.bottom()) {
        text::put(frame.buffer_mut(), inside.x, y, inside.width, line, *style);
    }
    let below = inside.y + u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(1);
    if let Some(prompt) = question.kind.prompt()
        && below < inside.bottom()
    {
        input(question, prompt, theme, Rect { y: below, height: 1, ..inside }, frame);
    }
}

fn who(question: &Question) -> String {
    match &question.person {
        Fresh::Reading(_) => format!("reading {}", question.key),
        Fresh::Failed(_) => question.key.to_string(),
        Fresh::Read(person) => {
            let state = match person.enabled {
                Some(true) => "enabled",
                Some(false) => "disabled",
                None => "not known whether enabled",
            };
            format!("{} ({}), {state}", person.full_name(), person.username)
        }
    }
}

fn input(question: &Question, prompt: &str, theme: Theme, row: Rect, frame: &mut Frame<'_>) {
    if question.kind != Kind::Password || question.reveal.is_some() {
        return popup::input(prompt, &question.editor, theme, row, frame);
    }
    let x = text::put(frame.buffer_mut(), row.x, row.y, row.width, prompt, Style::new());
    let line = &question.editor.lines()[0];
    let (before, after) = line.split_at(question.editor.cursor().1);
    let mask = |part: &str| part.graphemes(true).map(|_| theme.mask()).collect::<String>();
    let (shown, cursor) = text::window(&mask(before), &mask(after), row.right().saturating_sub(x).into());
    text::put(frame.buffer_mut(), x, row.y, row.right().saturating_sub(x), &shown, Style::new());
    frame.set_cursor_position(Position::new(x + u16::try_from(cursor).unwrap_or(0), row.y));
}
