//! A bad terminal and a bad line: gone without a word, a signal in the middle of a request, bytes of another century.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::Instant;

use super::held::Held;
use super::session::{Desk, PROGRAM, Session};
use crate::support::pty::Launch;

/// How long a program on a terminal that is gone may live (faults.md 77).
const GONE: Duration = Duration::from_secs(2);

/// How much of a processor a whole short session takes at most, in seconds, in a build that is not optimised. Whoever spins takes more.
const IDLE: f64 = 0.3;

/// Starts a program that no SIGHUP reaches, as one that was started by `nohup`, `sudo` or a multiplexer that was killed: in a session that
/// the terminal is not the controlling one of, under a shell that ignores the signal and writes down how much time the program has used.
fn out_of_reach(program: &[&str]) -> Launch {
    let script = r#"trap '' HUP; setsid -w "$@" </dev/tty; echo "$?" >ended; times >times"#;
    Launch::new("/bin/sh").args(&["-c", script, "sh"]).args(program).direct()
}

/// The seconds that the children of the shell have used, of the last line of `times`: `0m0.123456s 0m0.010000s`.
fn used(home: &Path) -> f64 {
    let text = std::fs::read_to_string(home.join("times")).expect("the shell has written it");
    let last = text.lines().last().expect("two lines");
    let seconds = |word: &str| {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m').expect("minutes and seconds");
        minutes.parse::<f64>().expect("a number") * 60.0 + seconds.parse::<f64>().expect("a number")
    };
    last.split_whitespace().map(seconds).sum()
}

#[test]
#[cfg(target_os = "linux")]
fn a_terminal_that_is_gone_without_a_word_ends_the_program_at_once_and_without_spinning() {
    let mut session = Session::begin(out_of_reach(&[PROGRAM]));
    session.send("nora");
    session.wait_for_text("nora");
    session.hang_up();
    let since = Instant::now();
    session.wait_exit();
    assert!(since.elapsed() <= GONE, "it lived on for {:?}", since.elapsed());
    assert_eq!(std::fs::read_to_string(session.home().join("ended")).unwrap(), "129\n");
    assert!(used(session.home()) <= IDLE, "it used {} s", used(session.home()));
}

/// The same question put to a program that spins on a dead terminal, as crossterm's own reader does (faults.md M4): it has to be found.
#[test]
#[cfg(target_os = "linux")]
fn a_program_that_spins_on_a_dead_terminal_would_be_found() {
    // A read that fails is tried again for ever, were it not for the count.
    let spin = "echo F1 help; i=0; until read -r line || [ $i -gt 600000 ]; do i=$((i+1)); done";
    let mut terminal = out_of_reach(&["sh", "-c", spin]).open();
    terminal.wait_for_text("F1 help");
    terminal.hang_up();
    terminal.wait_exit();
    assert!(used(terminal.home()) > IDLE, "it used {} s", used(terminal.home()));
}

#[test]
fn a_signal_in_the_middle_of_a_request_waits_three_seconds_and_says_that_it_is_in_doubt() {
    std::thread::scope(|scope| {
        for (signal, code) in [(Signal::HUP, 129), (Signal::INT, 130), (Signal::TERM, 143)] {
            scope.spawn(move || ended_by(signal, code));
        }
    });
}

fn ended_by(signal: Signal, code: i32) {
    let held = Held::new();
    let mut session = held.begin();
    session.send_nora();
    let _request = held.request();
    session.wait_for_text("SENDING");
    session.signal(signal);
    let since = Instant::now();
    assert_eq!(session.wait_exit(), code, "{}", session.screen());
    let waited = since.elapsed();
    assert!(waited >= Duration::from_millis(2_500) && waited < Duration::from_secs(8), "{signal:?}: {waited:?}");
    let screen = session.screen().replace('\n', "");
    assert!(screen.contains("\"create nora.vidal\" was on its way when the program ended"), "{screen}");
    assert!(screen.contains("[interrupted]"), "{screen}");
    assert!(!held.is_asked_again());
    session.ends_with(code);
}

#[test]
fn a_signal_in_the_middle_of_a_request_that_is_answered_ends_in_certainty() {
    let held = Held::new();
    let mut session = held.begin();
    session.send_nora();
    let request = held.request();
    session.wait_for_text("SENDING");
    session.signal(Signal::TERM);
    session.wait_for_text("waiting at most 3 s for its answer");
    Held::answer(request);
    assert_eq!(session.wait_exit(), 143);
    assert!(!session.screen().contains("on its way"), "{}", session.screen());
    session.ends_with(143);
}

#[test]
fn letters_of_a_terminal_that_is_not_utf_8_are_missed_aloud() {
    let desk = Desk::new();
    let mut session = desk.begin();
    session.send_bytes(b"nu\xf1ez");
    session.wait_for_text("The terminal sent a letter that is not UTF-8, and it was left out");
    session.wait_for_text("Username    nuez");
    session.leave();
}
