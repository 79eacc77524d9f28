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
    let file = File::from(rustix::fs::open(path, flags, Mode::empty()).map_err(|e| fault(&e.into()))?);
    content(file, || ())
}

/// The content of a file that somebody else opened, under the same conditions.
pub(in crate::media) fn read_opened(file: File) -> Result<Vec<u8>, MediaFault> {
    content(file, || ())
}

/// `meanwhile` is where somebody else may write: nothing, outside tests.
fn content(mut file: File, meanwhile: impl FnOnce()) -> Result<Vec<u8>, MediaFault> {
    let before = file.metadata().map_err(|e| fault(&e))?;
    regular(&before)?;
    if before.len() > MOST_FILE {
        return Err(MediaFault::TooMuch(before.len()));
    }
    let mut bytes = Vec::new();
    file.by_ref().take(kind::HEAD).read_to_end(&mut bytes).map_err(|e| fault(&e))?;
    kind::of(&bytes)?;
    meanwhile();
    let rest = MOST_FILE + 1 - bytes.len() as u64;
    file.by_ref().take(rest).read_to_end(&mut bytes).map_err(|e| fault(&e))?;
    let after = file.metadata().map_err(|e| fault(&e))?;
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
    use std::io::Write as _;

    #[test]
    fn a_file_that_is_written_to_meanwhile_is_not_believed() {
        let mut written = tempfile::NamedTempFile::new().unwrap();
        written.write_all(b"GIF89a and so on").unwrap();
        let open = || File::open(written.path()).unwrap();
        assert_eq!(content(open(), || ()).unwrap(), b"GIF89a and so on");
        let longer = || File::options().append(true).open(written.path()).unwrap().write_all(b"!").unwrap();
        assert_eq!(content(open(), longer), Err(MediaFault::Changed));
        let shorter = || File::options().write(true).open(written.path()).unwrap().set_len(3).unwrap();
        assert_eq!(content(open(), shorter), Err(MediaFault::Changed));
    }

    #[test]
    fn what_took_the_place_of_a_file_meanwhile_is_not_read() {
        let zero = File::open("/dev/zero").unwrap();
        assert_eq!(content(zero, || ()), Err(MediaFault::NotAFile("a device")));
    }

    #[test]
    fn what_the_system_says_becomes_a_fault_with_words() {
        let of = |errno: Errno| fault(&errno.into());
        assert_eq!(of(Errno::ACCESS), MediaFault::Denied);
        assert_eq!(of(Errno::NOENT), MediaFault::Missing);
        assert!(of(Errno::IO).to_string().starts_with("cannot be read: Input/output error"));
    }
}
