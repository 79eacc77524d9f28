//! What follows from an answer: it counts once, what was blamed is gone to, and whoever it was about is read again.

use crate::app::attention;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::model::Model;
use crate::app::sending::doubt::look;
use crate::app::sending::reviewing::go_to_field;
use crate::app::status::{Answered, Job, Settling};
use crate::domain::deed::Deed;
use crate::domain::fields::Field;
use crate::domain::key::UserKey;
use crate::domain::order::Order;
use crate::domain::outcome::{Answer, Verdict};
use crate::domain::record::Standing;
use crate::domain::repair::AtHand;

/// The answer is there. It counts once, and for the request that was asked about.
pub fn answered(model: &mut Model, ticket: Ticket, answer: Answer) -> Effects {
    let Job::Sending(sending) = &model.status.job else {
        return Effects::none();
    };
    if sending.ticket != ticket {
        return Effects::none();
    }
    let (order, form, watched) = (sending.order.clone(), sending.form, sending.watched);
    let repair = sending.repair.clone();
    let verdict = answer.report.verdict;
    if !watched {
        model.say(format!("{} {}: {}", order.word(), order.username(), verdict.word()));
    }
    let ours = form == model.form_ticket && !matches!(order, Order::Deed(_));
    if ours && verdict != Verdict::Applied {
        blame(model, &answer);
    }
    let listed = keep_at_hand(model, &answer, &order);
    let answered = Answered { order: order.clone(), form, answer, settling: Settling::NotNeeded, repair, seen: None };
    model.status.job = Job::Answered(Box::new(answered));
    let follows = match verdict {
        Verdict::InDoubt if order.is_create() => look(model, false),
        Verdict::Applied | Verdict::Pending if order.is_update() && ours => reload(model),
        Verdict::Applied | Verdict::Pending => look_at_again(model, &order),
        Verdict::NotSent | Verdict::Rejected | Verdict::Partial | Verdict::InDoubt => Effects::none(),
    };
    follows.and(listed)
}

/// Keeps in memory what a repair would need and the journal does not have, and reads the list anew: what is not finished is on it now.
fn keep_at_hand(model: &mut Model, answer: &Answer, order: &Order) -> Effects {
    let Some(change) = answer.report.change else { return Effects::none() };
    if Standing::after(answer.report.verdict).needs_attention() {
        model.attention.at_hand.insert(change, AtHand::of(order));
    }
    attention::refresh(model)
}

/// Reads whom a deed or a create was about, so that the list shows them as they are now. Who was deleted is not shown any more.
fn look_at_again(model: &mut Model, order: &Order) -> Effects {
    if let Order::Deed(deed) = order
        && deed.deed == Deed::Delete
    {
        model.people.forget(deed.key.as_str(), &deed.username);
        return Effects::none();
    }
    let Some(key) = order.key() else {
        return Effects::none();
    };
    let same = model.form.subject.person().is_some_and(|person| person.username == order.username());
    if same && !model.has_unsent_work() {
        return reload(model);
    }
    let ticket = model.ticket();
    Effects::one(Effect::Read { ticket, key })
}

/// Puts the service's words beside the fields that it blames, and goes to the first.
fn blame(model: &mut Model, answer: &Answer) {
    let blamed: Vec<_> = answer
        .report
        .messages()
        .filter_map(|message| Some((Field::blamed_in(message.raw())?, message.clone())))
        .collect();
    // A create that was done in part is locked, so there the agent stays where e opens the user.
    if let Some((field, _)) = blamed.first().filter(|_| answer.report.verdict == Verdict::Rejected) {
        go_to_field(model, *field);
    }
    model.form.blamed = blamed;
}

/// Reads the user again, so that the form shows what is there now. A picture that was sent is not sent again.
fn reload(model: &mut Model) -> Effects {
    model.image.photo = None;
    let Some(key) = model
        .form
        .subject
        .person()
        .and_then(|person| UserKey::parse(person.id.as_deref().unwrap_or(&person.username)).ok())
    else {
        return Effects::none();
    };
    let ticket = model.ticket();
    model.reloading = Some(ticket);
    Effects::one(Effect::Read { ticket, key })
}
