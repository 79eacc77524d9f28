//! The file of the log: private, never followed through a link, and turned by its size, so that it can never fill a disk.
//!
//! Several sessions write into one file, each line with one call. Whoever finds it full turns it, under a lock; the others notice by the
//! file's number that theirs has been renamed, and open the new one.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, Stat};
use rustix::io::Errno;

/// The file's name in the state folder.
pub const NAME: &str = "netex-users.log";

/// How long a file may become, in bytes.
pub const MOST: u64 = 1024 * 1024;

/// The files there are at most: the one that is written, `.1` that was before it, `.2`.
const FILES: usize = 3;

/// The log of a folder that is there and private.
pub struct LogFile {
    folder: PathBuf,
    file: Option<File>,
    most: u64,
}

impl LogFile {
    /// Opens nothing yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, file: None, most: MOST }
    }

    /// Where it is.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join(NAME)
    }

    /// Adds a line.
    ///
    /// # Errors
    /// The file cannot be opened or written, is a link or no plain file, is not ours, or is open to others.
    pub fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let folder = self.open_folder()?;
        let mut file = match self.file.take() {
            Some(file) if is_there(&folder, &file) => file,
            Some(_) | None => opened(&folder)?,
        };
        if rustix::fs::fstat(&file)?.st_size.cast_unsigned() + line.len() as u64 > self.most && turned(&folder, &file)?
        {
            file = opened(&folder)?;
        }
        file.write_all(line)?;
        self.file = Some(file);
        Ok(())
    }

    fn open_folder(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(CWD, &self.folder, flags, Mode::empty())?)
    }
}

/// Without waiting, and every question is asked of the opened file: a pipe or a link that somebody left there holds and leads nobody.
fn opened(folder: &OwnedFd) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND | OFlags::NOFOLLOW;
    let flags = flags | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::openat(folder, NAME, flags, Mode::RUSR | Mode::WUSR)?;
    let stat = rustix::fs::fstat(&file)?;
    let mode = Mode::from_raw_mode(stat.st_mode).bits() & 0o077;
    if !FileType::from_raw_mode(stat.st_mode).is_file() {
        return Err(io::Error::other("it is not a plain file"));
    }
    if stat.st_uid != rustix::process::geteuid().as_raw() || mode != 0 {
        return Err(io::Error::other("others may use it"));
    }
    Ok(File::from(file))
}

/// Whether the file is still the one that has the name.
fn is_there(folder: &OwnedFd, file: &File) -> bool {
    let number = |stat: Stat| (stat.st_dev, stat.st_ino);
    let named = rustix::fs::statat(folder, NAME, AtFlags::SYMLINK_NOFOLLOW).map(number);
    named.is_ok() && named == rustix::fs::fstat(file).map(number)
}

/// Renames the files, the oldest away. It says whether there is a new one to open; where another session is at it, this line
/// still goes into the old one.
fn turned(folder: &OwnedFd, file: &File) -> io::Result<bool> {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::AGAIN) => return Ok(false),
        locked => locked?,
    }
    if is_there(folder, file) {
        for at in (1..FILES).rev() {
            let before = if at == 1 { NAME.to_owned() } else { format!("{NAME}.{}", at - 1) };
            match rustix::fs::renameat(folder, &before, folder, format!("{NAME}.{at}")) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn log(folder: &Path, most: u64) -> LogFile {
        LogFile { most, ..LogFile::new(folder.to_owned()) }
    }

    fn text(folder: &Path, name: &str) -> String {
        fs::read_to_string(folder.join(name)).unwrap_or_default()
    }

    #[test]
    fn three_files_are_kept_and_no_line_is_cut_or_lost_before_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = log(folder.path(), 30);
        for number in 0..10 {
            log.write(format!("line {number} ...\n").as_bytes()).unwrap();
        }
        assert_eq!(text(folder.path(), "netex-users.log"), "line 8 ...\nline 9 ...\n");
        assert_eq!(text(folder.path(), "netex-users.log.1"), "line 6 ...\nline 7 ...\n");
        assert_eq!(text(folder.path(), "netex-users.log.2"), "line 4 ...\nline 5 ...\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        for entry in fs::read_dir(folder.path()).unwrap() {
            assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn two_sessions_write_into_one_file_and_follow_when_it_is_turned() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut other) = (log(folder.path(), 30), log(folder.path(), 30));
        for number in 0..4 {
            one.write(format!("one {number} ....\n").as_bytes()).unwrap();
            other.write(format!("two {number} ....\n").as_bytes()).unwrap();
        }
        assert_eq!(text(folder.path(), "netex-users.log"), "one 3 ....\ntwo 3 ....\n");
        assert_eq!(text(folder.path(), "netex-users.log.1"), "one 2 ....\ntwo 2 ....\n");
        // Somebody took it away: a new one is begun.
        fs::remove_file(folder.path().join(NAME)).unwrap();
        one.write(b"again\n").unwrap();
        assert_eq!(text(folder.path(), NAME), "again\n");
    }

    #[test]
    fn a_link_a_pipe_and_a_file_that_others_may_use_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (LogFile::path(folder.path()), folder.path().join("elsewhere"));
        symlink(&elsewhere, &path).unwrap();
        assert!(log(folder.path(), 100).write(b"x\n").is_err());
        assert!(!elsewhere.exists(), "the link was followed");
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(log(folder.path(), 100).write(b"x\n").is_err());
        fs::remove_file(&path).unwrap();
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        assert!(log(folder.path(), 100).write(b"x\n").is_err());
        assert_eq!(text(folder.path(), NAME), "");
    }
}
