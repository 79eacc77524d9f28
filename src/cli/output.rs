//! The only file that prints. A reader that went away (`| head`) is no error: it has what it wanted.

use std::io::{self, IsTerminal as _, Write};

use crate::domain::untrusted::visible;

/// Prints for whoever asked.
///
/// # Errors
/// The output cannot be written, for another reason than that nobody reads any more.
pub fn print(text: &str) -> io::Result<()> {
    stream(text).map(|_| ())
}

/// Prints a part of something long, and says whether somebody still reads.
///
/// # Errors
/// As for [`print()`].
pub fn stream(text: &str) -> io::Result<bool> {
    stream_bytes(text.as_bytes())
}

/// The same with bytes that are not all text.
///
/// # Errors
/// As for [`print()`].
pub fn stream_bytes(bytes: &[u8]) -> io::Result<bool> {
    match io::stdout().lock().write_all(bytes).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        result => result.map(|()| true),
    }
}

/// Prints a complaint. Where not even that can be written, the exit code is all there is.
pub fn complain(words: &str) {
    let _ = writeln!(io::stderr().lock(), "netex-users: {words}");
}

/// Prints something to know beside the answer.
pub fn remark(words: &str) {
    let _ = writeln!(io::stderr().lock(), "{words}");
}

/// Says what is being waited for: only where somebody watches.
pub fn progress(words: &str) {
    if io::stderr().is_terminal() {
        let _ = writeln!(io::stderr().lock(), "{}", visible(words));
    }
}

/// Whether somebody watches what is being waited for.
pub fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Whether the answer goes to a terminal.
pub fn is_shown() -> bool {
    io::stdout().is_terminal()
}

/// Draws one line over the one before, which was so wide. The words are ours.
pub fn bar(words: &str, before: usize) {
    if is_watched() {
        let _ = write!(io::stderr().lock(), "\r{words:<before$}\r{words}").and_then(|()| io::stderr().flush());
    }
}

/// Puts a question, and leaves the cursor behind it.
pub fn question(words: &str) {
    let _ = write!(io::stderr().lock(), "{words}").and_then(|()| io::stderr().flush());
}

/// Prints the usage that the arguments were found not to follow. What it repeats of them may be from anywhere.
pub fn complain_of_usage(words: &str) {
    let _ = write!(io::stderr().lock(), "{}", lines(words));
}

/// A writer for a conversation.
pub fn conversation() -> impl Write {
    io::stdout().lock()
}

fn lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}
