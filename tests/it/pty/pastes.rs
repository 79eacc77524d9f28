//! Pastes: they are text, whatever they hold, and they never press a key.

use std::time::Duration;

use rustix::process::Signal;
use tokio::time::Instant;

use super::session::Desk;

#[test]
fn a_paste_with_line_breaks_on_the_review_sends_nothing() {
    let desk = Desk::new();
    let mut session = desk.begin();
    session.review_nora();
    session.paste("y\n\r\n\rEnter\n");
    session.wait_for_text("Nothing here takes a paste.");
    session.wait_for_text("Review: create nora.vidal");
    // A pasted text may hold the mark of its own end, and an Enter behind it.
    session.paste("y\x1b[201~\r\r");
    session.wait_for_text("Nothing is sent right after a paste: press the key again.");
    session.wait_for_text("Review: create nora.vidal");
    session.signal(Signal::TERM);
    session.ends_with(143);
    assert_eq!(desk.asked(), [] as [&str; 0]);
}

#[test]
fn a_paste_of_ten_megabytes_is_cut_and_said_and_the_keys_live_on() {
    let desk = Desk::new();
    let mut session = desk.begin();
    session.send("nora");
    session.paste(&"Lorem ipsum\r\n".repeat(800_000));
    session.wait_for_text("A field takes 64 KiB; the rest of the paste was left out.");
    session.send("<C-a><C-k>nora.vidal<Tab>");
    session.wait_for_text("Username    nora.vidal");
    session.signal(Signal::TERM);
    session.ends_with(143);
    assert_eq!(desk.asked(), [] as [&str; 0]);
}

#[test]
fn a_paste_without_an_end_is_taken_and_the_keys_come_back() {
    let desk = Desk::new();
    let mut session = desk.begin();
    session.send_bytes(b"\x1b[200~nora.vidal\n\n");
    let since = Instant::now();
    session.wait_for_text("nora.vidal");
    assert!(since.elapsed() <= Duration::from_secs(2), "{:?}", since.elapsed());
    session.send("<Tab>");
    session.send("x");
    session.wait_for_text("Password    \u{2022}");
    session.send("<C-c>");
    session.wait_for_text("What you typed for nora.vidal");
    session.signal(Signal::TERM);
    session.ends_with(143);
    assert_eq!(desk.asked(), [] as [&str; 0]);
}

#[test]
fn ctrl_c_works_in_the_middle_of_a_paste_without_an_end() {
    let desk = Desk::new();
    let mut session = desk.begin();
    session.send("nora");
    session.wait_for_text("nora");
    // In one piece, so that the beginning of the paste has been read when the letter before it is seen.
    session.send_bytes(b".\x1b[200~vidal");
    session.wait_for_text("nora.");
    session.send_bytes(b"\x03");
    session.wait_for_text("What you typed for nora.vidal");
    session.signal(Signal::TERM);
    session.ends_with(143);
}
