//! Small questions over the screen: yes or no, a URL, pasted base64, whom to open.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::image::{PasteQuestion, UrlQuestion, wish_for};
use crate::app::model::Confirm;
use crate::app::open::{Question, State};
use crate::app::ticket_number;
use crate::domain::files::size;
use crate::domain::outcome::ReadFault;
use crate::ui::popup;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws a yes-or-no question.
pub fn confirm(confirm: &Confirm, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open("Sure?", (64, 8), theme, area, frame);
    let mut lines = said(&text::safe(&confirm.question, theme), Style::new(), inside);
    lines.push((String::new(), Style::new()));
    lines.extend(said(confirm.hint, theme.muted(), inside));
    lines.push(("y yes   n no".to_owned(), Style::new()));
    put(&lines, inside, frame);
}

/// Draws the question for a picture's URL.
pub fn url(question: &UrlQuestion, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open("URL of the picture", (76, 6), theme, area, frame);
    popup::input("> ", &question.editor, theme, Rect { height: 1, ..inside }, frame);
    let lines = match &question.fault {
        Some(fault) => said(&format!("! {fault}"), theme.bad(), inside),
        None => said("Sent as it is. The platform fetches it; this program never does.", theme.muted(), inside),
    };
    put(&lines, below(inside, 1), frame);
}

/// Draws the question for pasted base64.
pub fn paste(question: &PasteQuestion, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open("Paste the picture", (76, 8), theme, area, frame);
    let got = if question.text.is_empty() {
        "Paste base64 or a data: URI now.".to_owned()
    } else {
        format!("{} of text pasted", size(question.text.len() as u64))
    };
    let mut lines = said(&got, Style::new(), inside);
    if question.waiting.is_some() {
        lines.extend(said("making it ready", theme.odd(), inside));
    }
    if let Some(fault) = &question.fault {
        lines.extend(said(&format!("! {fault}"), theme.bad(), inside));
        if wish_for(fault, question.wish).is_some() {
            lines.extend(said("Enter agrees, and takes it.", Style::new(), inside));
        }
    }
    put(&lines, inside, frame);
}

/// Draws the question for an id or username.
pub fn open(question: &Question, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open("Open by id or username", (64, 8), theme, area, frame);
    popup::input("> ", &question.editor, theme, Rect { height: 1, ..inside }, frame);
    let lines = match &question.state {
        State::Asking => said("Exactly as it is written in the platform.", theme.muted(), inside),
        State::Reading(_, key) => {
            said(&format!("reading {}; Esc goes back", text::safe(key.as_str(), theme)), theme.odd(), inside)
        }
        State::Wrong(words) => said(&format!("! {words}"), theme.bad(), inside),
        State::Failed(_, fault) => failed(question, fault, theme, inside),
    };
    put(&lines, below(inside, 1), frame);
}

/// Draws the question for the number of the ticket.
pub fn ticket_number(question: &ticket_number::Question, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let inside = popup::open("Ticket number", (64, 6), theme, area, frame);
    popup::input("> ", &question.editor, theme, Rect { height: 1, ..inside }, frame);
    let lines = match (&question.fault, question.then) {
        (Some(fault), _) => said(&format!("! {fault}"), theme.bad(), inside),
        (None, Some(_)) => {
            said("Enter sends with this number. Esc goes back, and sends nothing.", theme.muted(), inside)
        }
        (None, None) => said("Kept with every change from now on; empty keeps none.", theme.muted(), inside),
    };
    put(&lines, below(inside, 1), frame);
}

fn failed(question: &Question, fault: &ReadFault, theme: Theme, inside: Rect) -> Vec<(String, Style)> {
    let mut lines = said(&text::safe(&format!("! {fault}"), theme), theme.bad(), inside);
    if question.may_insist().is_some() {
        lines.extend(said("^B updates without reading: only what you type is sent.", Style::new(), inside));
    }
    lines
}

fn said(words: &str, style: Style, inside: Rect) -> Vec<(String, Style)> {
    text::wrap(words, inside.width.into()).into_iter().map(|line| (line, style)).collect()
}

fn below(inside: Rect, rows: u16) -> Rect {
    Rect { y: inside.y + rows, height: inside.height.saturating_sub(rows), ..inside }
}

fn put(lines: &[(String, Style)], area: Rect, frame: &mut Frame<'_>) {
    for ((line, style), y) in lines.iter().zip(area.top()..area.bottom()) {
        text::put(frame.buffer_mut(), area.x, y, area.width, line, *style);
    }
}
