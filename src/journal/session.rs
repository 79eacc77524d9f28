//! Which programs run: a locked file for each, so that the end of one is known without a clock and without guessing at process numbers.
//!
//! The lock is the kernel's (`flock`): it goes with the process, `kill -9` included (faults.md, I-15).

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FlockOperation, Mode, OFlags};

/// The folder of the files, beside the journal.
const FOLDER: &str = "sessions";

/// The beginning of a file that is not locked yet, so that nobody takes it for that of a dead program.
const NEW: &str = ".new-";

/// This program's own file; the lock lives as long as this does.
#[derive(Debug)]
pub struct Session {
    name: String,
    folder: OwnedFd,
    _lock: OwnedFd,
}

impl Session {
    /// Locks a file of a new name, and takes away those of programs that have ended.
    ///
    /// # Errors
    /// The folder or the file cannot be made.
    pub fn begin(state: &Path) -> io::Result<Self> {
        let folder = open_folder(state)?;
        let name = format!("{:016x}", rand::random::<u64>());
        let beside = format!("{NEW}{name}");
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let lock = rustix::fs::openat(&folder, &beside, flags, Mode::RUSR | Mode::WUSR)?;
        rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        rustix::fs::renameat(&folder, &beside, &folder, &name)?;
        let session = Self { name, folder, _lock: lock };
        session.tidy();
        Ok(session)
    }

    /// Its name in the journal.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the program of that name still runs.
    pub fn is_alive(&self, name: &str) -> bool {
        name == self.name || is_locked(&self.folder, name)
    }

    fn tidy(&self) {
        let Ok(entries) = Dir::read_from(self.folder.as_fd()) else { return };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().to_str() else { continue };
            let is_session = name.len() == self.name.len() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            if is_session && !self.is_alive(name) {
                let _ = rustix::fs::unlinkat(&self.folder, name, AtFlags::empty());
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = rustix::fs::unlinkat(&self.folder, &self.name, AtFlags::empty());
    }
}

/// Whether any program uses a journal in this folder. Nothing is made where there is none yet.
///
/// # Errors
/// The folder cannot be read.
pub fn is_anybody_at_work(state: &Path) -> io::Result<bool> {
    if !state.join(FOLDER).exists() {
        return Ok(false);
    }
    let folder = open_folder(state)?;
    let mut names = Dir::read_from(folder.as_fd())?.flatten();
    Ok(names
        .any(|entry| entry.file_name().to_str().is_ok_and(|name| !name.starts_with('.') && is_locked(&folder, name))))
}

fn open_folder(state: &Path) -> io::Result<OwnedFd> {
    let path = state.join(FOLDER);
    match rustix::fs::mkdir(&path, Mode::RWXU) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(CWD, &path, flags, Mode::empty())?)
}

/// A file that is not there belongs to nobody who runs. The lock that is tried is a shared one, so that two who ask at the same time do not
/// take each other for the owner.
fn is_locked(folder: &OwnedFd, name: &str) -> bool {
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let Ok(file) = rustix::fs::openat(folder, name, flags, Mode::empty()) else { return false };
    rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_alive_until_it_ends_and_leaves_nothing() {
        let state = tempfile::tempdir().unwrap();
        let (ours, other) = (Session::begin(state.path()).unwrap(), Session::begin(state.path()).unwrap());
        assert!(ours.is_alive(ours.name()) && ours.is_alive(other.name()) && other.is_alive(ours.name()));
        assert!(is_anybody_at_work(state.path()).unwrap());
        let name = other.name().to_owned();
        drop(other);
        assert!(!ours.is_alive(&name) && !ours.is_alive("0000000000000000"));
        assert_eq!(std::fs::read_dir(state.path().join(FOLDER)).unwrap().count(), 1);
    }

    #[test]
    fn two_who_ask_at_once_do_not_take_each_other_for_the_owner() {
        let state = tempfile::tempdir().unwrap();
        let ours = Session::begin(state.path()).unwrap();
        let left = state.path().join(FOLDER).join("0123456789abcdef");
        let asking = std::fs::File::create(&left).unwrap();
        rustix::fs::flock(&asking, FlockOperation::NonBlockingLockShared).unwrap();
        assert!(!ours.is_alive("0123456789abcdef"));
    }

    #[test]
    fn what_a_killed_program_left_is_taken_away() {
        let state = tempfile::tempdir().unwrap();
        let ours = Session::begin(state.path()).unwrap();
        let left = state.path().join(FOLDER).join("0123456789abcdef");
        std::fs::write(&left, "").unwrap();
        assert!(!ours.is_alive("0123456789abcdef"));
        drop(ours);
        assert!(!is_anybody_at_work(state.path()).unwrap(), "what is left there is nobody's");
        let ours = Session::begin(state.path()).unwrap();
        std::fs::write(&left, "").unwrap();
        let other = Session::begin(state.path()).unwrap();
        assert!(!left.exists() && other.is_alive(ours.name()));
    }
}
