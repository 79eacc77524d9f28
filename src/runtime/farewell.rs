//! What the agent still has to know when the screen is gone.

use crate::app::model::Model;
use crate::app::status::{Answered, Job, Settling};
use crate::domain::outcome::{Settlement, Verdict};
use crate::domain::request::Request;
use crate::domain::untrusted::visible;

/// One sentence about a request whose end was not seen, or that is not finished; nothing where all is said.
pub fn farewell(model: &Model) -> Option<String> {
    match &model.status.job {
        Job::Nothing => None,
        Job::Sending(sending) => Some(format!(
            "{} was on its way when the program ended. It may have been done: look the user up before sending it again.",
            name(&sending.request)
        )),
        Job::Answered(answered) => open_end(answered),
    }
}

fn open_end(answered: &Answered) -> Option<String> {
    let what = name(&answered.request);
    match (answered.verdict(), &answered.settling) {
        (Verdict::InDoubt, Settling::Settled(Settlement::Nobody)) => Some(format!(
            "{what} is in doubt: nobody of this name was found, looked up twice. It may still arrive: look the user up before sending it again."
        )),
        (Verdict::InDoubt, _) => {
            Some(format!("{what} is in doubt: it may have been done. Look the user up before sending it again."))
        }
        (Verdict::Partial, _) => Some(format!(
            "{what} was partly done: some platforms have it. Open the user and update it to repair the others."
        )),
        (Verdict::Pending, _) => Some(format!("{what} was accepted and is not confirmed: a platform queued it.")),
        (Verdict::Applied | Verdict::NotSent | Verdict::Rejected, _) => None,
    }
}

fn name(request: &Request) -> String {
    format!("The {} of {}", request.operation(), visible(request.username()))
}
