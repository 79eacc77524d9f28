//! What the terminal can show, as far as the screen has to know it. How that is found out is [`crate::config`]'s business.

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// No colour at all: words, signs and bold.
    None,
    /// The sixteen named colours, which the agent's own theme may have changed.
    #[default]
    Sixteen,
    /// The palette of 256.
    TwoFiftySix,
    /// 24 bits.
    True,
}

impl Depth {
    /// Every depth, poorest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Sixteen, Self::TwoFiftySix, Self::True];

    /// The word that the configuration and the option use.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sixteen => "16",
            Self::TwoFiftySix => "256",
            Self::True => "true",
        }
    }

    /// The depth of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|depth| depth.word() == word)
    }
}

/// How the screen is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// How many colours may be used.
    pub depth: Depth,
    /// Whether the locale is UTF-8. Where it is not, borders are ASCII and the screen warns that accents would be lost.
    pub unicode: bool,
}
