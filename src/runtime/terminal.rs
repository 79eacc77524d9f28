//! The terminal: taken once, and given back whatever happens (faults.md 77 to 80).
//!
//! [`enter`] takes it and [`leave`] gives it back; a panic of any thread gives it back too, and after that nothing is drawn any more, so
//! that no frame ends up among the shell's lines. The terminal is never asked anything.
//!
//! Not here: what is drawn ([`crate::runtime::paint`]) and what is read ([`crate::runtime::source`]).

use std::io::{self, IsTerminal as _, Write};
use std::panic::PanicHookInfo;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::Terminal;
use ratatui::layout::Size;
use rustix::fs::OFlags;
use rustix::process::Signal;
use rustix::stdio::{stdin, stdout};
use rustix::termios::QueueSelector;
use tokio::sync::Notify;

use crate::domain::code::Code;
use crate::runtime::guard;
use crate::runtime::paint::Painter;

/// The terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// The next `SIGCONT` answers our own suspension.
static SUSPENDED: AtomicBool = AtomicBool::new(false);
/// Something panicked where nobody catches it.
static BROKEN: AtomicBool = AtomicBool::new(false);
static BREAKS: Notify = Notify::const_new();

/// The other screen, blank, with marked pastes.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[?2004h";
/// Everything as it was. The screen is blanked first, from its last corner backwards: a terminal that has only one screen would keep what
/// was on it, a password that was shown among it (faults.md 92), and erasing forwards would move it into the scrollback.
const LEAVE: &[u8] = b"\x1b[m\x1b[999;999H\x1b[1J\x1b[?2004l\x1b[?25h\x1b[?1049l";

/// The screen of the person.
pub type Screen = Terminal<Painter<Out>>;

/// Takes the terminal.
///
/// # Errors
/// Standard input or output is no terminal, or the terminal refuses.
pub fn enter() -> io::Result<Screen> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(io::Error::other("standard input and output have to be a terminal"));
    }
    install_hook();
    take()?;
    Terminal::new(Painter::new(Out, size)).inspect_err(|_| leave())
}

fn take() -> io::Result<()> {
    // Whoever shared this terminal before may have left it unblocking, and then a long frame would be cut in the middle.
    let flags = rustix::fs::fcntl_getfl(stdout())?;
    if flags.contains(OFlags::NONBLOCK) {
        rustix::fs::fcntl_setfl(stdout(), flags - OFlags::NONBLOCK)?;
    }
    crossterm::terminal::enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    Out.write_all(ENTER).inspect_err(|_| leave())
}

/// Gives the terminal back. Doing it twice, or without having taken it, does nothing; a terminal that is gone is no error.
///
/// What was typed or is still being pasted and was not read yet is thrown away: the shell would carry it out.
pub fn leave() {
    if TAKEN.load(Ordering::SeqCst) {
        let _ = Out.write_all(LEAVE);
        TAKEN.store(false, Ordering::SeqCst);
        let _ = rustix::termios::tcflush(stdin(), QueueSelector::IFlush);
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

/// Gives the terminal to the shell until it says `fg`. The whole process group stops, as if the terminal had done it: a script that
/// started the program would otherwise wait for ever.
///
/// # Errors
/// The terminal cannot be had again.
pub fn suspend() -> io::Result<()> {
    leave();
    SUSPENDED.store(true, Ordering::SeqCst);
    // Where no shell could continue the program, the system lets it run on, and this was no more than a new drawing.
    let _ = rustix::process::kill_current_process_group(Signal::TSTP);
    take()
}

/// The program runs again after a stop. Where the stop was not [`suspend`]'s, the shell changed the terminal behind our back.
///
/// # Errors
/// The terminal cannot be had again.
pub fn resume() -> io::Result<()> {
    if SUSPENDED.swap(false, Ordering::SeqCst) || !TAKEN.load(Ordering::SeqCst) {
        return Ok(());
    }
    // Otherwise crossterm believes that raw mode is still on.
    let _ = crossterm::terminal::disable_raw_mode();
    take()
}

/// Whether part of the program panicked, so that the exit code has to say so.
pub fn is_broken() -> bool {
    BROKEN.load(Ordering::SeqCst)
}

/// Waits until part of the program panics.
pub async fn breaks() {
    BREAKS.notified().await;
}

/// Writes a sequence that moves no cursor and sets no colour, between two frames.
///
/// # Errors
/// The terminal is gone.
pub fn write(sequence: &str) -> io::Result<()> {
    Out.write_all(sequence.as_bytes())
}

fn size() -> Option<Size> {
    let size = rustix::termios::tcgetwinsize(stdout()).ok()?;
    Some(Size { width: size.ws_col, height: size.ws_row })
}

/// Standard output, past the standard library's buffer, which would split a frame. While the terminal is not taken it swallows
/// everything.
#[derive(Clone, Copy, Debug)]
pub struct Out;

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(bytes.len());
        }
        Ok(rustix::io::retry_on_intr(|| rustix::io::write(stdout(), bytes))?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(panicked)));
}

/// Gives the terminal back and says where it happened; the message of a panic may hold what somebody typed, so it is not shown.
fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), |at| place(at.file(), at.line()));
    if guard::is_guarded() {
        tracing::warn!(code = Code::OwnFault.name(), place, "one answer was given up");
        return;
    }
    leave();
    BROKEN.store(true, Ordering::SeqCst);
    tracing::error!(code = Code::OwnFault.name(), place, "the program has to end");
    let _ = writeln!(
        io::stderr(),
        "netex-users met a fault of its own in {place} and has to end. If a request was on its way, look the user up \
         before sending it again."
    );
    BREAKS.notify_one();
}

/// The end of the path: what is before it is the machine that the program was built on.
fn place(file: &str, line: u32) -> String {
    let parts: Vec<&str> = file.split('/').collect();
    let known = parts.iter().rposition(|part| *part == "src").unwrap_or(0).saturating_sub(1);
    let known = if file.starts_with('/') { known } else { 0 };
    format!("{}:{line}", parts[known..].join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_nothing_of_the_machine() {
        assert_eq!(place("src/app/form.rs", 12), "src/app/form.rs:12");
        assert_eq!(
            place("/var/build/registry/src/index/image-0.25/src/codecs/png.rs", 3),
            "image-0.25/src/codecs/png.rs:3"
        );
    }

    #[test]
    fn nothing_is_written_to_a_terminal_that_is_not_taken() {
        assert!(!TAKEN.load(Ordering::SeqCst));
        assert_eq!(Out.write(b"\x1b[2J").unwrap(), 4);
        leave();
        assert!(!is_broken());
    }
}
