//! The last two lines: what is to be known now, and the keys that are in force, read off the key map.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::jobs::Page;
use crate::app::key::Key;
use crate::app::keymap::{Binding, bindings};
use crate::app::model::{Focus, Model, Notice, Overlay};
use crate::app::people::Reading;
use crate::app::picker::{Sight, Wanted};
use crate::app::three_way::{ThreeWay, Why};
use crate::domain::draft::Weight;
use crate::ui::text;
use crate::ui::theme::Theme;

/// Draws the line that says what just happened, or else what is wrong here, or else what this is.
pub fn hint(model: &Model, theme: Theme, area: Rect, frame: &mut Frame<'_>) {
    let (words, style) = match &model.notice {
        Some(Notice::Info(words)) => (words.clone(), Style::new()),
        Some(Notice::Refused(words)) => (words.clone(), theme.odd()),
        None => (standing_hint(model, theme), theme.muted()),
    };
    let words = text::fit(&text::safe(&words, theme), usize::from(area.width).saturating_sub(1), theme);
    text::put(frame.buffer_mut(), area.x + 1, area.y, area.width.saturating_sub(1), &words, style);
}

fn standing_hint(model: &Model, theme: Theme) -> String {
    if let Some(overlay) = &model.overlay {
        return overlay_hint(overlay).to_owned();
    }
    if !theme.look.unicode {
        return "This terminal is not UTF-8: letters with accents would be lost on the way in.".to_owned();
    }
    match model.focus {
        Focus::List => people_hint(model),
        Focus::Fields => {
            let field = model.form.row().field;
            // What is wrong is worked out from the whole draft, so only where it may be shown.
            let shown = model.form.row().left || model.form.tried;
            let faults = if shown { model.faults() } else { Vec::new() };
            match faults.into_iter().find(|fault| fault.field == field && fault.weight == Weight::Stop) {
                Some(fault) => format!("{} {}", field.spec().label, fault.words),
                None => field.spec().help.to_owned(),
            }
        }
        Focus::Roles => model.matrix.at(model.catalogue()).map(|(_, role)| role.help.clone()).unwrap_or_default(),
        Focus::Image => "Files are looked for on this machine, the one that the program runs on.".to_owned(),
        // The pane itself says what to do next.
        Focus::Status => String::new(),
    }
}

/// What is to be known of the list: what stopped its reading, or what is odd about it.
fn people_hint(model: &Model) -> String {
    if let Reading::Failed(fault) = &model.people.reading {
        return format!("The list could not be read on: {fault}. s tries again; i opens by username.");
    }
    model.people.remark.clone().unwrap_or_default()
}

fn overlay_hint(overlay: &Overlay) -> &'static str {
    match overlay {
        Overlay::Picker(picker) if picker.wanted == Wanted::People => {
            "CSV or JSON Lines. Nothing is sent before you have seen what it would do."
        }
        Overlay::Picker(picker) => match picker.sight {
            Sight::Seen(_) if picker.offer().is_some() => "Enter agrees to what stands under the picture.",
            Sight::Seen(_) | Sight::Nothing | Sight::Looking(_) | Sight::Unfit(_) => {
                "Files of this machine, the one that the program runs on."
            }
        },
        Overlay::Chooser(_) => "Type to find. A code that is not in the list is taken as written.",
        Overlay::Review(_) => "Nothing is sent before Enter.",
        Overlay::History(history) if history.finding => {
            "Words, or act:update is:in-doubt user:NAME ticket:NR by:NAME since:2026-11-01"
        }
        Overlay::CommandLine(_) => {
            "A clipboard may be off: then select it here, without the frame. A shell reads it so."
        }
        Overlay::Summary(_) => "Nothing hidden is in it. A clipboard may be off: then select it here.",
        Overlay::History(_) => "",
        Overlay::Help(..)
        | Overlay::Palette(_)
        | Overlay::Confirm(_)
        | Overlay::Url(_)
        | Overlay::Paste(_)
        | Overlay::Open(_)
        | Overlay::Detail(_)
        | Overlay::Deed(_)
        | Overlay::Menu(_)
        | Overlay::Groups(_) => "",
        Overlay::Jobs(view) => match view.page {
            Page::List | Page::Job(_) => {
                "A job that was stopped or killed goes on where it was; nothing is sent twice."
            }
            Page::Order(_) => "The whole file is checked and everybody is read before anything is sent.",
            Page::Plan(_) => "Who is changed by somebody else before their turn is left alone.",
            Page::Sure(_) => "What is done is not looked at again.",
        },
        Overlay::Batch(_) => "Everybody is read before anything is sent; who changed since the plan is left alone.",
        Overlay::Drafts(_) => "A draft holds no password and no picture: those are given again.",
        Overlay::ThreeWay(ThreeWay { why: Why::Draft(_), .. }) => {
            "Nothing was sent. The form has your draft, on top of what is there now."
        }
        Overlay::Attention(_) => "Nothing here is ever sent by itself.",
        Overlay::TicketNumber(_) => "It is kept in the journal with every change, and sent to nobody.",
        Overlay::ThreeWay(_) => "Nothing was sent. The form keeps what you typed, on top of what is there now.",
    }
}

/// Draws the keys: as many as fit, and the help always.
pub fn draw(model: &Model, area: Rect, frame: &mut Frame<'_>) {
    let all = bindings(model);
    let room = usize::from(area.width).saturating_sub(1);
    let is_help = |binding: &&Binding| binding.keys.contains(&Key::F(1));
    let help = all.iter().find(is_help).and_then(word).unwrap_or_default();
    let mut line = String::new();
    for word in all.iter().filter(|binding| binding.why_not.is_none() && !is_help(binding)).filter_map(word) {
        if line.len() + word.len() + 2 + help.len() > room {
            break;
        }
        line.push_str(&word);
        line.push_str("  ");
    }
    line.push_str(&help);
    text::put(frame.buffer_mut(), area.x + 1, area.y, area.width.saturating_sub(1), &line, Style::new());
}

fn word(binding: &Binding) -> Option<String> {
    let key = binding.keys.first()?;
    Some(format!("{key} {}", binding.short?))
}
