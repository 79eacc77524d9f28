//! The only file that prints. A reader that went away (`| head`) is no error: it has what it wanted.

use std::io::{self, Write};

/// Prints for whoever asked.
///
/// # Errors
/// The output cannot be written, for another reason than that nobody reads any more.
pub fn print(text: &str) -> io::Result<()> {
    forgiving(io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()))
}

/// Prints a complaint. Where not even that can be written, the exit code is all there is.
pub fn complain(words: &str) {
    let _ = writeln!(io::stderr().lock(), "netex-users: {words}");
}

/// Prints the usage that the arguments were found not to follow.
pub fn complain_of_usage(words: &str) {
    let _ = write!(io::stderr().lock(), "{words}");
}

/// A writer for a conversation.
pub fn conversation() -> impl Write {
    io::stdout().lock()
}

fn forgiving(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
