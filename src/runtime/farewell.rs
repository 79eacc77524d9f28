//! What the agent still has to know when the screen is gone.

use crate::app::drafts;
use crate::app::model::Model;
use crate::app::status::{Answered, Job, Settling};
use crate::domain::code::Code;
use crate::domain::order::Order;
use crate::domain::outcome::{Settlement, Verdict};
use crate::domain::untrusted::visible;

/// What is still to be known: of a request whose end was not seen, or that is not finished, and of what was typed and not sent. Nothing
/// where all is said.
pub fn farewell(model: &Model) -> Option<String> {
    let typed = drafts::at_the_end(model).map(|words| visible(&words).into_owned());
    let words: Vec<String> = request_with_name(model).into_iter().chain(typed).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What is not finished, with the name of why.
fn request_with_name(model: &Model) -> Option<String> {
    let code = match &model.status.job {
        Job::Nothing => None,
        Job::Sending(_) => Some(Code::Interrupted),
        Job::Answered(answered) => answered.code(),
    };
    let words = request(model)?;
    Some(code.map_or_else(|| words.clone(), |code| format!("{words} [{code}]")))
}

fn request(model: &Model) -> Option<String> {
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
            "{what} was partly done: some platforms have it. It is kept: start the program again, and R under what needs attention repairs it."
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
        assert_eq!(after(done()), None);
    }

    #[test]
    fn what_was_typed_and_not_sent_is_said_to_be_kept() {
        let kept = "What you typed for nora.vidal was not sent: it is kept as a draft without the password, and the next start offers it.";
        assert_eq!(farewell(&filled()).as_deref(), Some(kept));
        assert_eq!(after(answer(Verdict::Rejected, &[])).as_deref(), Some(kept));
        assert_eq!(after(answer(Verdict::NotSent, &[])).as_deref(), Some(kept));
        let both = after(doubt()).expect("two sentences");
        assert!(both.contains("is in doubt") && both.ends_with(kept), "{both}");
        let mut full = filled();
        full.drafts.trouble = Some("the disk is full".into());
        assert!(farewell(&full).is_some_and(|words| words.ends_with("could not be kept: the disk is full")));
    }

    #[test]
    fn what_is_not_finished_is_named_with_what_to_do() {
        let mut sending = filled();
        send(&mut sending);
        let partial = [("social", PlatformState::Failed, Some(500), None)];
        for (words, what, next, code) in [
            (farewell(&sending), "was on its way", "look the user up before sending it again", "interrupted"),
            (after(doubt()), "is in doubt", "Look the user up before sending it again", "timeout"),
            (
                after(answer(Verdict::Partial, &partial)),
                "was partly done",
                "R under what needs attention repairs it",
                "partly-done",
            ),
            (after(answer(Verdict::Pending, &[])), "is not confirmed", "queued it", "queued"),
        ] {
            let words = words.expect("a word about it");
            assert!(words.starts_with("The request \"create nora.vidal\" "), "{words}");
            assert!(words.contains(what) && words.contains(next), "{words}");
            assert!(words.contains(&format!(". [{code}]")), "{words}");
        }
    }
}
