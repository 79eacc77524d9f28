//! Drafts: what was typed and not sent is kept while it is typed, offered at the next start, and taken up again.
//!
//! ```text
//!   every message --follow--> Keep | Drop | Release           (what lies on the disk follows the form)
//!   d --> the list --Enter--> Take --> the form, on a fresh read (resume), with what both have (three_way)
//! ```
//!
//! A draft bears the ticket of its form here and a number of its own on the disk; whoever keeps it ([`crate::runtime`]) knows which is
//! which. Deliberately not here: what is never in a draft ([`crate::domain::kept`]).

use std::sync::Arc;

use crate::app::effect::Ticket;
use crate::app::model::{Model, Screen};
use crate::domain::kept::{DraftFault, DraftId, Held, KeptDraft, KeptRow};
use crate::domain::person::Person;
use crate::domain::photo::Photo;

pub mod follow;
pub mod list;
pub mod resume;

/// What the world is asked to do about drafts.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Keep what stands in a form, in the place of what was kept of it before.
    Keep {
        /// The form.
        form: Ticket,
        /// What stands in it.
        draft: Arc<KeptDraft>,
    },
    /// Take the draft of a form away: it was sent, or nothing is left of it.
    Drop {
        /// The form.
        form: Ticket,
    },
    /// Let go of the draft of a form: it stays, and any session may open it.
    Release {
        /// The form.
        form: Ticket,
    },
    /// List the drafts.
    List {
        /// The question.
        ticket: Ticket,
    },
    /// Open a draft as the list showed it. The ticket of the question becomes that of its form.
    Take {
        /// The question.
        ticket: Ticket,
        /// Which.
        id: DraftId,
        /// When it was kept, as the list said.
        at: i64,
    },
    /// Take a draft away that nobody wants any more.
    Discard {
        /// The question.
        ticket: Ticket,
        /// Which.
        id: DraftId,
        /// When it was kept, as the list said.
        at: i64,
    },
}

/// What the world answers about drafts.
#[derive(Debug)]
pub enum Told {
    /// What was typed could not be kept; or could be kept again after that.
    Keeping(Result<(), String>),
    /// The list.
    Listed(Ticket, Result<Vec<Line>, DraftFault>),
    /// A draft was opened, or not; with the time of it in words.
    Taken(Ticket, Result<(Box<KeptDraft>, String), DraftFault>),
    /// A draft was taken away, or not.
    Discarded(Ticket, Result<(), DraftFault>),
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The draft.
    pub row: KeptRow,
    /// When it was kept last, in words.
    pub when: String,
    /// The form of this program that it belongs to.
    pub form: Option<Ticket>,
}

/// What is known of drafts.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    /// The list, as it was read last.
    pub lines: Vec<Line>,
    /// Why what is typed cannot be kept; in words.
    pub trouble: Option<String>,
    /// What is kept of the form, or about to be.
    pub(in crate::app) kept: Option<Arc<KeptDraft>>,
    /// The form that is followed.
    form: Ticket,
    /// The person of that form, shared by its drafts.
    ground: Option<Arc<Person>>,
    /// What was kept when a change of this form was sent, and the question that it was sent as.
    sent: Option<(Ticket, Arc<KeptDraft>)>,
    /// What was sent and accepted: nothing of it has to be kept.
    settled: Option<Arc<KeptDraft>>,
    /// A form that was left while its request was on its way or in doubt.
    waiting: Option<Waiting>,
    /// The reading of the person of a draft, that is being waited for.
    resuming: Option<resume::Resuming>,
    /// The list that is being read.
    asked: Option<Ticket>,
    /// The screen of the last message; nothing before the first.
    screen: Option<Screen>,
    /// What was left of the last time was offered.
    offered: bool,
    /// That nothing can be kept was said.
    warned: bool,
    /// The form of which it was looked up whether another draft is about the same person.
    compared: Ticket,
}

/// A form that was left before its request was answered.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    form: Ticket,
    /// Everything that is kept of it was sent.
    covered: bool,
}

impl Drafts {
    /// How many there are, for the first screen; nothing where there are none but that of the form.
    pub fn words(&self) -> Option<String> {
        let others = || self.lines.iter().filter(|line| line.form.is_none());
        let elsewhere = others().filter(|line| line.row.held == Held::Elsewhere).count();
        let count = others().count() - elsewhere;
        let drafts = match count {
            0 => None,
            1 => Some("1 draft".to_owned()),
            more => Some(format!("{more} drafts")),
        };
        let open = (elsewhere > 0).then(|| format!("{elsewhere} open in another session"));
        let words: Vec<String> = drafts.into_iter().chain(open).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// What leaving the form would lose, in words; nothing where everything is kept.
pub fn loss(model: &Model) -> Option<String> {
    if !model.has_unsent_work() {
        return None;
    }
    let who = model.who();
    let lost = |why: &str| Some(format!("What you typed for {who} was not sent and would be lost{why}."));
    if model.no_journal.is_some() {
        return lost(": there is no journal to keep it in");
    }
    if let Some(why) = &model.drafts.trouble {
        return lost(&format!(", because it could not be kept: {why}"));
    }
    if is_lost(model) {
        return lost("");
    }
    let password = model.form.has_password().then_some("the password");
    let picture = matches!(model.image.photo, Some(Photo::Picture(_))).then_some("the picture");
    let missing: Vec<&str> = password.into_iter().chain(picture).collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(" and ");
        format!("What you typed for {who} was not sent. It is kept as a draft without {missing}.")
    })
}

/// Whether nothing of what was typed is kept.
pub fn is_lost(model: &Model) -> bool {
    model.no_journal.is_some() || model.drafts.trouble.is_some() || model.drafts.kept.is_none()
}

/// What becomes of what was typed when the program ends, in words; nothing where nothing is left unsent.
pub fn at_the_end(model: &Model) -> Option<String> {
    let drafts = &model.drafts;
    match (&drafts.kept, drafts.trouble.as_ref().or(model.no_journal.as_ref())) {
        (Some(_), Some(why)) => {
            Some(format!("What you typed for {} was not sent and could not be kept: {why}", model.who()))
        }
        (None, Some(why)) if model.has_unsent_work() => {
            Some(format!("What you typed for {} was not sent and could not be kept: {why}", model.who()))
        }
        (Some(kept), None) => {
            let without = kept.missing().map(|missing| format!(" without {missing}")).unwrap_or_default();
            Some(format!(
                "What you typed for {} was not sent: it is kept as a draft{without}, and the next start offers it.",
                model.who()
            ))
        }
        (None, Some(_) | None) => None,
    }
}

#[cfg(test)]
mod tests;
