//! The tenant that is being worked on, as far as the screen has to know it. Addresses and tokens stay in [`crate::config`].

use crate::domain::field::Revision;

/// Whether the service waits for every platform before it answers (api.md 2). Always sent explicitly: the vendor's pages
/// contradict each other on the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronization {
    /// The service waits for the platforms and reports what each answered.
    #[default]
    Synchronous,
    /// The service queues what the other platforms have to do and does not say how that ended.
    Asynchronous,
}

impl Synchronization {
    /// The header's value, which is also the configuration's and the screen's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Synchronous => "synchronous",
            Self::Asynchronous => "asynchronous",
        }
    }

    /// The mode of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Synchronous, Self::Asynchronous].into_iter().find(|mode| mode.word() == word)
    }

    /// The other mode.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Synchronous => Self::Asynchronous,
            Self::Asynchronous => Self::Synchronous,
        }
    }
}

/// When the agent is asked for the number of the ticket that wants a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TicketRule {
    /// Never; it can be given all the same.
    #[default]
    None,
    /// Once, before the first change is sent.
    Session,
    /// Before each change is sent; the last one stands there already.
    Change,
}

impl TicketRule {
    /// The configuration's words.
    pub const WORDS: [&str; 3] = ["none", "session", "change"];

    /// The configuration's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Session => "session",
            Self::Change => "change",
        }
    }

    /// The rule of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::None, Self::Session, Self::Change].into_iter().find(|rule| rule.word() == word)
    }
}

/// A tenant as every screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its name in the configuration.
    pub name: String,
    /// The look-alike that runs inside this program, with made-up people.
    pub sandbox: bool,
    /// Real people: every screen says so.
    pub production: bool,
    /// No write is offered, and the client refuses one.
    pub read_only: bool,
    /// Which pages of the vendor it follows.
    pub revision: Revision,
    /// The mode it starts in.
    pub synchronization: Synchronization,
}
