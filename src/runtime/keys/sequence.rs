//! One key out of the bytes that stand first: letters, controls, and the escape sequences of xterm, rxvt, the Linux console and tmux.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What stands first, and how many bytes it is.
#[derive(Debug)]
pub enum Step {
    /// A key.
    Key(usize, KeyEvent),
    /// Something that means nothing here: a mouse report, or the answer to a question that this program did not ask.
    Nothing(usize),
    /// Bytes that are not UTF-8.
    Foreign(usize),
    /// The beginning of a paste.
    Paste(usize),
    /// The end of a paste that was given up.
    EndOfPaste(usize),
    /// The beginning of something.
    More,
}

const ESC: u8 = 0x1b;
const NONE: KeyModifiers = KeyModifiers::NONE;

/// Takes what stands first. `bytes` is not empty.
pub fn step(bytes: &[u8]) -> Step {
    match bytes {
        [] | [ESC] => Step::More,
        [ESC, rest @ ..] => escape(rest),
        [first, ..] => match control(*first) {
            Some(event) => Step::Key(1, event),
            None => text(bytes, NONE),
        },
    }
}

/// A letter with its modifiers, as crossterm would say it.
pub fn letter(c: char, modifiers: KeyModifiers) -> KeyEvent {
    let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { NONE };
    KeyEvent::new(KeyCode::Char(c), modifiers | shift)
}

fn control(byte: u8) -> Option<KeyEvent> {
    let (code, modifiers) = match byte {
        0 => (KeyCode::Char(' '), KeyModifiers::CONTROL),
        b'\r' => (KeyCode::Enter, NONE),
        b'\t' => (KeyCode::Tab, NONE),
        0x7f => (KeyCode::Backspace, NONE),
        0x01..=0x1a => (KeyCode::Char(char::from(byte - 1 + b'a')), KeyModifiers::CONTROL),
        0x1c..=0x1f => (KeyCode::Char(char::from(byte - 0x1c + b'4')), KeyModifiers::CONTROL),
        _ => return None,
    };
    Some(KeyEvent::new(code, modifiers))
}

fn text(bytes: &[u8], modifiers: KeyModifiers) -> Step {
    let some = &bytes[..bytes.len().min(4)];
    let good = match std::str::from_utf8(some) {
        Ok(text) => text,
        Err(fault) if fault.valid_up_to() > 0 => std::str::from_utf8(&some[..fault.valid_up_to()]).unwrap_or_default(),
        Err(fault) => return fault.error_len().map_or(Step::More, Step::Foreign),
    };
    match good.chars().next() {
        // The second row of controls, U+0080 to U+009F, is on no keyboard.
        Some(c) if c.is_control() => Step::Nothing(c.len_utf8()),
        Some(c) => Step::Key(c.len_utf8(), letter(c, modifiers)),
        None => Step::More,
    }
}

/// What stands behind an Esc; `rest` has at least one byte, and lengths count the Esc.
fn escape(rest: &[u8]) -> Step {
    match rest {
        [b'[' | b'O'] => Step::More,
        [b'[', b'[', linux @ ..] => console(linux),
        [b'[', rest @ ..] => csi(rest),
        [b'O', third, ..] => ss3(*third),
        [b']' | b'P' | b'_' | b'^' | b'X'] => Step::More,
        [b']', b'0'..=b'9', ..] | [b'P', b'0'..=b'9' | b'>' | b'!' | b'+' | b'$' | b'|', ..] | [b'_', b'G', ..] => {
            string(rest)
        }
        // Esc and then Enter, Tab or Esc again, faster than the line: two keys.
        [0..=0x1f | 0x7f, ..] | [] => Step::Key(1, KeyEvent::new(KeyCode::Esc, NONE)),
        [_, ..] => match text(rest, KeyModifiers::ALT) {
            Step::Key(length, event) => Step::Key(length + 1, event),
            Step::Foreign(length) => Step::Foreign(length + 1),
            Step::Nothing(length) => Step::Nothing(length + 1),
            other @ (Step::More | Step::Paste(_) | Step::EndOfPaste(_)) => other,
        },
    }
}

/// F1 to F5 of the Linux console: `ESC [ [ A`.
fn console(rest: &[u8]) -> Step {
    match rest {
        [] => Step::More,
        [letter @ b'A'..=b'E', ..] => Step::Key(4, KeyEvent::new(KeyCode::F(letter - b'A' + 1), NONE)),
        [..] => Step::Nothing(3),
    }
}

/// The old keypad: arrows in application mode, F1 to F4, and rxvt's arrows with Ctrl.
fn ss3(third: u8) -> Step {
    let (code, modifiers) = match third {
        b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S' => (named(third), NONE),
        b'a'..=b'd' => (named(third.to_ascii_uppercase()), KeyModifiers::CONTROL),
        b'M' => (Some(KeyCode::Enter), NONE),
        _ => return Step::Key(2, letter('O', KeyModifiers::ALT)),
    };
    code.map_or(Step::Nothing(3), |code| Step::Key(3, KeyEvent::new(code, modifiers)))
}

/// `ESC [ parameters intermediates final`; a byte that cannot stand there ends it, and is looked at anew.
fn csi(rest: &[u8]) -> Step {
    let parameters = rest.iter().take_while(|byte| (0x30..=0x3f).contains(*byte)).count();
    let between = rest[parameters..].iter().take_while(|byte| (0x20..=0x2f).contains(*byte)).count();
    let Some(last) = rest.get(parameters + between) else {
        return Step::More;
    };
    let length = 2 + parameters + between + 1;
    if !(0x40..=0x7e).contains(last) {
        return Step::Nothing(length - 1);
    }
    if between > 0 || rest.first().is_some_and(|byte| (0x3c..=0x3f).contains(byte)) {
        return Step::Nothing(length);
    }
    let numbers = numbers(&rest[..parameters]);
    match (last, numbers.as_slice()) {
        (b'~', [200]) => Step::Paste(length),
        (b'~', [201]) => Step::EndOfPaste(length),
        (b'Z', _) => Step::Key(length, KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)),
        (b'~', [number, rest @ ..]) => pressed(length, numbered(*number), rest.first()),
        // `ESC [ 1 ; 5 A`. The same shape with another first number is a report of the cursor's place.
        (_, [] | [0 | 1]) => pressed(length, named(*last), None),
        (_, [0 | 1, modifiers]) => pressed(length, named(*last), Some(modifiers)),
        (_, _) => Step::Nothing(length),
    }
}

fn pressed(length: usize, code: Option<KeyCode>, modifiers: Option<&u16>) -> Step {
    code.map_or(Step::Nothing(length), |code| Step::Key(length, KeyEvent::new(code, held(modifiers))))
}

fn numbers(parameters: &[u8]) -> Vec<u16> {
    if parameters.is_empty() {
        return Vec::new();
    }
    let number = |part: &[u8]| {
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u16, |sum, digit| sum.saturating_mul(10).saturating_add(u16::from(digit - b'0')))
    };
    parameters.split(|byte| *byte == b';').map(number).collect()
}

/// The modifiers are sent as their sum and one: Shift 1, Alt 2, Ctrl 4.
fn held(sum: Option<&u16>) -> KeyModifiers {
    let bits = sum.copied().unwrap_or(1).saturating_sub(1);
    let mut modifiers = NONE;
    for (bit, modifier) in [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)] {
        if bits & bit != 0 {
            modifiers |= modifier;
        }
    }
    modifiers
}

fn named(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'R' => KeyCode::F(3),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

fn numbered(number: u16) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11 => KeyCode::F(1),
        12 => KeyCode::F(2),
        13 => KeyCode::F(3),
        14 => KeyCode::F(4),
        15 => KeyCode::F(5),
        17 => KeyCode::F(6),
        18 => KeyCode::F(7),
        19 => KeyCode::F(8),
        20 => KeyCode::F(9),
        21 => KeyCode::F(10),
        23 => KeyCode::F(11),
        24 => KeyCode::F(12),
        _ => return None,
    })
}

/// A string that ends in BEL or `ESC \`: the answer to a question about colours or abilities, which this program does not ask.
fn string(rest: &[u8]) -> Step {
    for (at, byte) in rest.iter().enumerate() {
        match (byte, rest.get(at + 1)) {
            (0x07, _) => return Step::Nothing(at + 2),
            (&ESC, Some(b'\\')) => return Step::Nothing(at + 3),
            (&ESC, Some(_)) => return Step::Nothing(at + 1),
            (_, _) => {}
        }
    }
    Step::More
}
