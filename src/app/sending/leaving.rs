//! From the review to the service: the last look at whether it may leave, and what is kept with it.

use std::time::Duration;

use crate::app::effect::{Effect, Effects};
use crate::app::model::{Focus, Model, Overlay, Screen};
use crate::app::msg::Act;
use crate::app::review::{Repairing, Review};
use crate::app::sending::reviewing::review;
use crate::app::sending::{forbidden, forbidden_now};
use crate::app::status::{Job, Sending};
use crate::app::ticket_number;
use crate::domain::order::Order;
use crate::domain::record::{ChangeId, Circumstances, Purpose};
use crate::domain::tenant::Synchronization;

const SECOND: Duration = Duration::from_secs(1);

/// Sends what the review shows. Without a review it opens one: nothing is ever sent unseen.
pub fn send(model: &mut Model) -> Effects {
    let of_form = match &model.overlay {
        Some(Overlay::Review(review)) => review.repair.is_none() && review.purpose == Purpose::Change,
        Some(_) | None => true,
    };
    let why = if of_form { forbidden(model) } else { forbidden_now(model) };
    if let Some(why) = why {
        model.overlay = None;
        model.refuse(why);
        return Effects::none();
    }
    if matches!(model.overlay, Some(Overlay::Review(_)))
        && let Some(effects) = ticket_number::ask_first(model, Act::Send)
    {
        return effects;
    }
    match model.overlay.take() {
        Some(Overlay::Review(Review { order, repair, purpose, .. })) => submit_as(model, order, repair, purpose),
        Some(_) | None => review(model),
    }
}

/// Sends an order that was reviewed or asked about.
pub fn submit(model: &mut Model, order: Order) -> Effects {
    submit_as(model, order, None, Purpose::Change)
}

/// The same with its reason. What is sent because of another change was not made from the form, and leaves it alone.
fn submit_as(model: &mut Model, order: Order, repair: Option<Box<Repairing>>, purpose: Purpose) -> Effects {
    let (ticket, tick) = (model.ticket(), model.ticket());
    let form = match &repair {
        Some(repair) => repair.form,
        None if purpose == Purpose::Change => model.form_ticket,
        None => model.ticket(),
    };
    let mut circumstances = circumstances(model, &order, repair.as_deref());
    if purpose != Purpose::Change {
        circumstances.purpose = purpose;
    }
    let synchronization = if repair.is_some() { Synchronization::Synchronous } else { model.synchronization };
    model.status.make_room();
    model.status.job =
        Job::Sending(Sending { ticket, order: order.clone(), form, seconds: 0, tick, watched: true, repair });
    model.status.row = 0;
    // From the list the next person can be seen to at once; from the form what comes next is reading the answer.
    model.focus = if model.screen == Screen::People { Focus::List } else { Focus::Status };
    model.form.blamed.clear();
    Effects::one(Effect::Submit { ticket, order, synchronization, circumstances })
        .and(Effects::one(Effect::Wake { ticket: tick, after: SECOND }))
}

/// What is kept with an order. A create replaces one in doubt only where it is of the same username.
fn circumstances(model: &mut Model, order: &Order, repair: Option<&Repairing>) -> Circumstances {
    let mut kept = model.circumstances();
    if let Some(repair) = repair {
        kept.purpose = Purpose::Repair(repair.of);
    } else if order.is_create() {
        let is_of = |id: &ChangeId| {
            model.attention.item(*id).is_none_or(|item| item.change.intent.username == order.username())
        };
        kept.instead_of = model.instead_of.filter(is_of);
        model.instead_of = None;
    }
    kept
}
