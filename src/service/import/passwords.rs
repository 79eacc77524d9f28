//! Where made passwords go: a file of the agent's own, each password in it, and on the disk, before its request leaves.
//!
//! So a password that is in force is never known to nobody (faults.md 57), and a line that is tried again gets the one that it had. They go
//! nowhere else: not into the journal, a report or a log.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use crate::codec::passwords;
use crate::domain::secret::Secret;
use crate::service::import::ImportFault;
use crate::service::password;

/// More than a file of this kind has, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// An open file of made passwords.
pub struct Passwords {
    path: PathBuf,
    file: Arc<Mutex<File>>,
    made: RefCell<BTreeMap<u64, Secret>>,
}

impl Passwords {
    /// Makes the file: for the agent alone, and never over another.
    ///
    /// # Errors
    /// There is one already, or it cannot be made.
    pub fn create(path: &Path) -> Result<Self, ImportFault> {
        let fault = |error: io::Error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                return refused(path, "is there already, and is not written over");
            }
            refused(path, &format!("cannot be made: {error}"))
        };
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path).map_err(fault)?;
        let passwords = Self::of(path, file, BTreeMap::new());
        append(&passwords.file, &passwords::header()).map_err(fault)?;
        // The name is to be there after a power cut as well.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(fault)?;
        Ok(passwords)
    }

    /// Opens the file of a job that goes on. Nothing where it is gone: what was in it is known to nobody then.
    ///
    /// # Errors
    /// It is not ours alone any more, or another file.
    pub fn reopen(path: &Path) -> Result<Option<Self>, ImportFault> {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits();
        let opened = OpenOptions::new().read(true).write(true).custom_flags(flags.cast_signed()).open(path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(path, &format!("cannot be opened: {error}"))),
        };
        let unreadable = |error: io::Error| refused(path, &format!("cannot be read: {error}"));
        let what = file.metadata().map_err(unreadable)?;
        let ours = what.is_file() && what.uid() == rustix::process::geteuid().as_raw() && is_closed(what.mode());
        if !ours || what.len() > LONGEST {
            return Err(refused(path, "is not a plain file that only you can use: chmod 600 it, if it is yours"));
        }
        let read = whole(path, &mut file)?;
        Ok(Some(Self::of(path, file, read.made)))
    }

    /// Reads the file anew, and takes away what was written half: that never left, and the next line must not stand behind it. Only for who has
    /// the claim of the job: another program may be writing its line just now.
    ///
    /// # Errors
    /// It cannot be read or written, so nothing may be sent.
    pub(super) fn take_up(&self) -> Result<(), ImportFault> {
        let read = {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            let read = whole(&self.path, &mut file)?;
            file.set_len(read.whole as u64).map_err(|error| unwritten(&self.path, &error))?;
            read
        };
        if read.whole == 0 {
            append(&self.file, &passwords::header()).map_err(|error| unwritten(&self.path, &error))?;
        }
        *self.made.borrow_mut() = read.made;
        Ok(())
    }

    /// The file of a job that goes on, with what is in it. Where it is gone a new one is begun, and whose password nobody knows is said by
    /// the job.
    ///
    /// # Errors
    /// As of [`Passwords::reopen`] and [`Passwords::create`].
    pub fn go_on(path: &Path) -> Result<Self, ImportFault> {
        match Self::reopen(path)? {
            Some(passwords) => Ok(passwords),
            None => Self::create(path),
        }
    }

    /// Whether there is one for a line.
    pub fn has(&self, line: u64) -> bool {
        self.made.borrow().contains_key(&line)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The password of a line: the one that it had, or else a new one, which is on the disk when this returns.
    ///
    /// # Errors
    /// It could not be written, so nothing may be sent.
    pub(super) async fn of_line(&self, line: u64, username: &str) -> Result<Secret, ImportFault> {
        if let Some(made) = self.made.borrow().get(&line) {
            return Ok(made.duplicate());
        }
        let made = password::generate();
        let (file, bytes) = (Arc::clone(&self.file), passwords::line(line, username, &made));
        let written = tokio::task::spawn_blocking(move || append(&file, &bytes)).await;
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(unwritten(&self.path, &error)),
            Err(_) => return Err(refused(&self.path, "cannot be written")),
        }
        self.made.borrow_mut().insert(line, made.duplicate());
        Ok(made)
    }

    fn of(path: &Path, file: File, made: BTreeMap<u64, Secret>) -> Self {
        Self { path: path.to_owned(), file: Arc::new(Mutex::new(file)), made: RefCell::new(made) }
    }
}

/// Whether nobody else may use a file of this mode.
fn is_closed(mode: u32) -> bool {
    let others = 0o077;
    mode & others == 0
}

/// What is in a file, as far as its lines are whole.
fn whole(path: &Path, file: &mut File) -> Result<passwords::Passwords, ImportFault> {
    let unreadable = |error: io::Error| refused(path, &format!("cannot be read: {error}"));
    let size = file.metadata().map_err(unreadable)?.len().min(LONGEST);
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 64));
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(unreadable)?;
    passwords::read(&bytes).map_err(|line| refused(path, &format!("line {line} is none of a file of made passwords")))
}

/// Writes at the end, whole, and to the disk. Half a line is taken away again: the next must not stand behind it.
fn append(file: &Mutex<File>, bytes: &[u8]) -> io::Result<()> {
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    let end = file.seek(SeekFrom::End(0))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_data());
    if written.is_err() {
        let _ = file.set_len(end);
    }
    written
}

fn unwritten(path: &Path, error: &io::Error) -> ImportFault {
    refused(path, &format!("cannot be written: {error}"))
}

fn refused(path: &Path, why: &str) -> ImportFault {
    ImportFault::Passwords(format!("{} {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    async fn made(passwords: &Passwords, line: u64) -> String {
        passwords.of_line(line, "marta").await.expect("the disk takes it").expose().to_owned()
    }

    #[tokio::test]
    async fn a_password_is_on_the_disk_before_anybody_has_it_and_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made.csv");
        let passwords = Passwords::create(&path).unwrap();
        let first = made(&passwords, 2).await;
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("line,username,password\r\n2,marta,{first}\r\n"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(made(&passwords, 2).await, first);
        assert_ne!(made(&passwords, 3).await, first);
        drop(passwords);
        let again = Passwords::reopen(&path).unwrap().expect("it is there");
        assert!(again.has(2) && again.has(3) && !again.has(4));
        assert_eq!(made(&again, 2).await, first);
    }

    #[tokio::test]
    async fn half_a_line_of_a_killed_program_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made.csv");
        let first = made(&Passwords::create(&path).unwrap(), 2).await;
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}3,oliver,half")).unwrap();
        let again = Passwords::reopen(&path).unwrap().unwrap();
        again.take_up().unwrap();
        assert!(!again.has(3));
        let third = made(&again, 3).await;
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{whole}3,marta,{third}\r\n"));
        assert_eq!(made(&again, 2).await, first);
    }

    #[tokio::test]
    async fn a_program_that_does_not_have_the_job_takes_no_line_of_the_one_that_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made.csv");
        let first = Passwords::create(&path).unwrap();
        // A second one opens the file while the first is in the middle of a line, and gets the job later.
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}2,marta,hal")).unwrap();
        let second = Passwords::reopen(&path).unwrap().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{whole}2,marta,hal"));
        append(&first.file, b"f\r\n").unwrap();
        let third = made(&first, 3).await;
        second.take_up().unwrap();
        assert_eq!((made(&second, 2).await.as_str(), made(&second, 3).await), ("half", third));
    }

    #[test]
    fn no_file_is_written_over_and_none_of_somebody_else_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made.csv");
        assert!(Passwords::reopen(&path).unwrap().is_none());
        drop(Passwords::create(&path).unwrap());
        assert!(Passwords::create(&path).is_err());
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(Passwords::reopen(&path).is_err());
        let link = folder.path().join("link");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(Passwords::reopen(&link).is_err() && Passwords::create(&link).is_err());
    }
}
