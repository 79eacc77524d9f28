//! Everything that reaches the program from outside its own questions: keys, pastes, a new size, and the order to stop.

use crossterm::event::Event;

/// Something from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key, a paste or a new size.
    Terminal(Event),
    /// The terminal sent a byte that is not UTF-8, so that a letter is missing now (faults.md M5).
    Foreign,
    /// The program was stopped by a signal and runs again: somebody else wrote on the terminal meanwhile.
    Continued,
    /// The program has to end.
    Stop(Stop),
}

/// Why the program has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The terminal is gone: nothing can be shown any more.
    Hangup,
    /// Somebody asked the process to end (`SIGTERM`).
    Terminate,
    /// Somebody asked it to end at once (`SIGQUIT`); Ctrl-\\ on the keyboard is a key and does not come this way.
    Quit,
    /// Somebody interrupted the process (`SIGINT`); Ctrl-C on the keyboard is a key and does not come this way.
    Interrupt,
    /// Part of the program panicked. The terminal was given back already.
    Fault,
}

impl Stop {
    /// The exit code of a program that ended for this: 128 and the signal's number, as shells count, and 6 for a fault of its own.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Quit => 131,
            Self::Terminate => 143,
            Self::Fault => 6,
        }
    }
}
