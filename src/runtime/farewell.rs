//! What the agent still has to know when the screen is gone.

use crate::app::model::Model;
use crate::app::status::{Answered, Job, Settling};
use crate::domain::code::Code;
use crate::domain::order::Order;
use crate::domain::outcome::{Settlement, Verdict};
use crate::domain::untrusted::visible;

/// One sentence about a request whose end was not seen, or that is not finished; nothing where all is said.
pub fn farewell(model: &Model) -> Option<String> {
    let code = match &model.status.job {
        Job::Nothing => None,
        Job::Sending(_) => Some(Code::Interrupted),
        Job::Answered(answered) => answered.code(),
    };
    let words = open_or_not(model)?;
    Some(code.map_or_else(|| words.clone(), |code| format!("{words} [{code}]")))
}

fn open_or_not(model: &Model) -> Option<String> {
    match &model.status.job {
        Job::Nothing => None,
        Job::Sending(sending) => Some(format!(
            "{} was on its way when the program ended. It may have been done: look the user up before sending it again.",
            name(&sending.order)
        )),
        Job::Answered(answered) => open_end(answered),
    }
}

fn open_end(answered: &Answered) -> Option<String> {
    let what = name(&answered.order);
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

fn name(order: &Order) -> String {
    format!("The request \"{} {}\"", order.word(), visible(order.username()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::msg::News;
    use crate::app::testing::{answer, done, doubt, filled, model, send, tell};
    use crate::domain::outcome::{Answer, PlatformState};

    fn after(answer: Box<Answer>) -> Option<String> {
        let mut model = filled();
        let (ticket, _) = send(&mut model);
        let _ = tell(&mut model, News::Answered(ticket, answer));
        farewell(&model)
    }

    #[test]
    fn what_is_finished_needs_no_word() {
        assert_eq!(farewell(&model()), None);
        assert_eq!(farewell(&filled()), None);
        assert_eq!(after(done()), None);
        assert_eq!(after(answer(Verdict::Rejected, &[])), None);
        assert_eq!(after(answer(Verdict::NotSent, &[])), None);
    }

    #[test]
    fn what_is_not_finished_is_named_with_what_to_do() {
        let mut sending = filled();
        send(&mut sending);
        let partial = [("social", PlatformState::Failed, Some(500), None)];
        for (words, what, next, code) in [
            (farewell(&sending), "was on its way", "look the user up before sending it again", "interrupted"),
            (after(doubt()), "is in doubt", "Look the user up before sending it again", "timeout"),
            (after(answer(Verdict::Partial, &partial)), "was partly done", "update it to repair", "partly-done"),
            (after(answer(Verdict::Pending, &[])), "is not confirmed", "queued it", "queued"),
        ] {
            let words = words.expect("a word about it");
            assert!(words.starts_with("The request \"create nora.vidal\" "), "{words}");
            assert!(words.contains(what) && words.contains(next), "{words}");
            assert!(words.ends_with(&format!(". [{code}]")), "{words}");
        }
    }
}
