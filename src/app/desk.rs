//! The fields and the roles: moving, typing, choosing.

use std::time::Duration;

use crate::app::chooser::{self, Chooser};
use crate::app::deeds;
use crate::app::editor::{Edit, MAX_BYTES, Pasted};
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::form::Input;
use crate::app::history;
use crate::app::image::PasteQuestion;
use crate::app::model::{Confirm, Focus, Model, Overlay, Screen};
use crate::app::msg::{Act, Made, Strength};
use crate::app::open::State;
use crate::app::pictures;
use crate::app::roles;
use crate::domain::field::Kind;
use crate::domain::fields::Field;

/// How long a password is shown.
const REVEAL: Duration = Duration::from_secs(10);

/// Types a letter where text has the keys.
pub fn type_letter(model: &mut Model, letter: char) -> Effects {
    if let Some(Overlay::Paste(question)) = &mut model.overlay {
        question.add(letter.encode_utf8(&mut [0; 4]));
        return Effects::none();
    }
    if is_cleared(model) {
        model.refuse("The field will be cleared: ^X takes that back.");
        return Effects::none();
    }
    match model.editor_mut() {
        Some(editor) => editor.insert(letter),
        None => return Effects::none(),
    }
    changed(model)
}

/// Takes a paste where text has the keys. It presses no key, whatever it holds.
pub fn paste(model: &mut Model, text: &str) -> Effects {
    if let Some(Overlay::Paste(question)) = &mut model.overlay {
        question.add(text);
        return Effects::none();
    }
    let Some(editor) = model.editor_mut() else {
        model.refuse("Nothing here takes a paste.");
        return Effects::none();
    };
    match editor.paste(text) {
        Pasted { cut: true, .. } => {
            model.refuse(format!("A field takes {} KiB; the rest of the paste was left out.", MAX_BYTES / 1024));
        }
        Pasted { tidied: true, .. } => model.say("Line breaks and tabs of the paste became blanks."),
        Pasted { .. } => {}
    }
    changed(model)
}

/// Changes the text that has the keys.
pub fn edit(model: &mut Model, edit: Edit) -> Effects {
    if let Some(Overlay::Paste(question)) = &mut model.overlay {
        *question = PasteQuestion::default();
        return Effects::none();
    }
    match model.editor_mut() {
        Some(editor) => editor.edit(edit),
        None => return Effects::none(),
    }
    changed(model)
}

/// What follows from a changed text: lists are searched anew, faults of a question are forgotten, a password is rated.
fn changed(model: &mut Model) -> Effects {
    match &mut model.overlay {
        Some(Overlay::Palette(palette)) => palette.refilter(),
        Some(Overlay::Chooser(chooser)) => chooser.refilter(),
        Some(Overlay::Picker(_)) => return pictures::refilter(model),
        Some(Overlay::History(_)) => return history::find_again(model),
        Some(Overlay::Menu(menu)) => menu.refilter(),
        Some(Overlay::Jobs(view)) => view.forget_fault(),
        Some(Overlay::Deed(question)) => question.fault = None,
        Some(Overlay::Batch(batch)) => batch.fault = None,
        Some(Overlay::Url(question)) => question.fault = None,
        Some(Overlay::TicketNumber(question)) => question.fault = None,
        Some(Overlay::Open(question)) if !matches!(question.state, State::Reading(..)) => {
            question.state = State::Asking;
        }
        Some(
            Overlay::Open(_)
            | Overlay::Help(..)
            | Overlay::Confirm(_)
            | Overlay::Paste(_)
            | Overlay::Review(_)
            | Overlay::Detail(_)
            | Overlay::ThreeWay(_)
            | Overlay::Drafts(_)
            | Overlay::Groups(_)
            | Overlay::Attention(_)
            | Overlay::Summary(_)
            | Overlay::CommandLine(_),
        ) => {}
        None if model.focus == Focus::List => model.people.refilter(),
        None => {
            let field = model.form.row().field;
            model.form.blamed.retain(|(blamed, _)| *blamed != field);
            if field == Field::Password {
                return rate(model);
            }
        }
    }
    Effects::none()
}

fn is_cleared(model: &Model) -> bool {
    model.overlay.is_none() && model.focus == Focus::Fields && model.form.row().cleared
}

/// On to the next stop or back to the one before: the rows, then the roles, the image, and the status once it has something to say. On the
/// first screen there are the list and the status.
pub fn step(model: &mut Model, on: bool) -> Effects {
    if model.screen == Screen::People {
        let to = if model.focus == Focus::List { Focus::Status } else { Focus::List };
        return go(model, to);
    }
    let rows = model.form.rows.len();
    let panes = [Focus::Roles, Focus::Image, Focus::Status];
    let stops = rows + if model.status.answered().is_some() || model.status.sending().is_some() { 3 } else { 2 };
    let here = panes.iter().position(|pane| *pane == model.focus).map_or(model.form.at, |pane| rows + pane);
    let to = if on { (here + 1) % stops } else { (here.min(stops) + stops - 1) % stops };
    if let Some(pane) = panes.get(to.wrapping_sub(rows)) {
        return go(model, *pane);
    }
    model.focus = Focus::Fields;
    model.form.go(to);
    Effects::none()
}

/// To a pane.
pub fn go(model: &mut Model, focus: Focus) -> Effects {
    let at = model.form.at;
    model.form.go(at);
    model.focus = focus;
    Effects::none()
}

/// Turns the switch over; one of which the state is not known goes to yes first.
pub fn flip(model: &mut Model) -> Effects {
    let at = model.form.at;
    if let Input::Switch(on) = &mut model.form.rows[at].input {
        *on = Some(!on.unwrap_or(false));
    }
    Effects::none()
}

/// Empties the field on the server, or takes that choice back; what was typed comes back with it.
pub fn clear(model: &mut Model) -> Effects {
    let at = model.form.at;
    let row = &mut model.form.rows[at];
    let has_value = model.form.subject.person().is_none_or(|person| !person.text(row.field).is_empty());
    if row.cleared || has_value {
        row.cleared = !row.cleared;
    } else {
        row.input = Input::text("", row.field.spec().kind.is_multiline());
        model.say("The field is empty on the server: there is nothing to clear.");
    }
    Effects::none()
}

/// Opens the list of the field.
pub fn choose(model: &mut Model) -> Effects {
    let field = model.form.row().field;
    let current = match &model.form.row().input {
        Input::Text(editor) => editor.text(),
        Input::Switch(_) => return Effects::none(),
    };
    if field.spec().kind == Kind::Language {
        model.overlay = Some(Overlay::Chooser(Chooser::new(field, &current, chooser::languages(), None)));
        return Effects::none();
    }
    let waiting = model.zones.is_empty().then(|| model.ticket());
    model.overlay = Some(Overlay::Chooser(Chooser::new(field, &current, chooser::zones(model.zones.clone()), waiting)));
    waiting.map_or_else(Effects::none, |ticket| Effects::one(Effect::ListZones { ticket }))
}

/// The names of the time zones are there.
pub fn zones(model: &mut Model, ticket: Ticket, names: Vec<String>) -> Effects {
    model.zones = names;
    if let Some(Overlay::Chooser(chooser)) = &mut model.overlay
        && chooser.waiting == Some(ticket)
    {
        chooser.waiting = None;
        chooser.items = chooser::zones(model.zones.clone());
        chooser.refilter();
    }
    Effects::none()
}

/// In the list of languages or time zones.
pub fn chooser(model: &mut Model, act: chooser::Act) -> Effects {
    let Some(Overlay::Chooser(chooser)) = &mut model.overlay else {
        return Effects::none();
    };
    match act {
        chooser::Act::Move(by) => chooser.go(by),
        chooser::Act::Take => {
            if let Some(code) = chooser.taken() {
                let field = chooser.field;
                model.form.put(field, &code);
                model.form.blamed.retain(|(blamed, _)| *blamed != field);
                model.overlay = None;
                return step(model, true);
            }
        }
    }
    Effects::none()
}

/// In the role matrix. Giving or taking a grave role asks first.
pub fn roles(model: &mut Model, act: roles::Act) -> Effects {
    let who = model.who();
    if act == roles::Act::Toggle
        && let Some(question) = model.matrix.question(model.catalogue(), &who)
    {
        let yes = Act::Roles(roles::Act::ToggleAnyway);
        model.overlay = Some(Overlay::Confirm(Confirm { question, hint: "Nothing is sent yet.", yes }));
        return Effects::none();
    }
    let catalogue = model.catalogue().clone();
    model.matrix.act(act, &catalogue);
    model.form.blamed.retain(|(blamed, _)| *blamed != Field::Roles);
    Effects::none()
}

/// Makes a password.
pub fn generate(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    model.making = Some(ticket);
    Effects::one(Effect::Generate { ticket })
}

/// A password was made: it stands in the form, and is shown for a while so that it can be read out.
pub fn generated(model: &mut Model, ticket: Ticket, made: &Made) -> Effects {
    if model.making.take() != Some(ticket) {
        return Effects::none();
    }
    if let Some(Overlay::Deed(question)) = &mut model.overlay {
        // Another question is open by now: a password has no business in a message.
        if question.kind != deeds::Kind::Password {
            return Effects::none();
        }
        question.editor.replace(made.0.expose());
        question.reveal = None;
        return reveal(model);
    }
    model.form.put(Field::Password, made.0.expose());
    model.form.reveal = None;
    rate(model).and(reveal(model))
}

/// Shows the password for ten seconds, or hides it at once.
pub fn reveal(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    let reveal = match &mut model.overlay {
        Some(Overlay::Deed(question)) => &mut question.reveal,
        _ => &mut model.form.reveal,
    };
    if reveal.take().is_some() {
        return Effects::none();
    }
    *reveal = Some(ticket);
    Effects::one(Effect::Wake { ticket, after: REVEAL })
}

fn rate(model: &mut Model) -> Effects {
    model.form.strength = None;
    let ticket = model.ticket();
    model.form.rating = Some(ticket);
    model.form.password().map_or_else(Effects::none, |password| Effects::one(Effect::Rate { ticket, password }))
}

/// The password was rated; only the answer about what stands there now counts.
pub fn rated(model: &mut Model, ticket: Ticket, strength: Strength) -> Effects {
    if model.form.rating == Some(ticket) {
        model.form.strength = Some(strength);
    }
    Effects::none()
}
