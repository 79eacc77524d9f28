//! The review: what will be sent, before anything is sent.

use crate::app::effect::Ticket;
use crate::app::model::Overlay;
use crate::domain::order::Order;
use crate::domain::record::Purpose;

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
    /// Why it is sent.
    pub purpose: Purpose,
    /// What was below comes back where it is not sent.
    pub below: Option<Box<Overlay>>,
}

impl Review {
    /// Scrolls; [`crate::ui`] never shows more than there is.
    pub fn scroll(&mut self, by: i16, last: usize) {
        self.scroll = self.scroll.saturating_add_signed(by.into()).min(last);
    }
}
