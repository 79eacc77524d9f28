//! The inputs of a real pseudo-terminal.

use std::fs::File;
use std::io::Write as _;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use futures_util::StreamExt as _;
use portable_pty::{MasterPty, PtySize, native_pty_system};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::*;

/// Signals reach every stream of the process, so that these tests take turns.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Both ends: what the person types into, and what the program reads.
fn terminal() -> (Box<dyn MasterPty + Send>, OwnedFd) {
    let pair = native_pty_system().openpty(PtySize::default()).expect("a pseudo-terminal");
    let name = pair.master.tty_name().expect("its name");
    let tty = File::options().read(true).write(true).open(name).expect("its other end");
    let mut modes = tcgetattr(&tty).expect("its modes");
    modes.make_raw();
    tcsetattr(&tty, OptionalActions::Now, &modes).expect("raw mode");
    (pair.master, tty.into())
}

fn key(code: KeyCode) -> Input {
    Input::Terminal(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

#[tokio::test]
async fn what_is_typed_comes_and_an_esc_of_its_own_too() {
    let _alone = ALONE.lock().await;
    let (person, tty) = terminal();
    let mut hand = person.take_writer().unwrap();
    let mut inputs = inputs_of(tty).unwrap();
    hand.write_all("ñ\x1b[A".as_bytes()).unwrap();
    assert_eq!(inputs.next().await, Some(key(KeyCode::Char('ñ'))));
    assert_eq!(inputs.next().await, Some(key(KeyCode::Up)));
    hand.write_all(b"\x1b").unwrap();
    assert_eq!(inputs.next().await, Some(key(KeyCode::Esc)));
}

/// The keys lie in the terminal before the signal comes, and the signal is looked at first.
#[tokio::test]
async fn what_was_typed_before_a_signal_comes_before_it() {
    let _alone = ALONE.lock().await;
    let (person, tty) = terminal();
    let there = tty.try_clone().unwrap();
    let mut hand = person.take_writer().unwrap();
    let mut inputs = inputs_of(tty).unwrap();
    hand.write_all(b"no").unwrap();
    while rustix::io::ioctl_fionread(&there).unwrap() < 2 {
        std::thread::yield_now();
    }
    let mut heard = signal(SignalKind::terminate()).unwrap();
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM).unwrap();
    heard.recv().await;
    let came: Vec<Input> = inputs.by_ref().take(3).collect().await;
    assert_eq!(came, [key(KeyCode::Char('n')), key(KeyCode::Char('o')), Input::Stop(Stop::Terminate)]);
}

#[tokio::test]
async fn a_terminal_that_is_gone_ends_the_program() {
    let _alone = ALONE.lock().await;
    let (person, tty) = terminal();
    let mut inputs = inputs_of(tty).unwrap();
    drop(person);
    assert_eq!(inputs.next().await, Some(Input::Stop(Stop::Hangup)));
    assert_eq!(inputs.next().await, None);
}

#[tokio::test]
async fn a_new_size_and_a_continuation_are_inputs() {
    let _alone = ALONE.lock().await;
    let (_person, tty) = terminal();
    let mut inputs = inputs_of(tty).unwrap();
    let signal = |signal| rustix::process::kill_process(rustix::process::getpid(), signal).expect("a signal");
    signal(rustix::process::Signal::WINCH);
    assert_eq!(inputs.next().await, Some(Input::Terminal(Event::Resize(0, 0))));
    signal(rustix::process::Signal::CONT);
    assert_eq!(inputs.next().await, Some(Input::Continued));
}
