//! What the integration tests share: a terminal to run the program in, the bytes it writes there taken apart, and the
//! environment that no test may leave. No test of the program is here, only the tests of these tools.

pub mod canary;
pub mod hermetic;
pub mod intents;
pub mod invariants;
pub mod journal;
pub mod keys;
pub mod pty;
pub mod recorder;
pub mod sequences;
pub mod typed;

/// What stands in a file. A database is read by another process: closing a descriptor of it would take away the locks that a journal in this
/// one has on it, and what is written meanwhile could spoil it.
pub fn bytes_of(path: &std::path::Path) -> std::io::Result<Vec<u8>> {
    if !path.to_string_lossy().contains(".db") {
        return std::fs::read(path);
    }
    let read = std::process::Command::new("cat").arg(path).output()?;
    if read.status.success() { Ok(read.stdout) } else { Err(std::io::ErrorKind::NotFound.into()) }
}
