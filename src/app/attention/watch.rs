//! What is looked up by itself, and when: creates in doubt, and what was queued while it is shown.
//!
//! ```text
//! create in doubt:  look --nobody--> wait for the rest of the window --> look, for the last time
//! queued:           wait 2 s --> look --not yet--> 5 s --> look --> 15 s ... --> at rest
//! ```
//!
//! Looks are reads. One create is looked up at a time, so that a list of hundreds after a bad batch is no storm. What is queued is looked
//! up only while its change is shown, and not for ever: whoever wants to know later presses a key.

use std::time::Duration;

use crate::app::attention::{Item, Wish};
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::model::{Model, Overlay};
use crate::domain::look_up;
use crate::domain::record::{Act, ChangeId, Seen, Standing};

/// How long after its answer, and then after each look, what was queued is looked up.
pub const PAUSES: [Duration; 5] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(300),
];

const SECOND: Duration = Duration::from_secs(1);

/// How far the looking is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    stage: Stage,
    looks: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Looking(Ticket),
    Waiting(Ticket),
    Resting,
}

impl Watch {
    /// Whether nothing will happen by itself any more.
    pub fn rests(&self) -> bool {
        self.stage == Stage::Resting
    }

    /// Whether it is being looked up.
    pub fn looks(&self) -> bool {
        matches!(self.stage, Stage::Looking(_))
    }
}

/// Begins what is to be looked up by itself now.
pub fn go_on(model: &mut Model) -> Effects {
    let mut effects = tick(model);
    let creates = model.attention.items.iter().filter(|item| is_open_create(model, item));
    if let Some(id) = creates.map(|item| item.change.id).next()
        && !is_busy(model)
    {
        effects = effects.and(look(model, id));
    }
    let queued = model.attention.items.iter().filter(|item| is_shown_and_queued(model, item));
    let queued: Vec<ChangeId> = queued.map(|item| item.change.id).collect();
    queued.into_iter().fold(effects, |effects, id| {
        let wait = wait(model, id, 0, PAUSES[0]);
        effects.and(wait)
    })
}

/// Whether a create in doubt is being looked up already.
fn is_busy(model: &Model) -> bool {
    let is_create = |id: &ChangeId| model.attention.item(*id).is_some_and(|item| item.change.intent.act == Act::Create);
    model.attention.watched.iter().any(|(id, watch)| watch.looks() && is_create(id))
}

/// A create in doubt of which nobody has looked yet whether it is there. That of the status is looked up by the status itself.
fn is_open_create(model: &Model, item: &Item) -> bool {
    let change = &item.change;
    let is_of_the_status = model
        .status
        .answered()
        .is_some_and(|answered| answered.answer.report.change == Some(change.id) && answered.order.is_create());
    change.standing == Standing::InDoubt
        && change.intent.act == Act::Create
        && !item.is_gone()
        && !is_of_the_status
        && !model.attention.watched.contains_key(&change.id)
}

fn is_shown_and_queued(model: &Model, item: &Item) -> bool {
    !model.attention.watched.contains_key(&item.change.id) && is_followed(model, item)
}

/// Whether what was queued is looked up again while it is shown.
fn is_followed(model: &Model, item: &Item) -> bool {
    let change = &item.change;
    change.standing == Standing::Queued
        && look_up::refusal(change).is_none()
        && !matches!(look_up::last(change), Some(Seen::Done))
        && is_shown(model, change.id)
}

/// Whether a change is before somebody's eyes: in the status, or in full.
fn is_shown(model: &Model, id: ChangeId) -> bool {
    let in_full = match &model.overlay {
        Some(Overlay::Attention(view)) => view.open.as_ref().is_some_and(|open| open.change.id == id),
        _ => false,
    };
    in_full || model.status.answered().is_some_and(|answered| answered.answer.report.change == Some(id))
}

/// Looks a change up now.
pub fn look(model: &mut Model, id: ChangeId) -> Effects {
    let ticket = model.ticket();
    let looks = model.attention.watched.get(&id).map_or(0, |watch| watch.looks);
    model.attention.watched.insert(id, Watch { stage: Stage::Looking(ticket), looks: looks + 1 });
    Effects::one(Effect::Attention { ticket, wish: Wish::LookUp(id) })
}

fn wait(model: &mut Model, id: ChangeId, looks: usize, after: Duration) -> Effects {
    let ticket = model.ticket();
    model.attention.watched.insert(id, Watch { stage: Stage::Waiting(ticket), looks });
    Effects::one(Effect::Wake { ticket, after })
}

/// A look could not be made: it is not tried again by itself.
pub fn rest(model: &mut Model, ticket: Ticket, id: ChangeId) {
    if let Some(watch) = model.attention.watched.get_mut(&id)
        && watch.stage == Stage::Looking(ticket)
    {
        watch.stage = Stage::Resting;
    }
}

/// A look was answered. What follows depends on what is known now.
pub fn answered(model: &mut Model, ticket: Ticket, id: ChangeId) -> Effects {
    let Some(watch) = model.attention.watched.get(&id).copied() else { return go_on(model) };
    if watch.stage != Stage::Looking(ticket) {
        return go_on(model);
    }
    rest(model, ticket, id);
    let Some(item) = model.attention.item(id) else { return go_on(model) };
    let next = match item.change.standing {
        Standing::InDoubt if item.change.intent.act == Act::Create => rest_of_window(item),
        Standing::Queued if is_followed(model, item) => PAUSES.get(watch.looks).copied(),
        Standing::InDoubt
        | Standing::Queued
        | Standing::Open
        | Standing::Partial
        | Standing::Done
        | Standing::Rejected
        | Standing::NotSent
        | Standing::Mended
        | Standing::Dismissed => None,
    };
    let waited = next.map_or_else(Effects::none, |after| wait(model, id, watch.looks, after));
    waited.and(go_on(model))
}

/// How long until a create in doubt is looked up for the last time. A look that came just before the end of the window is made once more.
fn rest_of_window(item: &Item) -> Option<Duration> {
    let is_short = look_up::last(&item.change) == Some(&Seen::Nobody) && !item.is_gone();
    item.wait.or(is_short.then_some(SECOND))
}

/// The time that was asked for has passed.
pub fn woke(model: &mut Model, ticket: Ticket) -> Effects {
    if model.attention.tick == Some(ticket) {
        return count_down(model, ticket);
    }
    let waiting = model.attention.watched.iter().find(|(_, watch)| watch.stage == Stage::Waiting(ticket));
    let Some(id) = waiting.map(|(id, _)| *id) else { return Effects::none() };
    let is_wanted = match model.attention.item(id) {
        Some(item) => item.change.standing == Standing::InDoubt || is_followed(model, item),
        None => false,
    };
    if is_wanted {
        return look(model, id);
    }
    model.attention.watched.remove(&id);
    Effects::none()
}

/// Whether the list is open and counts something down.
fn counts(model: &Model) -> bool {
    matches!(model.overlay, Some(Overlay::Attention(_))) && model.attention.items.iter().any(|item| item.wait.is_some())
}

/// Begins to count down, where somebody looks at it.
fn tick(model: &mut Model) -> Effects {
    if !counts(model) || model.attention.tick.is_some() {
        return Effects::none();
    }
    let ticket = model.ticket();
    model.attention.tick = Some(ticket);
    Effects::one(Effect::Wake { ticket, after: SECOND })
}

fn count_down(model: &mut Model, ticket: Ticket) -> Effects {
    model.attention.tick = None;
    let less = |item: &mut Item| {
        item.wait = item.wait.and_then(|wait| wait.checked_sub(SECOND)).filter(|wait| !wait.is_zero());
    };
    model.attention.items.iter_mut().for_each(less);
    if let Some(Overlay::Attention(view)) = &mut model.overlay
        && let Some(open) = &mut view.open
    {
        less(open);
    }
    if !counts(model) {
        return Effects::none();
    }
    model.attention.tick = Some(ticket);
    Effects::one(Effect::Wake { ticket, after: SECOND })
}
