//! Every way out: the terminal is given back, the exit code is right, and what is not finished is said.

use rustix::process::Signal;

use super::held::Held;
use super::session::{PASSWORD, PROGRAM, Session};
use crate::support::pty::{Launch, text_of};

#[test]
fn both_keys_leave_an_untouched_form_at_once() {
    for key in ["<C-q>", "<C-c>"] {
        Session::of_sandbox().leave_by(key);
    }
}

#[test]
fn leaving_asks_where_something_was_typed() {
    for key in ["<C-q>", "<C-c>"] {
        let mut session = Session::of_sandbox();
        session.send("nora");
        session.send(key);
        session.wait_for_text("What you typed for nora was not sent");
        session.send("n");
        session.wait_until_gone("Sure?");
        session.wait_for_text("Username    nora");
        session.send(key);
        session.wait_for_text("Sure?");
        session.leave_by("y");
    }
}

#[test]
fn a_signal_ends_the_program_and_the_terminal_is_as_it_was() {
    for (signal, code) in [(Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131), (Signal::TERM, 143)] {
        let mut session = Session::of_sandbox();
        session.send("nora");
        session.wait_for_text("nora");
        session.signal(signal);
        session.ends_with(code);
    }
}

#[test]
fn a_hang_up_ends_the_program() {
    let mut session = Session::begin(Launch::new(PROGRAM).direct());
    session.send("nora");
    session.wait_for_text("nora");
    session.hang_up();
    assert_eq!(session.wait_exit(), 129);
}

#[test]
fn a_hang_up_does_not_give_up_the_answer_to_a_request() {
    let held = Held::new();
    let mut session = Session::begin(held.launch().direct());
    session.send_nora();
    let request = held.request();
    session.wait_for_text("SENDING");
    session.hang_up();
    Held::answer(request);
    assert_eq!(session.wait_exit(), 129);
}

#[test]
fn a_suspension_gives_the_terminal_back_and_takes_it_again() {
    let mut session = Session::of_sandbox();
    session.send("nora");
    let before = session.wait_for_text("nora");
    session.send("<C-z>");
    session.wait_stopped();
    assert_eq!(session.modes_left(), Vec::<String>::new());
    session.resume();
    session.wait_for("the screen of before", |screen| text_of(screen) == before);
    session.send(".vidal");
    session.wait_for_text("nora.vidal");
    session.leave();
}

#[test]
fn a_stop_that_nobody_asked_for_is_mended_when_the_program_goes_on() {
    let mut session = Session::of_sandbox();
    session.send("nora");
    let before = session.wait_for_text("nora");
    session.signal(Signal::STOP);
    session.resume();
    session.wait_for("the screen of before", |screen| text_of(screen) == before);
    session.send(".vidal");
    session.wait_for_text("nora.vidal");
    session.leave();
}

#[test]
fn whoever_leaves_while_a_request_is_on_its_way_is_told_what_to_do() {
    let held = Held::new();
    let mut session = held.begin();
    session.send_nora();
    let _request = held.request();
    session.send("<C-q>");
    session.wait_for_text("The request for nora.vidal is on its way.");
    session.send("y");
    session.wait_for_text("waiting at most 3 s for its answer");
    session.send("<C-q>");
    assert_eq!(session.wait_exit(), 0);
    let screen = session.screen();
    assert!(screen.contains("\"create nora.vidal\" was on its way when the program"), "{screen}");
    session.ends_with(0);
}

#[test]
fn an_answer_that_comes_while_the_program_leaves_is_waited_for() {
    let held = Held::new();
    let mut session = held.begin();
    session.send_nora();
    let request = held.request();
    session.send("<C-q>y");
    session.wait_for_text("waiting at most 3 s for its answer");
    Held::answer(request);
    assert_eq!(session.wait_exit(), 0);
    assert!(!session.screen().contains("on its way"), "{}", session.screen());
    session.ends_with(0);
}

/// What a terminal shows that has one screen alone, and so ignores the change to another.
fn on_one_screen(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw).replace("\x1b[?1049h", "").replace("\x1b[?1049l", "");
    let (rows, columns) = (24.try_into().expect("more than none"), 80.try_into().expect("more than none"));
    let mut terminal = vt100::Parser::new(rows, columns, 1000);
    terminal.process(text.as_bytes());
    let now = terminal.screen().contents();
    // Everything that can be scrolled back to.
    terminal.screen_mut().set_scrollback(usize::MAX);
    now + &terminal.screen().contents()
}

fn with_a_shown_password() -> Session {
    let mut session = Session::of_sandbox();
    session.send(&format!("nora<Tab>{PASSWORD}"));
    session.wait_for_text("Password    ••••");
    session.may_show_the_password();
    session.send("<C-v>");
    session.wait_for_text(PASSWORD);
    assert!(on_one_screen(&session.raw()).contains(PASSWORD), "the test needs something that could stay");
    session
}

#[test]
fn a_password_that_was_shown_is_on_no_screen_afterwards() {
    let mut session = with_a_shown_password();
    session.send("<C-z>");
    session.wait_stopped();
    assert!(!session.screen().contains(PASSWORD) && !on_one_screen(&session.raw()).contains(PASSWORD));
    session.resume();
    session.wait_for_text("Username    nora");
    session.signal(Signal::TERM);
    assert_eq!(session.wait_exit(), 143);
    assert!(!session.screen().contains(PASSWORD) && !on_one_screen(&session.raw()).contains(PASSWORD));

    let mut session = with_a_shown_password();
    session.send("<C-q>y");
    assert_eq!(session.wait_exit(), 0);
    assert!(!session.screen().contains(PASSWORD) && !on_one_screen(&session.raw()).contains(PASSWORD));
    session.ends_with(0);
}
