//! What the line carries: the bytes of the first screen and of a key, counted at the terminal.
//!
//! Bytes repeat exactly from run to run and from machine to machine, so they are the figures of performance.md 8 that a test can hold.

use super::session::{PROGRAM, Session};
use crate::support::pty::Launch;

/// Presses a key and says how many bytes it cost until the screen had this text.
fn cost(session: &mut Session, key: &str, text: &str) -> usize {
    let before = session.raw().len();
    session.send(key);
    session.wait_for_text(text);
    session.raw().len() - before
}

#[test]
fn the_first_screen_is_small() {
    let session = Session::at_the_list(Launch::new(PROGRAM));
    session.wait_for("everybody", |screen| {
        let title = screen.contents();
        title.contains("44 people, read") && !title.contains("reading on")
    });
    let length = session.raw().len();
    assert!(length <= 2_400, "{length} bytes");
    session.leave();
}

#[test]
fn a_letter_is_one_byte_and_rubbing_it_out_three() {
    let mut session = Session::of_sandbox();
    session.send("no");
    session.wait_for_text("Username    no");
    assert_eq!(cost(&mut session, "r", "Username    nor"), 1);
    assert_eq!(cost(&mut session, "a", "Username    nora"), 1);
    let before = session.raw().len();
    session.send("<BS>");
    session.wait_until_gone("nora");
    assert!(session.raw().len() - before <= 3);
    session.leave();
}

#[test]
fn forty_letters_that_come_together_are_one_small_frame() {
    let mut session = Session::of_sandbox();
    let bytes = cost(&mut session, "forty.letters.that.were.pasted.as.keys.x", "as.keys.x");
    assert!(bytes <= 100, "{bytes} bytes");
    session.leave();
}
