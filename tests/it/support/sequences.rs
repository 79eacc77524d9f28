//! What a program wrote to its terminal, taken apart: which escape sequences, which of them are not ours, which modes it left on.
//!
//! This is an oracle for the program's own cleaning of outside text, so it shares no code and no list with it.

/// The private modes the program may set, each with the state a terminal starts in and what is wrong when it stays changed.
const MODES: [(u16, bool, &str); 11] = [
    (1, false, "cursor keys send application codes"),
    (7, true, "long lines are cut"),
    (25, true, "the cursor is hidden"),
    (1000, false, "the mouse is captured"),
    (1002, false, "mouse drags are captured"),
    (1003, false, "mouse moves are captured"),
    (1004, false, "focus changes are sent"),
    (1006, false, "mouse reports are in SGR form"),
    (1015, false, "mouse reports are in urxvt form"),
    (1049, false, "the alternate screen is shown"),
    (2004, false, "pastes are bracketed"),
];

/// Synchronised output: allowed, and ends by itself on every terminal that knows it.
const SYNCHRONISED: u16 = 2026;

/// One thing in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// Printable text.
    Text(&'a str),
    /// A control character of its own, C0, DEL or C1.
    Control(char),
    /// `ESC [ parameters final`.
    Csi(&'a str, char),
    /// `ESC ] content` up to BEL or ST.
    Osc(&'a str),
    /// `ESC` and one character.
    Escape(char),
    /// Anything else that starts with ESC, or bytes that are not UTF-8, or a sequence without its end.
    Other(&'a str),
}

/// Every sequence and character in `bytes` that the program has no reason to write, as text that can be printed.
///
/// Allowed: text; CR LF BS; cursor movement, erasing, scrolling, colours; the modes of the table above; ESC 7 and ESC 8;
/// and the OSC commands whose numbers the test names (52 is the clipboard).
pub fn foreign_sequences(bytes: &[u8], allowed_osc: &[&str]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    tokens(&text)
        .into_iter()
        .filter(|token| is_foreign(*token, allowed_osc))
        .map(|token| format!("{token:?}"))
        .collect()
}

fn is_foreign(token: Token<'_>, allowed_osc: &[&str]) -> bool {
    match token {
        Token::Text(text) => text.chars().any(is_invisible),
        Token::Control(c) => !matches!(c, '\r' | '\n' | '\u{8}'),
        Token::Escape(c) => !matches!(c, '7' | '8'),
        Token::Osc(content) => !allowed_osc.contains(&content.split(';').next().unwrap_or_default()),
        Token::Other(_) => true,
        Token::Csi(parameters, 'h' | 'l') => {
            parameters.strip_prefix('?').is_none_or(|list| !list.split(';').all(is_our_mode))
        }
        Token::Csi(parameters, last) => {
            let numbers = parameters.chars().all(|c| c.is_ascii_digit() || c == ';' || (c == ':' && last == 'm'));
            !(numbers && "ABCDGHJKLMSTXdmr".contains(last))
        }
    }
}

fn is_our_mode(number: &str) -> bool {
    number.parse().is_ok_and(|n: u16| n == SYNCHRONISED || MODES.iter().any(|(mode, _, _)| *mode == n))
}

/// Direction marks, zero-width characters and the replacement for bytes that were not UTF-8. The joiner inside an emoji is a
/// part of the glyph and is not meant.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
}

/// The modes that these bytes leave otherwise than they found them, in words.
pub fn modes_left(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut now = MODES.map(|(_, start, _)| start);
    for token in tokens(&text) {
        let Token::Csi(parameters, switch @ ('h' | 'l')) = token else { continue };
        let Some(list) = parameters.strip_prefix('?') else { continue };
        for number in list.split(';').filter_map(|n| n.parse::<u16>().ok()) {
            if let Some(at) = MODES.iter().position(|(mode, _, _)| *mode == number) {
                now[at] = switch == 'h';
            }
        }
    }
    let left = MODES.iter().zip(now).filter(|((_, start, _), now)| start != now);
    left.map(|((mode, _, words), _)| format!("{words} (?{mode})")).collect()
}

/// The text alone, in the order in which it was written: what a secret would be found in that was drawn in pieces.
pub fn letters(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    tokens(&text)
        .into_iter()
        .filter_map(|token| if let Token::Text(text) = token { Some(text) } else { None })
        .collect()
}

/// The parameters of every colour and attribute that was set, such as `38;5;7`.
pub fn pens(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let pen = |token| if let Token::Csi(parameters, 'm') = token { Some(parameters.to_owned()) } else { None };
    tokens(&text).into_iter().filter_map(pen).collect()
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\u{1b}' => escape(rest),
            c if c.is_control() => (Token::Control(c), c.len_utf8()),
            _ => {
                let end = rest.find(char::is_control).unwrap_or(rest.len());
                (Token::Text(&rest[..end]), end)
            }
        };
        all.push(token);
        rest = &rest[length..];
    }
    all
}

/// The sequence at the start of `text`, which is an ESC, and its length in bytes.
fn escape(text: &str) -> (Token<'_>, usize) {
    match text[1..].chars().next() {
        Some('[') => match text[2..].find(|c: char| !(' '..='?').contains(&c)) {
            Some(n) if text[2 + n..].starts_with(|c: char| ('@'..='~').contains(&c)) => {
                let last = char::from(text.as_bytes()[2 + n]);
                (Token::Csi(&text[2..2 + n], last), n + 3)
            }
            Some(n) => (Token::Other(&text[..2 + n]), 2 + n),
            None => (Token::Other(text), text.len()),
        },
        Some(']') => match text[2..].find(['\u{7}', '\u{1b}']) {
            Some(n) if text[2 + n..].starts_with('\u{7}') => (Token::Osc(&text[2..2 + n]), n + 3),
            Some(n) if text[2 + n..].starts_with("\u{1b}\\") => (Token::Osc(&text[2..2 + n]), n + 4),
            Some(n) => (Token::Other(&text[..2 + n]), 2 + n),
            None => (Token::Other(text), text.len()),
        },
        Some('P' | '_' | '^' | 'X' | 'k') => {
            let end = text.find("\u{1b}\\").filter(|n| *n > 0).map_or(text.len(), |n| n + 2);
            (Token::Other(&text[..end]), end)
        }
        Some(c @ '0'..='~') => (Token::Escape(c), 2),
        Some(c) => (Token::Other(&text[..=c.len_utf8()]), 1 + c.len_utf8()),
        None => (Token::Other(text), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_screen_is_drawn_with_is_ours() {
        let drawn = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[2J\x1b[1;1H\x1b[38;2;1;2;3;48;5;7mJosé 👩‍👩‍👧 山田\x1b[0m\x1b[K\r\n\x1b7\x1b[4:3m\x1b8\
                     \x1b[?2026h\x1b[3X\x1b[2;5r\x1b[S\x1b[?2026l\x1b[?2004l\x1b[?25h\x1b[?1049l\u{8}";
        assert_eq!(foreign_sequences(drawn.as_bytes(), &[]), Vec::<String>::new());
    }

    #[test]
    fn each_foreign_sequence_is_found_among_ours() {
        let wrong: [&[u8]; 22] = [
            b"\x1b]0;title\x07",
            b"\x1b]8;;http://x\x1b\\",
            b"\x1b]52;c;aGVsbG8=\x07",
            b"\x1bPq#0\x1b\\",
            b"\x1b_Gi=31\x1b\\",
            b"\x1bc",
            b"\x1b[6n",
            b"\x1b[c",
            b"\x1b[>1u",
            b"\x1b[8;99;99t",
            b"\x1b[?9999h",
            b"\x1b[4h",
            b"\x1b[1;1",
            b"\x1b[1;\x1b[m",
            b"\x1b",
            b"\x07",
            b"\x00",
            b"\x7f",
            b"\xc2\x9b1m",
            b"\xff",
            "ad\u{202e}min".as_bytes(),
            "ad\u{200b}min".as_bytes(),
        ];
        for sequence in wrong {
            let stream = [b"\x1b[1;1Hname ", sequence].concat();
            assert_eq!(foreign_sequences(&stream, &[]).len(), 1, "{:?}", String::from_utf8_lossy(&stream));
        }
    }

    #[test]
    fn the_clipboard_is_foreign_until_the_test_asks_for_it() {
        let copy = b"\x1b]52;c;aGVsbG8=\x07";
        assert_eq!(foreign_sequences(copy, &["52"]), Vec::<String>::new());
        assert_eq!(foreign_sequences(b"\x1b]2;x\x07", &["52"]), ["Osc(\"2;x\")"]);
    }

    #[test]
    fn letters_that_were_written_apart_are_read_together() {
        let drawn = b"\x1b[1;1Hca\x1b[0;31mna\x1b[9;9H\x1b[0mry\x1b]0;title\x07";
        assert_eq!(letters(drawn), "canary");
        assert_eq!(pens(drawn), ["0;31", "0"]);
    }

    #[test]
    fn a_mode_is_left_when_its_last_change_was_away_from_the_start() {
        assert_eq!(modes_left(b"\x1b[?1049h\x1b[?25l...\x1b[?25h\x1b[?1049l"), Vec::<String>::new());
        assert_eq!(
            modes_left(b"\x1b[?1049h\x1b[?25l\x1b[?1000;1006h\x1b[?1000l\x1b[?2004l"),
            [
                "the cursor is hidden (?25)",
                "mouse reports are in SGR form (?1006)",
                "the alternate screen is shown (?1049)"
            ]
        );
    }
}
