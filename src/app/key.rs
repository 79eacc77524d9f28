//! Keys as the key map names them: only what every terminal sends over SSH.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A key press that can be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A letter or sign without Ctrl or Alt.
    Char(char),
    /// Ctrl with a lower-case letter, or with `_`.
    Ctrl(char),
    /// Alt with a letter: only ever a second way.
    Alt(char),
    /// A function key.
    F(u8),
    /// Enter; Ctrl-J and Ctrl-M are the same bytes.
    Enter,
    /// Esc.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// The key that rubs out to the left; Ctrl-H on some terminals.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Ctrl with arrow left: only ever a second way.
    CtrlLeft,
    /// Ctrl with arrow right: only ever a second way.
    CtrlRight,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

impl Key {
    /// The key of an event; nothing for releases and for what no binding uses.
    pub fn of(event: KeyEvent) -> Option<Self> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        if let KeyCode::Char(c) = event.code {
            return Some(match (ctrl, alt) {
                // The byte of Ctrl-_ and Ctrl-/ is reported as Ctrl-7.
                (true, false) if matches!(c, '7' | '_' | '/') => Self::Ctrl('_'),
                (true, false) if c == 'h' => Self::Backspace,
                (true, false) if c == 'j' || c == 'm' => Self::Enter,
                (true, false) => Self::Ctrl(c.to_ascii_lowercase()),
                (false, true) => Self::Alt(c),
                (false, false) => Self::Char(c),
                (true, true) => return None,
            });
        }
        let bare = match event.code {
            KeyCode::F(n) => Self::F(n),
            KeyCode::Enter => Self::Enter,
            KeyCode::Esc => Self::Esc,
            KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Self::BackTab,
            KeyCode::Tab => Self::Tab,
            KeyCode::BackTab => Self::BackTab,
            KeyCode::Backspace => Self::Backspace,
            KeyCode::Delete => Self::Delete,
            KeyCode::Up => Self::Up,
            KeyCode::Down => Self::Down,
            KeyCode::Left if ctrl => Self::CtrlLeft,
            KeyCode::Right if ctrl => Self::CtrlRight,
            KeyCode::Left => Self::Left,
            KeyCode::Right => Self::Right,
            KeyCode::Home => Self::Home,
            KeyCode::End => Self::End,
            KeyCode::PageUp => Self::PageUp,
            KeyCode::PageDown => Self::PageDown,
            KeyCode::Insert | KeyCode::Null | KeyCode::Char(_) => return None,
            // Reported only by terminals that were asked for them, which this program does not do.
            KeyCode::CapsLock
            | KeyCode::ScrollLock
            | KeyCode::NumLock
            | KeyCode::PrintScreen
            | KeyCode::Pause
            | KeyCode::Menu
            | KeyCode::KeypadBegin
            | KeyCode::Media(_)
            | KeyCode::Modifier(_) => return None,
        };
        Some(bare)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Char(' ') => f.write_str("Space"),
            Self::Char(c) => write!(f, "{c}"),
            Self::Ctrl(c) => write!(f, "^{}", c.to_ascii_uppercase()),
            Self::Alt(c) => write!(f, "Alt-{c}"),
            Self::F(n) => write!(f, "F{n}"),
            Self::Enter => f.write_str("Enter"),
            Self::Esc => f.write_str("Esc"),
            Self::Tab => f.write_str("Tab"),
            Self::BackTab => f.write_str("Shift-Tab"),
            Self::Backspace => f.write_str("Backspace"),
            Self::Delete => f.write_str("Del"),
            Self::Up => f.write_str("Up"),
            Self::Down => f.write_str("Down"),
            Self::Left => f.write_str("Left"),
            Self::Right => f.write_str("Right"),
            Self::CtrlLeft => f.write_str("Ctrl-Left"),
            Self::CtrlRight => f.write_str("Ctrl-Right"),
            Self::Home => f.write_str("Home"),
            Self::End => f.write_str("End"),
            Self::PageUp => f.write_str("PgUp"),
            Self::PageDown => f.write_str("PgDn"),
        }
    }
}
