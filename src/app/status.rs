//! The status pane: what became of the last request, and what may be sent next.
//!
//! ```text
//!   Nothing --Send--> Sending --answer--> Answered --create in doubt--> Looking --nobody--> Waiting --> Looking --> settled
//! ```
//!
//! A submission is never sent twice and never aborted: Esc while it is on its way stops the watching, not the sending.

use crate::app::effect::Ticket;
use crate::domain::code::Code;
use crate::domain::order::Order;
use crate::domain::outcome::{Answer, Settlement, Verdict};

/// What a person does in the pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// By rows; down where positive.
    Move(i16),
    /// Show the row in full.
    Detail,
    /// Open the user of the last request.
    Edit,
    /// Look the username up now.
    Look,
}

/// The pane.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// What there is to show.
    pub job: Job,
    /// The platform under the cursor.
    pub row: usize,
}

/// The life of one request.
#[derive(Clone, Debug, Default)]
pub enum Job {
    /// Nothing was sent yet.
    #[default]
    Nothing,
    /// It is on its way.
    Sending(Sending),
    /// It was answered, or something else became of it.
    Answered(Box<Answered>),
}

/// A request on its way.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The question that was asked.
    pub ticket: Ticket,
    /// What was sent.
    pub order: Order,
    /// The form that it was made from.
    pub form: Ticket,
    /// Seconds since it left.
    pub seconds: u64,
    /// The clock that counts them.
    pub tick: Ticket,
    /// The agent still watches.
    pub watched: bool,
}

/// A request of which the outcome is known, as far as it can be.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What was sent.
    pub order: Order,
    /// The form that it was made from.
    pub form: Ticket,
    /// What became of it.
    pub answer: Answer,
    /// For a create in doubt: what looking the username up found.
    pub settling: Settling,
}

/// How far the looking-up after a create in doubt is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Settling {
    /// There is nothing to settle.
    #[default]
    NotNeeded,
    /// The username is being looked up.
    Looking {
        /// The question.
        ticket: Ticket,
        /// The window has passed, so that this answer is the last.
        last: bool,
    },
    /// Nobody of that name was there; it is looked up again when the window has passed.
    Waiting(Ticket),
    /// What was found, after which nothing more will be looked up by itself.
    Settled(Settlement),
}

impl Answered {
    /// The verdict with what the looking-up found: a create that is there is done, whoever saw it.
    pub fn verdict(&self) -> Verdict {
        match &self.settling {
            Settling::Settled(Settlement::Ours(_)) => Verdict::Applied,
            Settling::Settled(Settlement::SomeoneElse(_)) => Verdict::Rejected,
            Settling::Settled(Settlement::Nobody | Settlement::Unknown(_))
            | Settling::NotNeeded
            | Settling::Looking { .. }
            | Settling::Waiting(_) => self.answer.report.verdict,
        }
    }

    /// The stable name of what went wrong, with what the looking-up found; nothing where it was done.
    pub fn code(&self) -> Option<Code> {
        match &self.settling {
            Settling::Settled(Settlement::Ours(_)) => None,
            Settling::Settled(Settlement::SomeoneElse(_)) => Some(Code::SomeoneElse),
            Settling::Settled(Settlement::Nobody | Settlement::Unknown(_))
            | Settling::NotNeeded
            | Settling::Looking { .. }
            | Settling::Waiting(_) => Code::of_report(&self.answer.report),
        }
    }

    /// Why the form that made this request must not be sent again, in words; nothing where it may be.
    pub fn forbids(&self) -> Option<&'static str> {
        if !self.order.is_create() {
            return None;
        }
        match self.verdict() {
            Verdict::Applied | Verdict::Pending => Some("This user was created. e opens the user, ^N begins another."),
            Verdict::Partial => Some(
                "The user exists on some platforms. e opens the user: an update repairs it, a second create does not.",
            ),
            Verdict::InDoubt => match self.settling {
                Settling::Settled(Settlement::Nobody) => None,
                Settling::Settled(_) | Settling::NotNeeded => {
                    Some("It is not known whether the user was created: l looks again.")
                }
                Settling::Looking { .. } | Settling::Waiting(_) => {
                    Some("It is not known yet whether the user was created: wait for the look-up, or l looks now.")
                }
            },
            Verdict::Rejected | Verdict::NotSent => None,
        }
    }
}

impl Status {
    /// The request that is on its way.
    pub fn sending(&self) -> Option<&Sending> {
        match &self.job {
            Job::Sending(sending) => Some(sending),
            Job::Nothing | Job::Answered(_) => None,
        }
    }

    /// The request that was answered last.
    pub fn answered(&self) -> Option<&Answered> {
        match &self.job {
            Job::Answered(answered) => Some(answered),
            Job::Nothing | Job::Sending(_) => None,
        }
    }

    /// Why the form must not be sent now, in words.
    pub fn forbids(&self, form: Ticket) -> Option<&'static str> {
        match &self.job {
            Job::Nothing => None,
            Job::Sending(_) => Some("A request is on its way; wait for its answer."),
            Job::Answered(answered) if answered.form == form => answered.forbids(),
            Job::Answered(_) => None,
        }
    }

    /// Moves the cursor over the platforms.
    pub fn go(&mut self, by: i16) {
        let rows = self.answered().map_or(0, |answered| answered.answer.report.platforms.len());
        self.row = self.row.saturating_add_signed(by.into()).min(rows.saturating_sub(1));
    }
}

/// What is known of the server and what to do next, after the verdict's own word.
pub fn advice(answered: &Answered) -> &'static str {
    let create = answered.order.is_create();
    match (answered.verdict(), &answered.settling) {
        (Verdict::Applied, _) => "",
        (Verdict::Pending, _) => "accepted, not confirmed: the platforms that queued it will not say how it ended",
        (Verdict::NotSent, _) => "nothing was changed; what you typed is kept; ^S sends it again",
        (Verdict::Rejected, Settling::Settled(_)) => "somebody else has this username; what you typed is kept",
        (Verdict::Rejected, _) => "nothing was changed; what you typed is kept; mend it and send again",
        (Verdict::Partial, _) if create => "some platforms have the user; e opens the user to repair it",
        (Verdict::Partial, _) => "some platforms have the change; what you typed is kept; ^S sends it again",
        (Verdict::InDoubt, _) if !create => {
            "it may have been done; e reads the user afresh; what you typed is kept until then"
        }
        (Verdict::InDoubt, Settling::Looking { .. }) => "it may have been done; looking the username up",
        (Verdict::InDoubt, Settling::Waiting(_)) => {
            "nobody of this name yet; it may still arrive; looking again within a minute"
        }
        (Verdict::InDoubt, Settling::Settled(Settlement::Nobody)) => {
            "nobody of this name, looked up twice; what you typed is kept; ^S sends it again"
        }
        (Verdict::InDoubt, Settling::Settled(_) | Settling::NotNeeded) => {
            "it may have been done; l looks the username up"
        }
    }
}
