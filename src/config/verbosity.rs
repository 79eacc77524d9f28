//! How much the log says.
//!
//! Not here: where it is kept and what a line looks like, which is [`crate::runtime::log`]'s business.

/// The setting `log` of the configuration, or the variable `NETEX_USERS_LOG`, which wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Nothing is written.
    Off,
    /// Only what the program could not do.
    Error,
    /// And what did not go as it should. Nothing is written where all goes well.
    #[default]
    Warn,
    /// And what was done: starts, ends, requests without names.
    Info,
    /// And how it was done.
    Debug,
    /// And whom it was about. From here on there are usernames and ids in it, and still no token and no password.
    Trace,
}

impl Verbosity {
    /// Every setting, the quietest first.
    pub const ALL: [Self; 6] = [Self::Off, Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// Every setting's word, in the same order.
    pub const WORDS: [&'static str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

    /// The word of this setting.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// The setting of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verbosity| verbosity.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_understood_and_the_quiet_ones_come_first() {
        for verbosity in Verbosity::ALL {
            assert_eq!(Verbosity::from_word(verbosity.word()), Some(verbosity));
        }
        assert_eq!(Verbosity::from_word("verbose"), None);
        assert!(
            Verbosity::Off < Verbosity::Error
                && Verbosity::Warn < Verbosity::Info
                && Verbosity::Debug < Verbosity::Trace
        );
    }
}
