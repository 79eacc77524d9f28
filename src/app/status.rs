//! The status pane: what became of the last request, and what may be sent next.
//!
//! ```text
//!   Nothing --Send--> Sending --answer--> Answered --create in doubt--> Looking --nobody--> Waiting --> Looking --> settled
//! ```
//!
//! A submission is never sent twice and never aborted: Esc while it is on its way stops the watching, not the sending.

use crate::app::effect::Ticket;
use crate::app::review::Repairing;
use crate::domain::code::Code;
use crate::domain::look_up;
use crate::domain::order::Order;
use crate::domain::outcome::{Answer, PlatformReport, Settlement, Verdict};
use crate::domain::record::{Change, Seen};
use crate::domain::untrusted::Untrusted;

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
    /// A create of a form that is still there, of which the answer made room for that of another request: what it says about sending the
    /// form again still counts.
    pub earlier: Option<Box<Answered>>,
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
    /// What it repairs, where it is a repair.
    pub repair: Option<Box<Repairing>>,
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
    /// What it repairs, where it is a repair.
    pub repair: Option<Box<Repairing>>,
    /// What looking the change up showed since.
    pub seen: Option<Seen>,
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
            _ if self.is_settled_by(&Seen::Done) => Verdict::Applied,
            _ if self.order.is_create() && self.is_settled_by(&Seen::SomeoneElse) => Verdict::Rejected,
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

    /// Whether a look settled what the answer had left in doubt.
    fn is_settled_by(&self, seen: &Seen) -> bool {
        self.answer.report.verdict == Verdict::InDoubt && self.seen.as_ref() == Some(seen)
    }

    /// What a platform had said before this request repaired it.
    pub fn before(&self, name: &Untrusted) -> Option<&PlatformReport> {
        self.repair.as_ref()?.before.iter().find(|row| row.name == *name)
    }

    /// The platforms that had answered before this request repaired them, and say nothing now.
    pub fn silent(&self) -> impl Iterator<Item = &PlatformReport> {
        let now = &self.answer.report.platforms;
        let before = self.repair.iter().flat_map(|repair| &repair.before);
        before.filter(move |row| !now.iter().any(|there| there.name == row.name))
    }

    /// Why the form that made this request must not be sent again, in words; nothing where it may be.
    pub fn forbids(&self) -> Option<&'static str> {
        if !self.order.is_create() {
            return None;
        }
        match self.verdict() {
            Verdict::Applied | Verdict::Pending => Some("This user was created. e opens the user, ^N begins another."),
            Verdict::Partial => Some(
                "The user exists on some platforms. R sends the rest as an update; a second create does not repair it.",
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
            Job::Nothing => self.earlier.as_ref().filter(|earlier| earlier.form == form)?.forbids(),
            Job::Sending(_) => Some("A request is on its way; wait for its answer."),
            Job::Answered(answered) if answered.form == form => answered.forbids(),
            Job::Answered(_) => self.earlier.as_ref().filter(|earlier| earlier.form == form)?.forbids(),
        }
    }

    /// Makes room for another request. What an answered create says about its form is kept.
    pub fn make_room(&mut self) {
        if let Job::Answered(answered) = std::mem::take(&mut self.job)
            && answered.order.is_create()
        {
            self.earlier = Some(answered);
        }
    }

    /// A change was looked up: where it is that of a request here, that is known of it now.
    pub fn was_seen(&mut self, change: &Change) {
        let job = match &mut self.job {
            Job::Answered(answered) => Some(answered),
            Job::Nothing | Job::Sending(_) => None,
        };
        for answered in job.into_iter().chain(&mut self.earlier) {
            if answered.answer.report.change == Some(change.id) {
                answered.seen = look_up::last(change).cloned();
            }
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
        (Verdict::Partial, _) if answered.repair.is_some() => "some platforms have it; R sends it again",
        (Verdict::Partial, _) if create => "some platforms have the user; R sends it again as an update",
        (Verdict::Partial, _) => "some platforms have the change; R sends it again; what you typed is kept",
        (Verdict::InDoubt, _) if !create => "it may have been done; l looks the user up; what you typed is kept",
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
