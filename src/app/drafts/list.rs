//! The list of drafts: going on with one, or discarding it.

use crate::app::drafts::follow::{ask, want};
use crate::app::drafts::{Line, Wanted};
use crate::app::effect::{Effects, Ticket};
use crate::app::model::{Focus, Model, Overlay, Screen};
use crate::app::msg::Act as Perform;
use crate::app::opening;
use crate::domain::draft::Subject;
use crate::domain::kept::{DraftFault, DraftId, Held};

/// What a person does about drafts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Show the list.
    Show,
    /// By lines; down where positive.
    Move(i16),
    /// Go on with the draft.
    Take,
    /// Go on with that draft although something would be lost.
    TakeAnyway(DraftId),
    /// Discard the draft; asks first.
    Discard,
    /// Discard it.
    DiscardAnyway,
    /// Do not discard it.
    Spare,
}

/// The open list.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The line under the cursor.
    pub at: usize,
    /// Whether it is asked about discarding it.
    pub asking: bool,
    /// The draft that is being opened.
    pub taking: Option<Ticket>,
    /// Why it was not done, in words.
    pub fault: Option<String>,
}

/// Does an act.
pub fn act(model: &mut Model, act: Act) -> Effects {
    match act {
        Act::Show => return show(model),
        Act::TakeAnyway(id) => {
            let at = model.drafts.lines.iter().position(|line| line.row.id == id);
            model.overlay = Some(Overlay::Drafts(View { at: at.unwrap_or_default(), ..View::default() }));
            return if at.is_some() { take(model, true) } else { Effects::none() };
        }
        Act::Take => return take(model, false),
        Act::DiscardAnyway => return discard(model),
        Act::Move(_) | Act::Discard | Act::Spare => {}
    }
    let last = model.drafts.lines.len().saturating_sub(1);
    let why_not = here(model).and_then(|line| why_not_discard(model, line));
    let Some(Overlay::Drafts(view)) = &mut model.overlay else {
        return Effects::none();
    };
    (view.asking, view.fault) = (false, None);
    match act {
        Act::Move(by) => view.at = view.at.saturating_add_signed(by.into()).min(last),
        Act::Discard if why_not.is_some() => view.fault = why_not,
        Act::Discard => view.asking = !model.drafts.lines.is_empty(),
        Act::Show | Act::Take | Act::TakeAnyway(_) | Act::DiscardAnyway | Act::Spare => {}
    }
    Effects::none()
}

fn show(model: &mut Model) -> Effects {
    if model.no_journal.is_some() {
        model.refuse("There is no journal, so drafts cannot be kept.");
        return Effects::none();
    }
    model.overlay = Some(Overlay::Drafts(View::default()));
    ask(model)
}

/// The line under the cursor.
fn here(model: &Model) -> Option<&Line> {
    match &model.overlay {
        Some(Overlay::Drafts(view)) => model.drafts.lines.get(view.at),
        _ => None,
    }
}

fn say(model: &mut Model, fault: &impl ToString) {
    if let Some(Overlay::Drafts(view)) = &mut model.overlay {
        (view.asking, view.taking, view.fault) = (false, None, Some(fault.to_string()));
    }
}

/// Why a draft cannot be opened or discarded.
fn why_not(model: &Model, line: &Line) -> Option<String> {
    match (line.row.held, line.form) {
        (Held::Elsewhere, _) => Some(DraftFault::Elsewhere.to_string()),
        (Held::Nobody | Held::Here, Some(form)) if form != model.form_ticket => {
            Some("its request is on its way or in doubt: what became of that decides over it".to_owned())
        }
        (Held::Nobody | Held::Here, Some(_) | None) => None,
    }
}

fn why_not_discard(model: &Model, line: &Line) -> Option<String> {
    let sending = line.form.is_some() && model.status.sending().is_some_and(|sending| Some(sending.form) == line.form);
    why_not(model, line).or_else(|| sending.then(|| "its request is on its way: wait for the answer".to_owned()))
}

/// Goes on with the draft under the cursor: the one of the form is there already, any other is opened first.
fn take(model: &mut Model, agreed: bool) -> Effects {
    let Some(line) = here(model).cloned() else {
        model.refuse("There is no draft.");
        return Effects::none();
    };
    if let Some(why) = why_not(model, &line).or_else(|| line.row.fault.as_ref().map(ToString::to_string)) {
        say(model, &why);
        return Effects::none();
    }
    if line.form.is_some() {
        model.overlay = None;
        (model.screen, model.focus) = (Screen::Editor, Focus::Fields);
        return Effects::none();
    }
    if !opening::may_leave(model, agreed, Perform::Drafts(Act::TakeAnyway(line.row.id))) {
        return Effects::none();
    }
    let ticket = model.ticket();
    let Some(Overlay::Drafts(view)) = &mut model.overlay else {
        return Effects::none();
    };
    if view.taking.is_some() {
        return Effects::none();
    }
    (view.asking, view.fault, view.taking) = (false, None, Some(ticket));
    want(Wanted::Take { ticket, id: line.row.id, at: line.row.at })
}

/// Takes the draft under the cursor away. Where it is the one of the form, the form is empty then.
fn discard(model: &mut Model) -> Effects {
    let Some(line) = here(model).cloned() else {
        return Effects::none();
    };
    if let Some(why) = why_not_discard(model, &line) {
        say(model, &why);
        return Effects::none();
    }
    if let Some(form) = line.form {
        let (overlay, screen, focus) = (model.overlay.take(), model.screen, model.focus);
        model.drafts.kept = None;
        model.begin(Subject::New);
        (model.overlay, model.screen, model.focus) = (overlay, screen, focus);
        say_discarded(model, &line.row.about);
        return want(Wanted::Drop { form });
    }
    let ticket = model.ticket();
    if let Some(Overlay::Drafts(view)) = &mut model.overlay {
        (view.asking, view.fault) = (false, None);
    }
    want(Wanted::Discard { ticket, id: line.row.id, at: line.row.at })
}

fn say_discarded(model: &mut Model, about: &str) {
    if let Some(Overlay::Drafts(view)) = &mut model.overlay {
        view.asking = false;
    }
    model.say(format!("Discarded: the draft about {about}."));
}

/// A draft was taken away, or not; either way the list is read anew.
pub fn discarded(model: &mut Model, _: Ticket, answer: Result<(), DraftFault>) -> Effects {
    match answer {
        Ok(()) => model.say("The draft was discarded."),
        Err(fault) => say(model, &fault),
    }
    ask(model)
}

/// The list is another one. The cursor stays on its draft, and so does what is asked about it; where that draft is gone, on a line that there
/// is.
pub(super) fn replace(model: &mut Model, lines: Vec<Line>) {
    let before = here(model).map(|line| line.row.id);
    model.drafts.lines = lines;
    let lines = &model.drafts.lines;
    let same = lines.iter().position(|line| Some(line.row.id) == before);
    if let Some(Overlay::Drafts(view)) = &mut model.overlay {
        view.at = same.unwrap_or_else(|| view.at.min(lines.len().saturating_sub(1)));
        view.asking &= same.is_some();
    }
}
