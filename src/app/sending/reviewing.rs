//! From the form to the review: what stands against it, what is shown, and in which mode.

use std::sync::Arc;

use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::model::{Focus, Model, Overlay};
use crate::app::review::{Repairing, Review};
use crate::app::sending::forbidden;
use crate::domain::draft::{Fault, Refusal};
use crate::domain::fields::Field;
use crate::domain::order::Order;
use crate::domain::outcome::Verdict;
use crate::domain::record::Purpose;
use crate::domain::tenant::Synchronization;
use crate::domain::undo::{Left, Undo};
use crate::domain::untrusted::visible;

/// Opens the review, or says everything that stands against it and goes to the first of it.
pub fn review(model: &mut Model) -> Effects {
    if let Some(why) = forbidden(model) {
        model.refuse(why);
        return Effects::none();
    }
    model.form.tried = true;
    match model.draft().check(model.catalogue()) {
        Ok(request) => show(model, Order::Change(Arc::new(request))),
        Err(Refusal::Nothing) => {
            model.refuse("Nothing was changed, so there is nothing to send.");
            Effects::none()
        }
        Err(Refusal::Faults(faults)) => {
            go_to_first(model, &faults);
            Effects::none()
        }
    }
}

fn show(model: &mut Model, order: Order) -> Effects {
    let ticket = model.ticket();
    let doubt = model.instead_of.is_some() && order.is_create()
        || model.status.answered().is_some_and(|answered| {
            answered.form == model.form_ticket && answered.verdict() == Verdict::InDoubt && answered.order.is_create()
        });
    let warning = doubt.then(|| {
        "An earlier request for this username is in doubt. It was looked up twice and not found; sending again may still make two.".to_owned()
    });
    open_review(model, order, ticket, warning, Purpose::Change)
}

/// Shows what a repair would send.
pub fn show_repair(model: &mut Model, order: Order, repairing: Repairing) -> Effects {
    let ticket = model.ticket();
    let synchronization = Synchronization::Synchronous;
    let transcribe = Effect::Transcribe { ticket, order: order.clone(), synchronization };
    let repair = Some(Box::new(repairing));
    model.overlay = Some(Overlay::Review(Review {
        order,
        ticket,
        transcript: None,
        scroll: 0,
        warning: None,
        repair,
        purpose: Purpose::Change,
        below: None,
    }));
    Effects::one(transcribe)
}

/// Shows what would take a change back, and first what of it stays as it is.
pub fn review_undo(model: &mut Model, undo: Undo) -> Effects {
    let ticket = model.ticket();
    // One line each, whatever the texts from outside hold.
    let stays = |left: &Left| visible(&format!("Stays as it is: {} {}", left.what, left.why)).into_owned();
    let stays: Vec<String> = undo.left.iter().map(stays).collect();
    let warning = (!stays.is_empty()).then(|| stays.join("\n"));
    open_review(model, undo.order, ticket, warning, Purpose::Undo(undo.of))
}

fn open_review(model: &mut Model, order: Order, ticket: Ticket, warning: Option<String>, purpose: Purpose) -> Effects {
    let transcribe = Effect::Transcribe { ticket, order: order.clone(), synchronization: model.synchronization };
    let below = model.overlay.take().filter(|_| purpose != Purpose::Change).map(Box::new);
    model.overlay = Some(Overlay::Review(Review {
        order,
        ticket,
        transcript: None,
        scroll: 0,
        warning,
        repair: None,
        purpose,
        below,
    }));
    Effects::one(transcribe)
}

/// The written-out request is there.
pub fn transcribed(model: &mut Model, ticket: Ticket, text: String) -> Effects {
    let open = match &mut model.overlay {
        Some(Overlay::TicketNumber(question)) => question.below_mut(),
        open => open.as_mut(),
    };
    if let Some(Overlay::Review(review)) = open
        && review.ticket == ticket
    {
        review.transcript = Some(text);
    }
    Effects::none()
}

/// Changes the mode; an open review is written out anew, because the mode is in it.
pub fn synchronization(model: &mut Model) -> Effects {
    if matches!(&model.overlay, Some(Overlay::Review(review)) if review.repair.is_some()) {
        model.refuse("A repair waits for every platform: only then each says what it did.");
        return Effects::none();
    }
    model.synchronization = model.synchronization.other();
    model.say(format!("The next request is {}.", model.synchronization.word()));
    match model.overlay.take() {
        Some(Overlay::Review(review)) => {
            let (ticket, order) = (model.ticket(), review.order.clone());
            model.overlay = Some(Overlay::Review(Review { ticket, transcript: None, ..review }));
            Effects::one(Effect::Transcribe { ticket, order, synchronization: model.synchronization })
        }
        other => {
            model.overlay = other;
            Effects::none()
        }
    }
}

fn go_to_first(model: &mut Model, faults: &[Fault]) {
    let Some(first) = faults.first() else {
        return;
    };
    go_to_field(model, first.field);
    let label = first.field.spec().label;
    model.refuse(match faults.len() {
        1 => format!("Not sent: {label} {}.", first.words),
        more => format!("Not sent: {more} fields need mending. First: {label} {}.", first.words),
    });
}

pub(super) fn go_to_field(model: &mut Model, field: Field) {
    if field == Field::Roles {
        model.focus = Focus::Roles;
    } else if field == Field::Image {
        model.focus = Focus::Image;
    } else if model.form.go_to(field) {
        model.focus = Focus::Fields;
    }
}
