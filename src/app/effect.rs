//! What the program wants of the world, as data. [`crate::runtime`] performs it and answers with [`crate::app::msg::News`].

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::app::attention;
use crate::app::drafts::Wanted;
use crate::app::jobs;
use crate::domain::bulk::Job;
use crate::domain::files::Wish;
use crate::domain::key::UserKey;
use crate::domain::order::Order;
use crate::domain::record::{ChangeId, Circumstances};
use crate::domain::request::Request;
use crate::domain::secret::Sealed;
use crate::domain::tenant::Synchronization;

/// The number of a question. Its answer bears the same, and an answer to a question that nobody asks any more changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Something that the world is asked to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read a user.
    Read {
        /// The question.
        ticket: Ticket,
        /// Whom.
        key: UserKey,
    },
    /// Send a change, once. Never aborted: what is stopped is the watching.
    Submit {
        /// The question.
        ticket: Ticket,
        /// What is sent, as the review showed it.
        order: Order,
        /// The mode.
        synchronization: Synchronization,
        /// What is kept with it.
        circumstances: Circumstances,
    },
    /// Look the username of a create in doubt up.
    Settle {
        /// The question.
        ticket: Ticket,
        /// The create.
        request: Arc<Request>,
        /// Its number in the journal.
        change: Option<ChangeId>,
    },
    /// Write out what would be sent, with every secret masked.
    Transcribe {
        /// The question.
        ticket: Ticket,
        /// What would be sent.
        order: Order,
        /// The mode.
        synchronization: Synchronization,
    },
    /// List a folder.
    List {
        /// The question.
        ticket: Ticket,
        /// Which; nothing for where the agent's pictures are likely to be.
        path: Option<PathBuf>,
        /// With the names that begin with a dot.
        hidden: bool,
    },
    /// Look at a file: what it is, and a small rendering.
    LookAt {
        /// The question.
        ticket: Ticket,
        /// Which.
        path: PathBuf,
    },
    /// Make a picture of a file ready to be sent.
    Load {
        /// The question.
        ticket: Ticket,
        /// Which.
        path: PathBuf,
        /// What the agent agreed to.
        wish: Wish,
    },
    /// Make a picture of pasted base64 or of a data: URI ready to be sent.
    Decode {
        /// The question.
        ticket: Ticket,
        /// What was pasted.
        text: Arc<str>,
        /// What the agent agreed to.
        wish: Wish,
    },
    /// Say how well a password would withstand guessing.
    Rate {
        /// The question.
        ticket: Ticket,
        /// The password.
        password: Sealed,
    },
    /// Make a password.
    Generate {
        /// The question.
        ticket: Ticket,
    },
    /// List the names of the time zones.
    ListZones {
        /// The question.
        ticket: Ticket,
    },
    /// Read the next page of everybody.
    ReadPage {
        /// The question.
        ticket: Ticket,
        /// From the beginning, and not where the reading stopped.
        anew: bool,
    },
    /// Load the next part of the copy of the last time.
    LoadCopy {
        /// The question.
        ticket: Ticket,
    },
    /// Read the groups of a user.
    Groups {
        /// The question.
        ticket: Ticket,
        /// Whose.
        key: UserKey,
    },
    /// Do a bulk change to one person, after reading them.
    Apply {
        /// The question.
        ticket: Ticket,
        /// Whom.
        key: UserKey,
        /// The change.
        job: Arc<Job>,
        /// What the plan showed: what is there, and what would be.
        planned: (String, String),
        /// The mode.
        synchronization: Synchronization,
        /// What is kept with it.
        circumstances: Circumstances,
    },
    /// Ask about changes that are not finished, or take one off the list. Nothing of it sends a change.
    Attention {
        /// The question.
        ticket: Ticket,
        /// What.
        wish: attention::Wish,
    },
    /// Look for what was done, a part at a time.
    History {
        /// The question.
        ticket: Ticket,
        /// What was typed.
        words: String,
        /// Only of this person.
        username: Option<String>,
        /// Where to go on; nothing for the newest.
        before: Option<ChangeId>,
    },
    /// Read a change, to tell it.
    Tell {
        /// The question.
        ticket: Ticket,
        /// Which.
        id: ChangeId,
    },
    /// Read a change that is to be taken back, and the person as they are now.
    ForUndo {
        /// The question.
        ticket: Ticket,
        /// Which.
        id: ChangeId,
    },
    /// Something about files of people.
    Jobs {
        /// The question.
        ticket: Ticket,
        /// What.
        wish: jobs::Wish,
    },
    /// Put a text into the clipboard of whoever sits at the terminal, if the terminal does that. Nothing hidden is in it.
    Copy(String),
    /// Wake the program up later.
    Wake {
        /// The question.
        ticket: Ticket,
        /// When.
        after: Duration,
    },
    /// Something about drafts.
    Draft(Wanted),
    /// Give the terminal back to the shell until it says `fg`.
    Suspend,
    /// Draw everything anew: something else wrote on the terminal.
    Redraw,
}

/// Everything that one message made the program want.
#[must_use = "effects do nothing until the runtime performs them"]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// Nothing is wanted.
    pub fn none() -> Self {
        Self::default()
    }

    /// One thing is wanted.
    pub fn one(effect: Effect) -> Self {
        Self(vec![effect])
    }

    /// Both are wanted, this first.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// What is wanted, to look at.
    pub fn as_slice(&self) -> &[Effect] {
        &self.0
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
