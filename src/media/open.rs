//! The bytes of a regular file, read once and within bounds (faults.md 99).
//!
//! A symbolic link that a person points at is followed: it is their own choice. A pipe, a device or a socket behind it is not read.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::domain::files::{MOST_FILE, MediaFault};
use crate::domain::untrusted::Untrusted;
use crate::media::kind;

/// The content of a file that can be a picture. A file that begins like none is refused after its first few bytes.
///
/// The path is asked before it is opened, because opening alone can move a tape; what counts is what the open file says of itself,
/// since the name may mean something else a moment later. `NONBLOCK` is for the pipe that took its place meanwhile.
pub fn read(path: &Path) -> Result<Vec<u8>, MediaFault> {
    regular(&fs::metadata(path).map_err(|e| fault(&e))?)?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|e| fault(&e.into()))?);
    let before = file.metadata().map_err(|e| fault(&e))?;
    regular(&before)?;
    if before.len() > MOST_FILE {
        return Err(MediaFault::TooMuch(before.len()));
    }
    let mut bytes = Vec::new();
    file.by_ref().take(kind::HEAD).read_to_end(&mut bytes).map_err(|e| fault(&e))?;
    kind::of(&bytes)?;
    let rest = MOST_FILE + 1 - bytes.len() as u64;
    file.by_ref().take(rest).read_to_end(&mut bytes).map_err(|e| fault(&e))?;
    let after = file.metadata().map_err(|e| fault(&e))?;
    if bytes.len() as u64 > MOST_FILE {
        return Err(MediaFault::TooMuch(after.len()));
    }
    let same = before.len() == after.len() && before.modified().ok() == after.modified().ok();
    if same && bytes.len() as u64 == before.len() { Ok(bytes) } else { Err(MediaFault::Changed) }
}

fn regular(what: &Metadata) -> Result<(), MediaFault> {
    let kind = what.file_type();
    if kind.is_file() {
        return Ok(());
    }
    Err(MediaFault::NotAFile(match () {
        () if kind.is_dir() => "a folder",
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    }))
}

/// What the system says, as a fault.
pub fn fault(error: &io::Error) -> MediaFault {
    match Errno::from_io_error(error) {
        Some(Errno::NOENT) => MediaFault::Missing,
        Some(Errno::ACCESS | Errno::PERM) => MediaFault::Denied,
        Some(Errno::LOOP) => MediaFault::Circle,
        Some(Errno::NOTDIR) => MediaFault::NotAFolder,
        Some(_) | None => MediaFault::Unreadable(Untrusted::new(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_becomes_a_fault_with_words() {
        let of = |errno: Errno| fault(&errno.into());
        assert_eq!(of(Errno::ACCESS), MediaFault::Denied);
        assert_eq!(of(Errno::NOENT), MediaFault::Missing);
        assert!(of(Errno::IO).to_string().starts_with("cannot be read: Input/output error"));
    }
}
