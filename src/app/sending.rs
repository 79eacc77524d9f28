//! From the form to the review, from the review to the service, and what follows from the answer.
//!
//! Here is only what stands against sending anything; each step has a file of its own.

use crate::app::model::Model;

mod answer;
mod conflict;
mod doubt;
mod leaving;
mod reviewing;

pub use answer::answered;
pub use conflict::{conflict, three_way};
pub use doubt::{settled, status, woke};
pub use leaving::{send, submit};
pub use reviewing::{review, review_undo, show_repair, synchronization, transcribed};

fn forbidden(model: &Model) -> Option<&'static str> {
    read_only(model).or_else(|| model.status.forbids(model.form_ticket))
}

/// Why nothing can be sent at all, in words.
pub fn read_only(model: &Model) -> Option<&'static str> {
    let tenant = model.tenant.read_only.then_some("This tenant is read-only: nothing can be sent.");
    tenant.or(model.no_journal.as_ref().map(|_| "There is no journal to keep a change in first: nothing can be sent."))
}

/// Why a deed cannot be sent now, in words: it is not about the form, so only a request on its way is in the way.
pub fn forbidden_now(model: &Model) -> Option<&'static str> {
    read_only(model).or_else(|| model.status.sending().map(|_| "A request is on its way; wait for its answer."))
}
