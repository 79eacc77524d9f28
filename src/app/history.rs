//! The history: what was done here, found as one types, in full, for the ticket, and taken back.
//!
//! The list comes in parts, and only as far as it is looked at: a journal may hold years. What takes a change back is a review like any
//! other ([`crate::app::review`]). Deliberately not here: how a change is told ([`crate::domain::history`]).

use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::listing;
use crate::app::model::{Model, Overlay};
use crate::app::sending;
use crate::domain::history::{MOST_COPIED, Told, summary};
use crate::domain::person::Person;
use crate::domain::record::ChangeId;
use crate::domain::undo::{self, Left};

/// What a person does in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Open it: everybody's.
    Open,
    /// Open it: of the person under the cursor, or of the form.
    OpenOf,
    /// By lines; down where positive.
    Move(i32),
    /// Begin to type what is looked for.
    Find,
    /// Keep what was found and go back to the list.
    Found,
    /// Forget what was looked for.
    Forget,
    /// Show the change in full.
    Detail,
    /// Show what goes into the ticket, and copy it.
    Summary,
    /// The same of the last request.
    SummaryOfLast,
    /// Take the change back, after a review.
    Undo,
}

/// The open history.
#[derive(Clone, Debug)]
pub struct History {
    /// Of whom; nothing for everybody.
    pub of: Option<String>,
    /// What is looked for.
    pub query: TextEditor,
    /// Letters go into what is looked for.
    pub finding: bool,
    /// What was found so far, the newest first.
    pub rows: Vec<Told>,
    /// The line under the cursor.
    pub at: usize,
    /// How far the reading is.
    pub reading: Reading,
    /// The change under the cursor is shown in full.
    pub detail: Option<Detail>,
    /// The rows are those of what was looked for before.
    stale: bool,
}

/// How far the reading is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A part is being read.
    Part(Ticket),
    /// There are more, before this one.
    More(ChangeId),
    /// Everything was read.
    Done,
    /// It cannot be read; why.
    Failed(String),
}

/// A change in full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// The first line that is shown.
    pub scroll: usize,
    /// How far the taking back is.
    pub undoing: Undoing,
}

/// How far the taking back is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Undoing {
    /// Nobody asked for it.
    #[default]
    Not,
    /// The change and the person are being read.
    Reading(Ticket),
    /// Nothing of it can be taken back.
    Refused {
        /// Why, in a sentence.
        why: String,
        /// Why each field is not.
        left: Vec<Left>,
    },
}

/// A part of the history, as the world answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The changes, the newest first.
    pub changes: Vec<Told>,
    /// Where to go on; nothing at the end.
    pub next: Option<ChangeId>,
}

/// What goes into the ticket, shown in full.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The text: nothing hidden is in it.
    pub text: String,
    /// The first line that is shown.
    pub scroll: usize,
    /// What was below comes back after it.
    pub below: Option<Box<Overlay>>,
}

/// So many rows are read beyond the one under the cursor.
const AHEAD: usize = 60;

impl History {
    fn new(of: Option<String>, ticket: Ticket) -> Self {
        Self {
            of,
            query: TextEditor::new("", false),
            finding: false,
            rows: Vec::new(),
            at: 0,
            reading: Reading::Part(ticket),
            detail: None,
            stale: false,
        }
    }

    /// The change under the cursor.
    pub fn here(&self) -> Option<&Told> {
        self.rows.get(self.at)
    }

    fn ask(&mut self, ticket: Ticket, before: Option<ChangeId>) -> Effects {
        self.reading = Reading::Part(ticket);
        let (words, username) = (self.query.text(), self.of.clone());
        Effects::one(Effect::History { ticket, words, username, before })
    }

    fn go(&mut self, by: i32) {
        let by = isize::try_from(by).unwrap_or_default();
        if let Some(detail) = &mut self.detail {
            detail.scroll = detail.scroll.saturating_add_signed(by).min(500);
        } else {
            self.at = self.at.saturating_add_signed(by).min(self.rows.len().saturating_sub(1));
        }
    }
}

/// In the history, or on the way there.
pub fn act(model: &mut Model, act: Act) -> Effects {
    match act {
        Act::Open => return open(model, None),
        Act::OpenOf => return open_of(model),
        Act::SummaryOfLast => return ask_summary(model),
        Act::Summary => return show_summary(model),
        Act::Undo => return ask_undo(model),
        Act::Move(_) | Act::Find | Act::Found | Act::Forget | Act::Detail => {}
    }
    let Some(Overlay::History(history)) = &mut model.overlay else {
        return Effects::none();
    };
    match act {
        Act::Move(by) => {
            history.go(by);
            return read_on(model);
        }
        Act::Find => history.finding = true,
        Act::Found => history.finding = false,
        Act::Forget => {
            history.finding = false;
            history.query.replace("");
            return find_again(model);
        }
        Act::Detail if history.here().is_some() => history.detail = Some(Detail::default()),
        Act::Detail | Act::Open | Act::OpenOf | Act::SummaryOfLast | Act::Summary | Act::Undo => {}
    }
    Effects::none()
}

/// One step back inside the history; false where there is none, and it closes.
pub fn back(history: &mut History) -> bool {
    history.detail.take().is_some()
}

fn open(model: &mut Model, of: Option<String>) -> Effects {
    let ticket = model.ticket();
    let mut history = History::new(of, ticket);
    let effects = history.ask(ticket, None);
    model.overlay = Some(Overlay::History(Box::new(history)));
    effects
}

fn open_of(model: &mut Model) -> Effects {
    let of = match model.screen {
        crate::app::model::Screen::People => model.people.here().map(|entry| entry.username.into_owned()),
        crate::app::model::Screen::Editor => model.form.subject.person().map(|person| person.username.clone()),
    };
    if of.is_none() {
        model.refuse("Nobody is open or under the cursor: H shows everybody's history.");
        return Effects::none();
    }
    open(model, of)
}

/// What is looked for changed. What was found before is shown until the first answer.
pub fn find_again(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    let Some(Overlay::History(history)) = &mut model.overlay else {
        return Effects::none();
    };
    history.stale = true;
    history.ask(ticket, None)
}

/// Asks for the next part where the cursor comes near the end of what is there.
fn read_on(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    let Some(history) = history_of(model.overlay.as_mut()) else {
        return Effects::none();
    };
    match history.reading {
        Reading::More(next) if history.rows.len() < history.at + AHEAD => history.ask(ticket, Some(next)),
        Reading::More(_) | Reading::Part(_) | Reading::Done | Reading::Failed(_) => Effects::none(),
    }
}

/// A part is there, or not.
pub fn part(model: &mut Model, ticket: Ticket, answer: Result<Part, String>) -> Effects {
    let Some(history) = history_of(model.overlay.as_mut()) else {
        return Effects::none();
    };
    if history.reading != Reading::Part(ticket) {
        return Effects::none();
    }
    if std::mem::take(&mut history.stale) {
        history.rows.clear();
        history.at = 0;
    }
    match answer {
        Err(why) => history.reading = Reading::Failed(why),
        Ok(part) => {
            history.rows.extend(part.changes);
            history.reading = part.next.map_or(Reading::Done, Reading::More);
        }
    }
    read_on(model)
}

/// The history, also where something else lies over it: its answers are not lost meanwhile.
fn history_of(overlay: Option<&mut Overlay>) -> Option<&mut History> {
    let below = match overlay? {
        Overlay::History(history) => return Some(history),
        Overlay::Help(_, below) => below,
        Overlay::Summary(summary) => &mut summary.below,
        Overlay::Review(review) => &mut review.below,
        Overlay::Palette(palette) => &mut palette.below,
        Overlay::CommandLine(shown) => &mut shown.below,
        Overlay::Confirm(_)
        | Overlay::Chooser(_)
        | Overlay::Picker(_)
        | Overlay::Url(_)
        | Overlay::Paste(_)
        | Overlay::Open(_)
        | Overlay::Detail(_)
        | Overlay::Deed(_)
        | Overlay::Menu(_)
        | Overlay::Batch(_)
        | Overlay::ThreeWay(_)
        | Overlay::Drafts(_)
        | Overlay::Attention(_)
        | Overlay::TicketNumber(_)
        | Overlay::Jobs(_)
        | Overlay::Groups(_) => return None,
    };
    history_of(below.as_deref_mut())
}

/// Asks for the last request's change, to tell it.
fn ask_summary(model: &mut Model) -> Effects {
    let Some(id) = model.status.answered().and_then(|answered| answered.answer.report.change) else {
        model.refuse("Nothing was kept of the last request, because nothing was sent.");
        return Effects::none();
    };
    let ticket = model.ticket();
    model.telling = Some(ticket);
    Effects::one(Effect::Tell { ticket, id })
}

/// The change is there, or not.
pub fn told(model: &mut Model, ticket: Ticket, answer: Result<Box<Told>, String>) -> Effects {
    if model.telling.take_if(|asked| *asked == ticket).is_none() {
        return Effects::none();
    }
    match answer {
        Err(why) => {
            model.refuse(why);
            Effects::none()
        }
        Ok(told) if model.overlay.is_none() => summarise(model, &told),
        // The agent has gone on to something else.
        Ok(_) => Effects::none(),
    }
}

fn show_summary(model: &mut Model) -> Effects {
    let Some(Overlay::History(history)) = &model.overlay else {
        return Effects::none();
    };
    let told = history.here().cloned();
    told.map_or_else(Effects::none, |told| summarise(model, &told))
}

/// Shows what goes into the ticket, and copies it where it is not too long.
fn summarise(model: &mut Model, told: &Told) -> Effects {
    let text = summary(told);
    let below = model.overlay.take().map(Box::new);
    model.overlay = Some(Overlay::Summary(Summary { text: text.clone(), scroll: 0, below }));
    if text.len() > MOST_COPIED {
        model.say("Too long to be copied: it is shown here in full.");
        return Effects::none();
    }
    model.say("Copied if your terminal allows it; here it is in full.");
    Effects::one(Effect::Copy(text))
}

/// Reads the change and the person again, to see what can be taken back.
fn ask_undo(model: &mut Model) -> Effects {
    let why = sending::forbidden_now(model);
    let ticket = model.ticket();
    let Some(Overlay::History(history)) = &mut model.overlay else {
        return Effects::none();
    };
    let Some(told) = history.here() else {
        return Effects::none();
    };
    let id = told.change.id;
    if let Some(why) = why.or_else(|| undo::forbids(&told.change)) {
        model.refuse(why);
        return Effects::none();
    }
    let scroll = history.detail.as_ref().map_or(0, |detail| detail.scroll);
    history.detail = Some(Detail { scroll, undoing: Undoing::Reading(ticket) });
    Effects::one(Effect::ForUndo { ticket, id })
}

/// The change and the person are there: what can be taken back is reviewed, and what stays is said with it.
pub fn for_undo(model: &mut Model, ticket: Ticket, answer: Result<(Box<Told>, Box<Person>), String>) -> Effects {
    let Some(history) = history_of(model.overlay.as_mut()) else {
        return Effects::none();
    };
    let Some(detail) = history.detail.as_mut().filter(|detail| detail.undoing == Undoing::Reading(ticket)) else {
        return Effects::none();
    };
    detail.undoing = Undoing::Not;
    let (told, person) = match answer {
        Ok(both) => both,
        Err(why) => {
            detail.undoing = Undoing::Refused { why, left: Vec::new() };
            return Effects::none();
        }
    };
    let planned = undo::undo(&told.change, &person, model.tenant.revision, &model.catalogues.update);
    let planned = planned.map_err(|refused| {
        detail.undoing = Undoing::Refused { why: refused.why, left: refused.left };
    });
    if let Some(row) = history.rows.iter_mut().find(|row| row.change.id == told.change.id) {
        *row = *told;
    }
    listing::refresh(model, &person);
    planned.map_or_else(|()| Effects::none(), |undo| sending::review_undo(model, undo))
}

#[cfg(test)]
mod tests;
