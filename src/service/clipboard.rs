//! A text for the clipboard of whoever sits at the terminal: OSC 52, which also reaches the other end of an SSH session.
//!
//! Terminals drop it where they do not know it or where it is forbidden, as tmux does by default, and nothing says which it was. So what is
//! copied is always shown as well.

use crate::codec::base64;
use crate::domain::history::MOST_COPIED;
use crate::domain::untrusted::is_hidden;

/// The sequence that copies a text; nothing for one that is longer than terminals take, or that holds what is not to be seen.
pub fn sequence(text: &str) -> Option<String> {
    let is_plain = text.chars().all(|c| c == '\n' || !is_hidden(c));
    (is_plain && text.len() <= MOST_COPIED).then(|| format!("\x1b]52;c;{}\x07", base64::encode(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_copied_in_base64_and_what_is_hidden_or_too_long_is_not() {
        assert_eq!(sequence("a\nñ").as_deref(), Some("\x1b]52;c;YQrDsQ==\x07"));
        assert_eq!(sequence("a\u{1b}[2J"), None);
        assert_eq!(sequence("a\u{202e}"), None);
        let longest = "x".repeat(MOST_COPIED);
        // k9s found out that more than this is dropped by some terminals.
        assert!(sequence(&longest).is_some_and(|sequence| sequence.len() <= 74_994));
        assert_eq!(sequence(&(longest + "x")), None);
    }
}
