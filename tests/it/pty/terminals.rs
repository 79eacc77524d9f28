//! Terminals as they come: of any size, without colours, without UTF-8, without an answer to anything.

use super::session::{PROGRAM, Session};
use crate::support::pty::{Launch, text_of};
use crate::support::sequences::pens;

#[test]
fn no_size_loses_what_was_typed() {
    let mut session = Session::of_sandbox();
    session.send("nora.vidal<Tab>Kanari3#Vogel(88)<Tab>Nora");
    let before = session.wait_for_text("strong");
    for size in [(1, 1), (5, 2), (40, 12), (0, 0), (200, 60), (120, 40), (3, 100), (300, 1), (80, 24)] {
        session.resize(size.0, size.1);
    }
    session.wait_for("the screen of before", |screen| text_of(screen) == before);

    session.resize(30, 5);
    session.wait_for_text("Too small: 40x12 at least,");
    session.send(" Ana");
    session.resize(0, 0);
    session.resize(120, 40);
    session.wait_for_text("Name        Nora Ana");
    session.resize(40, 12);
    session.wait_for_text("Name        Nora Ana");
    session.leave();
}

/// A terminal that says 0 x 0 is drawn on as if it were the usual one.
#[test]
fn a_terminal_without_a_size_gets_the_usual_screen() {
    let session = Session::start(Launch::new(PROGRAM).size(0, 0));
    session.wait_for_output_after(500);
    session.leave();
}

#[test]
fn without_colour_not_one_is_written() {
    let mut session = Session::begin(Launch::new(PROGRAM).env("NO_COLOR", "1").args(&["--scenario", "social-down"]));
    session.send("<C-r>");
    session.wait_for_text("! needs a value");
    session.send("<C-a>");
    session.send_nora();
    session.wait_for_text("PARTLY DONE  create nora.vidal");
    for pen in pens(&session.raw()) {
        assert!(pen.split(';').all(|number| matches!(number.parse(), Ok(0..=9) | Err(_))), "a colour: {pen}");
    }
    session.leave();
}

#[test]
fn colours_are_those_that_the_terminal_has() {
    for (term, deepest) in [("xterm", 16), ("screen", 16), ("tmux-256color", 256)] {
        let mut session = Session::begin(Launch::new(PROGRAM).env("TERM", term));
        session.open_person("marta.lopez");
        let pens = pens(&session.raw());
        assert!(pens.iter().any(|pen| pen.split(';').any(|number| number == "36")), "{term} has no colour: {pens:?}");
        assert!(!pens.iter().any(|pen| pen.contains("8;2;")), "{term} has no true colour: {pens:?}");
        assert!(deepest > 16 || !pens.iter().any(|pen| pen.contains("8;5;")), "{term} has 16 colours: {pens:?}");
        session.leave();
    }
}

#[test]
fn without_utf_8_everything_is_ascii_and_a_warning_says_so() {
    let mut session = Session::begin(Launch::new(PROGRAM).env("LANG", "C"));
    session.wait_for_text("UTF-8");
    session.open_person("marta.lopez");
    session.send("<C-e>x<C-r>");
    session.wait_for_text("Review: update marta.lopez");
    session.esc("Edit marta.lopez");
    assert!(session.raw().is_ascii(), "{}", String::from_utf8_lossy(&session.raw()));
    session.leave();
}

#[test]
fn wide_and_combining_letters_leave_the_cursor_where_the_next_letter_goes() {
    let mut session = Session::of_sandbox();
    session.send("山田e\u{301}x");
    session.wait_for_text("Username    山田e\u{301}x");
    let place = |session: &Session| session.inspect(vt100::Screen::cursor_position);
    let (row, after) = place(&session);
    let cell = |column: u16| session.inspect(|screen| screen.cell(row, column).map(|cell| cell.contents().to_owned()));
    // Two cells for each wide letter, one for a letter with its accent.
    let columns = [(6, "山"), (4, "田"), (2, "e\u{301}"), (1, "x")];
    for (back, letter) in columns {
        assert_eq!(cell(after - back).as_deref(), Some(letter));
    }
    session.send("<Left><Left>y");
    session.wait_for_text("Username    山田ye\u{301}x");
    assert_eq!(place(&session), (row, after - 1));
    session.send("<BS><BS>");
    session.wait_for_text("Username    山e\u{301}x");
    assert_eq!(place(&session), (row, after - 4));
    session.leave();
}

/// Nothing answers in any of these tests, and [`super::session`] finds every question. This one answers, and nothing is different.
#[test]
fn a_terminal_that_answers_sees_the_same_as_one_that_does_not() {
    let silent = Session::of_sandbox();
    let answering = Session::begin(Launch::new(PROGRAM).answering());
    assert_eq!(answering.screen(), silent.screen());
    silent.leave();
    answering.leave();
}
