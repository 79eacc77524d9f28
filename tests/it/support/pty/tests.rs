//! The terminal, tried on programs whose behaviour is known: the shell, `cat`, `printf`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

fn shell(script: &str) -> Launch {
    Launch::new("/bin/sh").args(&["-c", script])
}

/// A shell that prints "ready" and then only does what its traps say. It waits for a process and not for input: a signal that comes
/// just before a shell's `read` is answered only when the read ends.
fn trapping(trap: &str) -> Launch {
    shell(&format!("mkfifo never; cat never & trap 'kill $!' EXIT; trap {trap}; printf ready; while :; do wait; done"))
}

#[test]
fn a_screen_is_read_back_with_its_colours_and_its_exit_code() {
    let terminal = shell(r"printf 'name: \033[31mJos\303\251\033[0m\r\nsecond'; exit 7").open();
    assert_eq!(terminal.wait_exit(), 7);
    assert_eq!(terminal.screen(), "name: José\nsecond");
    assert_eq!(terminal.inspect(|s| s.cell(0, 6).map(vt100::Cell::fgcolor)), Some(vt100::Color::Idx(1)));
    assert_eq!(terminal.raw(), "name: \x1b[31mJosé\x1b[0m\r\r\nsecond".as_bytes());
    assert_eq!(terminal.modes_left(), Vec::<String>::new());
}

#[test]
fn typed_text_and_keys_arrive_as_the_bytes_of_a_terminal() {
    let mut terminal = shell("stty raw -echo; printf ready; head -c 12 | od -An -tx1").open();
    terminal.wait_for_text("ready");
    terminal.send("é<Tab><Up><C-s><F1><Enter><BS>");
    assert!(terminal.wait_for_text("09 1b").contains("c3 a9 09 1b 5b 41 13 1b 4f 50 0d 7f"), "{}", terminal.screen());
}

#[test]
fn a_paste_waits_for_the_program_to_ask_and_keeps_its_newlines_inside_the_marks() {
    let mut terminal = shell(r"stty raw -echo; printf '\033[?2004hready'; head -c 15 | od -An -c").open();
    terminal.paste("a\nb");
    let screen = terminal.wait_for_text("033   [   2   0   0   ~   a  \\n   b 033");
    assert!(screen.contains("ready"), "{screen}");
    terminal.wait_exit();
    let left = terminal.modes_left();
    assert_eq!(left[0], "pastes are bracketed (?2004)");
    assert!(left[1].starts_with("the line is not as it was"), "raw mode was left on and not seen: {left:?}");
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn every_mode_that_a_program_leaves_on_is_named_and_every_one_it_restores_is_not() {
    let careless = shell(r"printf '\033[?1049h\033[?25l\033[44m'").open();
    assert_eq!(careless.wait_exit(), 0);
    let expected = ["the cursor is hidden (?25)", "the alternate screen is shown (?1049)", "colours are still set"];
    assert_eq!(careless.modes_left(), expected);

    let script = r"was=$(stty -g); stty raw; printf '\033[?1049h\033[44m'; stty $was; printf '\033[0m\033[?1049l'";
    let careful = shell(script).open();
    assert_eq!(careful.wait_exit(), 0);
    assert_eq!(careful.modes_left(), Vec::<String>::new());
}

#[test]
fn the_environment_is_the_hermetic_one_and_what_the_test_adds() {
    let home = tempfile::tempdir().unwrap();
    let script = r#"printf '%s|%s|%s|%s' "$TERM" "$NO_COLOR" "${CARGO-none}" "$PWD""#;
    let terminal = shell(script).env("NO_COLOR", "1").env("TERM", "dumb").home(home.path()).size(200, 5).open();
    terminal.wait_exit();
    let place = home.path().canonicalize().unwrap();
    assert_eq!(terminal.screen(), format!("dumb|1|none|{}", place.display()));
    assert_eq!(terminal.home(), home.path());
}

#[test]
fn a_resize_reaches_the_program() {
    let mut terminal = trapping("'stty size' WINCH").size(80, 24).open();
    terminal.wait_for_text("ready");
    terminal.resize(132, 43);
    terminal.wait_for_text("ready43 132");
    let mark = terminal.raw().len();
    terminal.resize(0, 0);
    terminal.wait_for_output_after(mark);
    assert_eq!(terminal.inspect(vt100::Screen::size), (NonZeroU16::MIN, NonZeroU16::MIN));
}

#[test]
fn a_signal_goes_to_the_program_and_its_end_is_counted_as_shells_do() {
    let trapped = trapping("'printf bye; exit 3' TERM").open();
    trapped.wait_for_text("ready");
    trapped.signal(Signal::TERM);
    assert_eq!((trapped.wait_exit(), trapped.screen().as_str()), (3, "readybye"));

    for launch in [shell("printf ready; exec cat"), shell("printf ready; exec cat").direct()] {
        let killed = launch.open();
        killed.wait_for_text("ready");
        killed.signal(Signal::KILL);
        assert_eq!((killed.wait_exit(), killed.screen().as_str()), (137, "ready"));
    }
}

#[test]
fn a_hang_up_is_a_hang_up() {
    let mut terminal = trapping("'printf hangup >seen; exit 9' HUP").direct().open();
    terminal.wait_for_text("ready");
    terminal.hang_up();
    assert_eq!(terminal.wait_exit(), 9);
    assert_eq!(std::fs::read_to_string(terminal.home().join("seen")).unwrap(), "hangup");
    assert_eq!(terminal.raw(), b"ready");
}

/// A hang-up would otherwise press Enter on whatever the screen offers. Reading the other end makes the kernel deliver first what
/// was typed, so an empty answer means that nothing was.
#[test]
fn a_hang_up_types_nothing_on_the_way() {
    let terminal = shell("mkfifo never; stty raw -echo; printf ready; read -r line <never").open();
    terminal.wait_for_text("ready");
    let slave = slave(terminal.master.as_deref().unwrap());
    rustix::fs::fcntl_setfl(&slave, OFlags::NONBLOCK).unwrap();
    terminal.stop_typing(&slave);
    let mut typed = [0; 8];
    assert_eq!(rustix::io::read(&slave, &mut typed), Err(rustix::io::Errno::AGAIN), "typed: {typed:?}");
}

#[test]
fn a_program_stops_on_ctrl_z_and_comes_back() {
    let mut terminal = shell("printf ready; read -r line; printf \"<$line>\"").open();
    terminal.wait_for_text("ready");
    terminal.send("<C-z>");
    terminal.wait_stopped();
    terminal.resume();
    terminal.send("on<Enter>");
    terminal.wait_for_text("<on>");
    assert_eq!(terminal.wait_exit(), 0);
}

#[test]
fn questions_are_answered_only_when_the_test_says_so() {
    let script = r"stty raw -echo; printf '\033[2;5H\033[6n\033[5n\033[c'; head -c 19 | od -An -c";
    let terminal = shell(script).answering().open();
    terminal.wait_for_text("033   [   2   ;   5   R 033   [   0   n 033");
    assert_eq!(terminal.wait_exit(), 0);

    let mut silent = shell(&script.replace("c'", "c'; printf asked")).open();
    silent.wait_for_text("asked");
    silent.send("1234567890123456789");
    silent.wait_for_text("1   2   3   4");
}

#[test]
fn a_wait_that_cannot_end_well_ends_at_once_and_shows_the_screen() {
    for launch in [shell("printf 'only this'; exit 4"), shell("printf 'only this'; exit 4").direct()] {
        let terminal = launch.open();
        let panic = catch_unwind(AssertUnwindSafe(|| terminal.wait_for_text("something else"))).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.contains("something else") && message.contains("ended with 4"), "{message}");
        assert!(message.contains("\nonly this\n"), "{message}");
    }
}

#[test]
fn text_that_goes_away_is_waited_for() {
    let mut terminal = shell(r"stty -echo; printf shown; read -r line; printf '\033[2J'; read -r line").open();
    terminal.wait_for_text("shown");
    terminal.send("<Enter>");
    assert_eq!(terminal.wait_until_gone("shown"), "");
}

#[test]
fn what_a_program_wrote_is_checked_for_sequences_that_are_not_ours() {
    let terminal = shell(r"printf 'a\033[1mb\033[0m'; printf '\033]0;owned\007'").open();
    terminal.wait_exit();
    assert_eq!(sequences::foreign_sequences(&terminal.raw(), &[]), ["Osc(\"0;owned\")"]);
}
