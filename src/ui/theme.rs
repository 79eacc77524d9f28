//! Every colour and symbol, and their plain twins. Nothing depends on colour: a state has its word or sign as well.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::domain::look::{Depth, Look};

/// How things look on this terminal.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    /// What the terminal can show.
    pub look: Look,
}

impl Theme {
    /// The theme of a terminal.
    pub fn new(look: Look) -> Self {
        Self { look }
    }

    fn colour(self, colour: Color, plain: Modifier) -> Style {
        match self.look.depth {
            Depth::None => Style::new().add_modifier(plain),
            Depth::Sixteen | Depth::TwoFiftySix | Depth::True => Style::new().fg(colour),
        }
    }

    /// A pane's title row; the pane that has the keys is bold.
    pub fn title(self, focused: bool) -> Style {
        let style = Style::new().add_modifier(Modifier::UNDERLINED);
        if focused { style.add_modifier(Modifier::BOLD) } else { style }
    }

    /// What has the keys.
    pub fn focus(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is less important than its neighbours.
    pub fn muted(self) -> Style {
        self.colour(Color::DarkGray, Modifier::empty())
    }

    /// A fault, a failure, a grave role.
    pub fn bad(self) -> Style {
        self.colour(Color::Red, Modifier::BOLD)
    }

    /// A warning, a doubt, a queue.
    pub fn odd(self) -> Style {
        self.colour(Color::Yellow, Modifier::empty())
    }

    /// Done.
    pub fn good(self) -> Style {
        self.colour(Color::Green, Modifier::empty())
    }

    /// The line under the cursor of a list.
    pub fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The banner of a production tenant.
    pub fn production(self) -> Style {
        match self.look.depth {
            Depth::None => Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
            Depth::Sixteen | Depth::TwoFiftySix | Depth::True => {
                Style::new().fg(Color::White).bg(Color::Red).add_modifier(Modifier::BOLD)
            }
        }
    }

    /// The banner of the sandbox.
    pub fn sandbox(self) -> Style {
        self.colour(Color::Cyan, Modifier::BOLD).add_modifier(Modifier::BOLD)
    }

    /// The frame of what lies over the screen.
    pub fn frame(self) -> border::Set<'static> {
        if self.look.unicode {
            border::PLAIN
        } else {
            border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            }
        }
    }

    /// Stands for what did not fit.
    pub fn ellipsis(self) -> &'static str {
        if self.look.unicode { "…" } else { "~" }
    }

    /// Stands for a letter of a password.
    pub fn mask(self) -> char {
        if self.look.unicode { '•' } else { '*' }
    }

    /// From the old to the new.
    pub fn arrow(self) -> &'static str {
        if self.look.unicode { "→" } else { "->" }
    }
}
