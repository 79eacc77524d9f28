//! What bytes become.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::{any, prop, prop_oneof};
use proptest::strategy::{Just, Strategy};

use super::*;

const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;
const NONE: KeyModifiers = KeyModifiers::NONE;

fn one(bytes: &[u8]) -> Vec<(KeyCode, KeyModifiers)> {
    let mut decoder = Decoder::default();
    let inputs = decoder.feed(bytes);
    assert_eq!(decoder.patience(), None, "{bytes:?} left something over");
    keys(&inputs)
}

fn keys(inputs: &[Input]) -> Vec<(KeyCode, KeyModifiers)> {
    inputs
        .iter()
        .map(|input| match input {
            Input::Terminal(Event::Key(KeyEvent { code, modifiers, .. })) => (*code, *modifiers),
            Input::Terminal(_) | Input::Foreign | Input::Continued | Input::Stop(_) => panic!("{input:?} is no key"),
        })
        .collect()
}

fn paste(text: &str) -> Input {
    Input::Terminal(Event::Paste(text.to_owned()))
}

#[test]
fn every_key_of_the_key_map_is_read() {
    let table: [(&[u8], KeyCode, KeyModifiers); 44] = [
        (b"a", KeyCode::Char('a'), NONE),
        (b"A", KeyCode::Char('A'), SHIFT),
        ("ñ".as_bytes(), KeyCode::Char('ñ'), NONE),
        ("山".as_bytes(), KeyCode::Char('山'), NONE),
        ("🙂".as_bytes(), KeyCode::Char('🙂'), NONE),
        (b"\r", KeyCode::Enter, NONE),
        (b"\n", KeyCode::Char('j'), CTRL),
        (b"\t", KeyCode::Tab, NONE),
        (b"\x1b[Z", KeyCode::BackTab, SHIFT),
        (b"\x7f", KeyCode::Backspace, NONE),
        (b"\x08", KeyCode::Char('h'), CTRL),
        (b"\x00", KeyCode::Char(' '), CTRL),
        (b"\x03", KeyCode::Char('c'), CTRL),
        (b"\x1a", KeyCode::Char('z'), CTRL),
        (b"\x1f", KeyCode::Char('7'), CTRL),
        (b"\x1bb", KeyCode::Char('b'), ALT),
        ("\x1bñ".as_bytes(), KeyCode::Char('ñ'), ALT),
        (b"\x1b[A", KeyCode::Up, NONE),
        (b"\x1bOB", KeyCode::Down, NONE),
        (b"\x1b[C", KeyCode::Right, NONE),
        (b"\x1b[D", KeyCode::Left, NONE),
        (b"\x1b[1;5D", KeyCode::Left, CTRL),
        (b"\x1bOc", KeyCode::Right, CTRL),
        (b"\x1b[1;2A", KeyCode::Up, SHIFT),
        (b"\x1b[1;3A", KeyCode::Up, ALT),
        (b"\x1b[1;6C", KeyCode::Right, CTRL.union(SHIFT)),
        (b"\x1b[H", KeyCode::Home, NONE),
        (b"\x1bOH", KeyCode::Home, NONE),
        (b"\x1b[1~", KeyCode::Home, NONE),
        (b"\x1b[7~", KeyCode::Home, NONE),
        (b"\x1b[F", KeyCode::End, NONE),
        (b"\x1b[4~", KeyCode::End, NONE),
        (b"\x1b[3~", KeyCode::Delete, NONE),
        (b"\x1b[3;5~", KeyCode::Delete, CTRL),
        (b"\x1b[5~", KeyCode::PageUp, NONE),
        (b"\x1b[6~", KeyCode::PageDown, NONE),
        (b"\x1bOP", KeyCode::F(1), NONE),
        (b"\x1bOQ", KeyCode::F(2), NONE),
        (b"\x1b[11~", KeyCode::F(1), NONE),
        (b"\x1b[12~", KeyCode::F(2), NONE),
        (b"\x1b[[A", KeyCode::F(1), NONE),
        (b"\x1b[[B", KeyCode::F(2), NONE),
        (b"\x1b[15~", KeyCode::F(5), NONE),
        (b"\x1b[24~", KeyCode::F(12), NONE),
    ];
    for (bytes, code, modifiers) in table {
        assert_eq!(one(bytes), [(code, modifiers)], "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn answers_to_questions_that_nobody_asked_press_no_key() {
    for answer in [
        "\x1b[?1;2c",
        "\x1b[>41;354;0c",
        "\x1b[24;80R",
        "\x1b[0n",
        "\x1b[4;600;800t",
        "\x1b[?2026;2$y",
        "\x1b]11;rgb:ffff/ffff/ffff\x07",
        "\x1b]10;rgb:0000/0000/0000\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1bP>|xterm(370)\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1b[I",
        "\x1b[<0;10;10M",
    ] {
        assert_eq!(one(format!("{answer}x").as_bytes()), [(KeyCode::Char('x'), NONE)], "{answer:?}");
    }
}

#[test]
fn an_esc_of_its_own_is_esc_after_a_moment() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b"), []);
    assert_eq!(decoder.patience(), Some(ESC_WAIT));
    assert_eq!(keys(&decoder.settle()), [(KeyCode::Esc, NONE)]);
    assert_eq!(decoder.patience(), None);
}

#[test]
fn keys_that_a_slow_line_brought_together_stay_apart() {
    assert_eq!(one(b"\x1b\r"), [(KeyCode::Esc, NONE), (KeyCode::Enter, NONE)]);
    assert_eq!(one(b"\x1b\x1b[A"), [(KeyCode::Esc, NONE), (KeyCode::Up, NONE)]);
    assert_eq!(one(b"\x1bOs"), [(KeyCode::Char('O'), ALT.union(SHIFT)), (KeyCode::Char('s'), NONE)]);
}

#[test]
fn a_key_split_by_a_slow_line_is_one_key() {
    for whole in [&b"\x1b[1;5D"[..], b"\x1b[A", b"\x1bOP", "ñ".as_bytes(), "🙂".as_bytes()] {
        for at in 1..whole.len() {
            let mut decoder = Decoder::default();
            assert_eq!(decoder.feed(&whole[..at]), [], "{whole:?} at {at}");
            assert_eq!(keys(&decoder.feed(&whole[at..])), one(whole));
        }
    }
}

#[test]
fn a_paste_presses_no_key_whatever_it_holds() {
    let mut decoder = Decoder::default();
    let inputs = decoder.feed(b"\x1b[200~a\r\nb\x13\x1b[A\x03c\x1b[201~\r");
    assert_eq!(inputs[0], paste("a\r\nb\u{13}\u{1b}[A\u{3}c"));
    assert_eq!(keys(&inputs[1..]), [(KeyCode::Enter, NONE)]);
}

#[test]
fn a_paste_whose_end_got_lost_gives_the_keys_back() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b[200~some text"), []);
    assert_eq!(decoder.patience(), Some(LONG_WAIT));
    assert_eq!(decoder.settle(), [paste("some text")]);
    assert_eq!(decoder.patience(), None);
    assert_eq!(keys(&decoder.feed(b"q")), [(KeyCode::Char('q'), NONE)]);
    // A late rest of it is still text, and presses nothing.
    let late = "the rest\rof a very long text\rthat stalled";
    assert_eq!(decoder.feed(late.as_bytes()), [paste(late)]);
    assert_eq!(
        keys(&decoder.feed(b"\x1b[201~\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A")).len(),
        11
    );
}

/// What the watchdog is for: without [`Decoder::settle`] every key is lost, as with crossterm's reader (faults.md M3).
#[test]
fn without_the_watchdog_the_keys_stay_lost() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b[200~half a paste"), []);
    for key in [b"q".as_slice(), b"\x1b", b"\t", b"\r"] {
        assert_eq!(decoder.feed(key), [], "{key:?}");
    }
}

#[test]
fn the_end_that_came_late_ends_the_doubt() {
    let mut decoder = Decoder::default();
    decoder.feed(b"\x1b[200~x");
    decoder.settle();
    assert_eq!(keys(&decoder.feed(b"a\x1b[201~b")), [(KeyCode::Char('a'), NONE), (KeyCode::Char('b'), NONE)]);
    let typed = b"forty letters that came in one piece now";
    assert_eq!(keys(&decoder.feed(typed)).len(), typed.len());
}

#[test]
fn ctrl_c_works_in_a_paste_whose_end_got_lost() {
    let mut decoder = Decoder::default();
    decoder.feed(b"\x1b[200~x");
    let inputs = decoder.feed(b"\x03");
    assert_eq!(inputs[0], paste("x"));
    assert_eq!(keys(&inputs[1..]), [(KeyCode::Char('c'), CTRL)]);
}

#[test]
fn a_letter_that_is_not_utf_8_is_said_and_the_next_one_counts() {
    let mut decoder = Decoder::default();
    let inputs = decoder.feed(b"Mu\xf1oz");
    assert_eq!(inputs[2], Input::Foreign);
    assert_eq!(keys(&[&inputs[..2], &inputs[3..]].concat()).len(), 4);
    // The same letter as the last of the line: said after a while.
    assert_eq!(decoder.feed(b"\xf1"), []);
    assert_eq!(decoder.settle(), [Input::Foreign]);
    assert_eq!(decoder.feed(b"\x1b[200~Mu\xf1oz\x1b[201~")[0], Input::Foreign);
}

/// Whole keys, so that no piece ends in an Esc that could be the next one's beginning.
fn pieces() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let piece = prop_oneof![
        any::<char>().prop_filter("Esc begins things", |c| *c != '\u{1b}').prop_map(|c| c.to_string().into_bytes()),
        Just(b"\x1b[1;5D".to_vec()),
        Just(b"\x1bOP".to_vec()),
        Just(b"\x1b]11;rgb:1/2/3\x1b\\".to_vec()),
        "[a-z\r\n\u{3}é山]{0,40}".prop_map(|text| format!("\x1b[200~{text}\x1b[201~").into_bytes()),
    ];
    prop::collection::vec(piece, 0..12)
}

proptest::proptest! {
    #[test]
    fn where_the_line_splits_the_bytes_changes_nothing(pieces in pieces(), size in 2_usize..9) {
        let bytes = pieces.concat();
        let mut whole = Decoder::default();
        let at_once = whole.feed(&bytes);
        let mut decoder = Decoder::default();
        // A piece that is one Ctrl-C means Ctrl-C even in a paste.
        proptest::prop_assume!(!bytes.chunks(size).any(|chunk| chunk == [3]));
        let cut: Vec<_> = bytes.chunks(size).flat_map(|chunk| decoder.feed(chunk)).collect();
        proptest::prop_assert_eq!(at_once, cut);
    }

    #[test]
    fn no_bytes_are_too_strange(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..20)) {
        let mut decoder = Decoder::default();
        for chunk in chunks {
            decoder.feed(&chunk);
        }
        for _ in 0..3 {
            decoder.settle();
        }
        // Whatever came, the keys are back.
        proptest::prop_assert!(decoder.patience().is_none());
        proptest::prop_assert_eq!(decoder.feed(b"q").len(), 1);
    }
}
