//! Looking up what is not known, and the status pane, from which that is asked for. Nothing here sends a change.

use std::sync::Arc;
use std::time::Duration;

use crate::app::attention;
use crate::app::drafts;
use crate::app::effect::{Effect, Effects, Ticket};
use crate::app::model::{Model, Overlay};
use crate::app::open::{Question, State};
use crate::app::status::{self, Answered, Job, Settling};
use crate::domain::order::Order;
use crate::domain::outcome::{Settlement, Verdict};
use crate::domain::record::WINDOW;

const SECOND: Duration = Duration::from_secs(1);

/// Looks the username of a create in doubt up.
pub(super) fn look(model: &mut Model, last: bool) -> Effects {
    let ticket = model.ticket();
    let Job::Answered(answered) = &mut model.status.job else {
        return Effects::none();
    };
    let Order::Change(request) = &answered.order else {
        return Effects::none();
    };
    let request = Arc::clone(request);
    answered.settling = Settling::Looking { ticket, last };
    Effects::one(Effect::Settle { ticket, request, change: answered.answer.report.change })
}

/// The username was looked up. Nobody there proves nothing until the window has passed.
pub fn settled(model: &mut Model, ticket: Ticket, settlement: Settlement) -> Effects {
    let wake = model.ticket();
    let Job::Answered(answered) = &mut model.status.job else {
        return Effects::none();
    };
    match answered.settling {
        Settling::Looking { ticket: asked, last } if asked == ticket => {
            if settlement == Settlement::Nobody && !last {
                answered.settling = Settling::Waiting(wake);
                return Effects::one(Effect::Wake { ticket: wake, after: WINDOW });
            }
            if settlement == Settlement::Nobody && answered.form == model.form_ticket {
                model.instead_of = answered.answer.report.change;
            }
            let is_kept = answered.answer.report.change.is_some();
            answered.settling = Settling::Settled(settlement);
            if is_kept { attention::refresh(model) } else { Effects::none() }
        }
        Settling::Looking { .. } | Settling::NotNeeded | Settling::Waiting(_) | Settling::Settled(_) => Effects::none(),
    }
}

/// The time that was asked for has passed: the clock of a request, the window after a doubt, or a password that is hidden again.
pub fn woke(model: &mut Model, ticket: Ticket) -> Effects {
    if model.form.reveal == Some(ticket) {
        model.form.reveal = None;
    }
    if let Some(Overlay::Deed(question)) = &mut model.overlay
        && question.reveal == Some(ticket)
    {
        question.reveal = None;
    }
    match &mut model.status.job {
        Job::Sending(sending) if sending.tick == ticket => {
            sending.seconds += 1;
            Effects::one(Effect::Wake { ticket, after: SECOND })
        }
        Job::Answered(answered) if answered.settling == Settling::Waiting(ticket) => look(model, true),
        Job::Sending(_) | Job::Answered(_) | Job::Nothing => Effects::none(),
    }
}

/// In the status pane.
pub fn status(model: &mut Model, act: status::Act) -> Effects {
    match act {
        status::Act::Move(by) => model.status.go(by),
        status::Act::Detail => {
            if model.status.answered().is_some() {
                model.overlay = Some(Overlay::Detail(0));
            }
        }
        status::Act::Edit => return open_last(model),
        status::Act::Look => return look_now(model),
    }
    Effects::none()
}

/// Looks again at once. While the window has not passed the answer is not the last.
fn look_now(model: &mut Model) -> Effects {
    let is_other = |answered: &&Answered| !answered.order.is_create() || answered.verdict() == Verdict::Pending;
    let other = model.status.answered().filter(is_other);
    if let Some(change) = other.and_then(|answered| answered.answer.report.change) {
        return attention::look_at(model, change);
    }
    let last = match model.status.answered() {
        Some(answered) if answered.answer.report.verdict == Verdict::InDoubt => match answered.settling {
            Settling::Looking { .. } => return Effects::none(),
            Settling::Settled(Settlement::Nobody) => true,
            Settling::NotNeeded | Settling::Waiting(_) | Settling::Settled(_) => false,
        },
        Some(_) | None => {
            model.refuse("Only a create in doubt is looked up.");
            return Effects::none();
        }
    };
    look(model, last)
}

/// Opens the user of the last request: by the id where the answer had one.
fn open_last(model: &mut Model) -> Effects {
    let Some(answered) = model.status.answered() else {
        return Effects::none();
    };
    if answered.form != model.form_ticket && drafts::loss(model).is_some() {
        model.refuse("What you typed was not sent: ^F asks about it, and opens a user.");
        return Effects::none();
    }
    let Some(key) = answered.answer.report.id.clone().or_else(|| answered.order.key()) else {
        return Effects::none();
    };
    let ticket = model.ticket();
    let mut question = Question::new();
    question.editor.paste(key.as_str());
    question.state = State::Reading(ticket, key.clone());
    model.overlay = Some(Overlay::Open(question));
    Effects::one(Effect::Read { ticket, key })
}
