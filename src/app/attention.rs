//! What needs attention: every change that is not finished, and what can be done about each.
//!
//! The list is the journal's; it is read at the start, after every answer, and whenever it is opened. A create in doubt is looked up by
//! itself once, and again when its window is over; nothing that is in this list is ever sent by itself. What an age or a time is in words
//! comes with the list, because nothing here reads a clock.
//!
//! Not here: what a look shows ([`crate::domain::look_up`]) and what may be sent again ([`crate::domain::repair`]). When something is looked
//! up by itself is in [`watch`], what is sent because somebody pressed a key in [`mending`], and the words in [`words`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::app::editor::TextEditor;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::listing;
use crate::app::model::{Model, Overlay};
use crate::domain::look_up;
use crate::domain::outcome::PlatformReport;
use crate::domain::person::Person;
use crate::domain::record::{Change, ChangeId};
use crate::domain::repair::AtHand;

pub mod mending;
#[cfg(test)]
mod tests;
pub mod watch;
pub mod words;

/// What a person does with what needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Show the list.
    Show,
    /// By lines; down where positive.
    Move(i16),
    /// Show the change under the cursor in full.
    Open,
    /// Look it up.
    LookUp,
    /// Fill the form with a create that was not found, to send it anew.
    Again,
    /// The same although something was not sent.
    AgainAnyway(ChangeId),
    /// Send what was done in part once more.
    Repair,
    /// The same for the last request.
    RepairLast,
    /// Ask whether to take it off the list.
    AskDismiss,
    /// Take it off the list.
    Dismiss,
}

/// What the world is asked about changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Everything that needs attention.
    List,
    /// Look one up, and keep what that showed.
    LookUp(ChangeId),
    /// Take one off the list; with the reason.
    Dismiss(ChangeId, String),
}

/// What the world answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// Everything that needs attention, or in words why it cannot be known.
    List(Result<Vec<Item>, String>),
    /// One was looked up, or in words why not.
    LookedUp(ChangeId, Result<Box<(Item, Option<Person>)>, String>),
    /// One was taken off the list, or in words why not.
    Dismissed(ChangeId, Result<(), String>),
}

/// A change with its times in words, as they were when it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The change.
    pub change: Change,
    /// When it was sent, such as `14:02`.
    pub when: String,
    /// How long ago that was, such as `3 min ago`.
    pub age: String,
    /// How much of its window is left; nothing where it is over, or where there is none.
    pub wait: Option<Duration>,
    /// When each of its sequels happened, in their order.
    pub times: Vec<String>,
}

impl Item {
    /// Whether it is a create in doubt that somebody may send anew.
    pub fn is_gone(&self) -> bool {
        look_up::is_gone(self.change.at, &self.change.sequels)
    }

    /// What each platform answered.
    pub fn platforms(&self) -> &[PlatformReport] {
        self.change.outcome.as_ref().map_or(&[], |outcome| &outcome.platforms)
    }
}

/// Everything that is known of what needs attention.
#[derive(Clone, Debug, Default)]
pub struct Attention {
    /// The changes, the newest first.
    pub items: Vec<Item>,
    /// Why they are not known, in words.
    pub fault: Option<String>,
    /// What is looked up by itself.
    pub watched: BTreeMap<ChangeId, watch::Watch>,
    /// What the journal does not keep of the changes of this session.
    pub at_hand: BTreeMap<ChangeId, AtHand>,
    /// The repair for which somebody is being read.
    pub preparing: Option<(Ticket, ChangeId)>,
    /// The list was asked for, and this answer counts.
    asked: Option<Ticket>,
    /// The look that somebody asked for by hand.
    by_hand: Option<ChangeId>,
    /// The clock of what is waited for, while the list is shown.
    tick: Option<Ticket>,
}

impl Attention {
    /// How many changes need attention.
    pub fn count(&self) -> usize {
        self.items.len()
    }

    /// One of them.
    pub fn item(&self, id: ChangeId) -> Option<&Item> {
        self.items.iter().find(|item| item.change.id == id)
    }
}

/// The open list.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The line under the cursor.
    pub at: usize,
    /// The change that is shown in full, as it was seen last: it stays to be read when it is finished.
    pub open: Option<Box<Item>>,
    /// The first line of it that is shown.
    pub scroll: usize,
    /// The question whether to take it off the list, with the reason as typed.
    pub dismissing: Option<TextEditor>,
}

impl View {
    /// The change that the keys are about.
    pub fn item<'a>(&'a self, attention: &'a Attention) -> Option<&'a Item> {
        self.open.as_deref().or_else(|| attention.items.get(self.at))
    }
}

/// The change that the keys are about.
pub fn here(model: &Model) -> Option<&Item> {
    match &model.overlay {
        Some(Overlay::Attention(view)) => view.item(&model.attention),
        _ => None,
    }
}

/// Reads the list: at the start, and whenever something may have changed it.
pub fn refresh(model: &mut Model) -> Effects {
    let ticket = model.ticket();
    model.attention.asked = Some(ticket);
    Effects::one(Effect::Attention { ticket, wish: Wish::List })
}

/// Does what a person wants.
pub fn act(model: &mut Model, act: Act) -> Effects {
    match act {
        Act::Show => show(model, None),
        Act::Move(by) => {
            move_by(model, by);
            Effects::none()
        }
        Act::Open => {
            open(model);
            watch::go_on(model)
        }
        Act::LookUp => by_hand(model),
        Act::Again => mending::again(model),
        Act::AgainAnyway(id) => mending::again_anyway(model, id),
        Act::Repair => mending::repair(model),
        Act::RepairLast => mending::repair_last(model),
        Act::AskDismiss => {
            if let Some(Overlay::Attention(view)) = &mut model.overlay {
                view.dismissing = Some(TextEditor::new("", false));
            }
            Effects::none()
        }
        Act::Dismiss => dismiss(model),
    }
}

/// Shows the list, with a change in full where one is named. What rested is looked up once more.
pub fn show(model: &mut Model, open: Option<Item>) -> Effects {
    model.attention.watched.retain(|_, watch| !watch.rests());
    let at = open.as_ref().and_then(|open| place(model, open.change.id)).unwrap_or_default();
    model.overlay = Some(Overlay::Attention(Box::new(View { at, open: open.map(Box::new), ..View::default() })));
    refresh(model)
}

fn place(model: &Model, id: ChangeId) -> Option<usize> {
    model.attention.items.iter().position(|item| item.change.id == id)
}

fn move_by(model: &mut Model, by: i16) {
    let last = model.attention.count().saturating_sub(1);
    if let Some(Overlay::Attention(view)) = &mut model.overlay {
        if view.open.is_some() {
            view.scroll = view.scroll.saturating_add_signed(by.into()).min(500);
        } else {
            view.at = view.at.saturating_add_signed(by.into()).min(last);
        }
    }
}

fn open(model: &mut Model) {
    let item = here(model).cloned();
    if let Some(Overlay::Attention(view)) = &mut model.overlay
        && view.open.is_none()
    {
        view.open = item.map(Box::new);
        view.scroll = 0;
    }
}

/// Looks up the change under the cursor, because somebody said so.
fn by_hand(model: &mut Model) -> Effects {
    let Some(id) = here(model).map(|item| item.change.id) else { return Effects::none() };
    look_at(model, id)
}

/// Looks a change up, because somebody said so.
pub fn look_at(model: &mut Model, id: ChangeId) -> Effects {
    model.attention.by_hand = Some(id);
    model.say(format!("Looking {id} up."));
    watch::look(model, id)
}

fn dismiss(model: &mut Model) -> Effects {
    let Some(id) = here(model).map(|item| item.change.id) else { return Effects::none() };
    let Some(Overlay::Attention(view)) = &mut model.overlay else { return Effects::none() };
    let Some(reason) = view.dismissing.take() else { return Effects::none() };
    let (ticket, reason) = (model.ticket(), reason.text().trim().to_owned());
    Effects::one(Effect::Attention { ticket, wish: Wish::Dismiss(id, reason) })
}

/// One step back: from the question to the change, from the change to the list, from the list to the screen. Says whether that was all.
pub fn back(view: &mut View) -> bool {
    if view.dismissing.take().is_some() {
        return false;
    }
    view.open.take().is_none()
}

/// The world answered.
pub fn told(model: &mut Model, ticket: Ticket, told: Told) -> Effects {
    match told {
        Told::List(answer) => {
            if model.attention.asked != Some(ticket) {
                return Effects::none();
            }
            model.attention.asked = None;
            listed(model, answer)
        }
        Told::LookedUp(id, answer) => looked_up(model, ticket, id, answer),
        Told::Dismissed(id, answer) => dismissed(model, id, answer),
    }
}

fn listed(model: &mut Model, answer: Result<Vec<Item>, String>) -> Effects {
    match answer {
        Err(why) => {
            model.attention.fault = Some(why);
            Effects::none()
        }
        Ok(items) => {
            let under = here(model).map(|item| item.change.id);
            model.attention.fault = None;
            model.attention.items = items;
            model.attention.watched.retain(|id, _| model.attention.items.iter().any(|item| item.change.id == *id));
            keep_cursor(model, under);
            watch::go_on(model)
        }
    }
}

/// The cursor stays on its change, and what is shown in full is shown as it is now.
fn keep_cursor(model: &mut Model, under: Option<ChangeId>) {
    let (items, last) = (&model.attention.items, model.attention.count().saturating_sub(1));
    if let Some(Overlay::Attention(view)) = &mut model.overlay {
        let found = items.iter().position(|item| Some(item.change.id) == under);
        view.at = found.unwrap_or(view.at).min(last);
        if let (Some(open), Some(item)) = (&mut view.open, found.and_then(|at| items.get(at))) {
            **open = item.clone();
        }
    }
}

fn looked_up(
    model: &mut Model,
    ticket: Ticket,
    id: ChangeId,
    answer: Result<Box<(Item, Option<Person>)>, String>,
) -> Effects {
    let by_hand = model.attention.by_hand.take_if(|asked| *asked == id).is_some();
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => {
            if by_hand {
                model.refuse(format!("{id} was not looked up: {why}"));
            }
            watch::rest(model, ticket, id);
            return watch::go_on(model);
        }
    };
    let (item, person) = *answer;
    if let Some(person) = &person {
        listing::refresh(model, person);
    }
    if by_hand || !item.change.standing.needs_attention() {
        model.say(words::found(&item));
    }
    model.status.was_seen(&item.change);
    take(model, item);
    watch::answered(model, ticket, id)
}

/// Puts what is known now of a change in the place of what was known; what is finished leaves the list.
fn take(model: &mut Model, item: Item) {
    let id = item.change.id;
    if let Some(Overlay::Attention(view)) = &mut model.overlay
        && let Some(open) = &mut view.open
        && open.change.id == id
    {
        **open = item.clone();
    }
    if item.change.standing.needs_attention() {
        if let Some(there) = model.attention.items.iter_mut().find(|there| there.change.id == id) {
            *there = item;
        }
    } else {
        remove(model, id);
    }
}

fn remove(model: &mut Model, id: ChangeId) {
    let under = here(model).map(|item| item.change.id);
    model.attention.items.retain(|item| item.change.id != id);
    model.attention.watched.remove(&id);
    model.attention.at_hand.remove(&id);
    keep_cursor(model, under);
}

fn dismissed(model: &mut Model, id: ChangeId, answer: Result<(), String>) -> Effects {
    if let Err(why) = answer {
        model.refuse(format!("{id} stays on the list: {why}."));
        return Effects::none();
    }
    remove(model, id);
    if let Some(Overlay::Attention(view)) = &mut model.overlay
        && view.open.as_ref().is_some_and(|open| open.change.id == id)
    {
        view.open = None;
    }
    model.say(format!("{id} is off the list; it stays in the journal."));
    Effects::none()
}
