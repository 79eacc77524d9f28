//! Key presses as the program's loop receives them, in the language of [`keys`].

use crossterm::event::Event;
use netex_users::runtime::input::Input;
use netex_users::runtime::keys::Decoder;

use crate::support::keys;

/// What these key presses become on their way through an xterm and the program's own decoder. Each is pressed by itself: an Esc stays
/// an Esc, whatever is typed after it.
pub fn typed(text: &str) -> Vec<Input> {
    let mut decoder = Decoder::default();
    let mut inputs = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first == '<' { rest.find('>').map_or(1, |end| end + 1) } else { first.len_utf8() };
        let (one, more) = rest.split_at(length);
        inputs.extend(decoder.feed(&keys::bytes(one)));
        if decoder.patience().is_some() {
            inputs.extend(decoder.settle());
        }
        rest = more;
    }
    inputs
}

/// A paste.
pub fn pasted(text: &str) -> Vec<Input> {
    vec![Input::Terminal(Event::Paste(text.to_owned()))]
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    #[test]
    fn an_esc_does_not_become_the_alt_of_the_next_letter() {
        let key = |code| Input::Terminal(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        assert_eq!(typed("<Esc>ñ<Tab>"), [key(KeyCode::Esc), key(KeyCode::Char('ñ')), key(KeyCode::Tab)]);
    }
}
