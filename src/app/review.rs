//! The review: what will be sent, before anything is sent.

use crate::app::attention::{self, Item};
use crate::app::effect::{Effects, Ticket};
use crate::app::model::{Model, Overlay};
use crate::domain::order::Order;
use crate::domain::outcome::PlatformReport;
use crate::domain::record::{ChangeId, Purpose};
use crate::domain::tenant::Synchronization;

/// The open review. The order in it is the very one that is sent: it cannot be edited any more.
#[derive(Clone, Debug)]
pub struct Review {
    /// What would be sent.
    pub order: Order,
    /// The question for the written-out request.
    pub ticket: Ticket,
    /// Request line, headers and JSON, with every secret masked; nothing until the answer is there.
    pub transcript: Option<String>,
    /// The first line that is shown.
    pub scroll: usize,
    /// Words that the agent has to see first, a line each: an earlier request for this username is in doubt, say.
    pub warning: Option<String>,
    /// What it repairs, where it is a repair.
    pub repair: Option<Box<Repairing>>,
    /// Why it is sent, where it is no repair.
    pub purpose: Purpose,
    /// What was below comes back where it is not sent.
    pub below: Option<Box<Overlay>>,
}

/// What a review or a request repairs.
#[derive(Clone, Debug)]
pub struct Repairing {
    /// The change that was done in part.
    pub of: ChangeId,
    /// What the platforms said then.
    pub before: Vec<PlatformReport>,
    /// The form that its answer is about.
    pub form: Ticket,
    /// What it is, what was done before, and what is left out; a line that begins with ! wants to be seen.
    pub about: Vec<String>,
    /// The change in the list that it came from, to go back to.
    pub from: Option<Box<Item>>,
}

impl Repairing {
    /// Goes back to where it came from, nothing sent.
    pub fn back(self, model: &mut Model) -> Effects {
        match self.from {
            Some(item) => attention::show(model, Some(*item)),
            None => Effects::none(),
        }
    }
}

impl Review {
    /// Scrolls; [`crate::ui`] never shows more than there is.
    pub fn scroll(&mut self, by: i16, last: usize) {
        self.scroll = self.scroll.saturating_add_signed(by.into()).min(last);
    }

    /// The mode that it is sent in: a repair waits for every platform, because only then each says what it did.
    pub fn synchronization(&self, usual: Synchronization) -> Synchronization {
        if self.repair.is_some() { Synchronization::Synchronous } else { usual }
    }
}
