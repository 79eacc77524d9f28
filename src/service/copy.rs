//! The list of people on disk, so that the next start shows people at once: one file for each tenant and address, private, and either the old
//! one or the new one whatever happens (faults.md, I-18 and F).
//!
//! Deliberately not here: what stands in the file ([`crate::codec::people`]), where the folder is ([`crate::config::places`]), and any
//! repair. A copy that cannot be used is left alone, and the list is read from the service.

use std::borrow::Borrow;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::codec::json;
use crate::codec::people::{self, Source};
use crate::domain::listed::{Kept, Listed, Progress};
use crate::domain::person::Person;
use crate::domain::untrusted::visible;

/// More than a copy of as many people as are ever read takes, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How many people of a copy are given at a time.
const PORTION: usize = 1_000;

/// The end of the name of what is being written.
const NEW: &str = ".new";

/// How old what an interrupted writing has left has to be before it is taken away, in seconds: nobody writes a copy for so long.
const LEFT: i64 = 3600;

/// Where the list of one tenant is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    folder: PathBuf,
    tenant: String,
    base_url: String,
}

/// Why there is no copy. The list can be read from the service all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyFault {
    /// It could not be read, or must not be trusted. It was left alone.
    Unread {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// It could not be kept. The one of before is as it was.
    Unkept {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl fmt::Display for CopyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |path: &Path| visible(&path.to_string_lossy()).into_owned();
        match self {
            Self::Unread { path, why } => {
                write!(f, "the kept list of people {} {why}; it was left alone, and the list is read anew", shown(path))
            }
            Self::Unkept { path, why } => {
                write!(
                    f,
                    "the list of people could not be kept in {}: {why}; it is complete on the screen",
                    shown(path)
                )
            }
        }
    }
}

impl std::error::Error for CopyFault {}

impl Place {
    /// The copy of a tenant, in a folder that is there and private.
    pub fn new(folder: PathBuf, tenant: &str, base_url: &str) -> Self {
        Self { folder, tenant: tenant.to_owned(), base_url: base_url.to_owned() }
    }

    /// The file. Its name has the tenant's for people, and a number that two tenants or addresses do not share. The version is in it, so
    /// that a newer program and this one do not write over each other's.
    pub fn path(&self) -> PathBuf {
        self.folder.join(self.name())
    }

    pub(super) fn load(&self, mut take: impl FnMut(Vec<Listed>)) -> Result<Option<Kept>, CopyFault> {
        let unread = |why| CopyFault::Unread { path: self.path(), why };
        let bytes = match self.read() {
            Err(Errno::NOENT) => return Ok(None),
            read => read.map_err(|error| unread(words(error)))?.map_err(unread)?,
        };
        let unusable = |fault: people::CopyFault| unread(fault.to_string());
        let mut people = people::open(&bytes, self.source()).map_err(unusable)?;
        loop {
            let some: Vec<_> = people.by_ref().take(PORTION).collect::<Result<_, _>>().map_err(unusable)?;
            if some.is_empty() {
                return Ok(Some(people.kept));
            }
            take(some);
        }
    }

    pub(super) fn save<P: Borrow<Listed>>(
        &self,
        read_at: i64,
        progress: Progress,
        people: impl IntoIterator<Item = P>,
    ) -> Result<(), CopyFault> {
        let bytes = people::encode(self.source(), read_at, progress, people);
        self.replace(&bytes).map_err(|error| CopyFault::Unkept { path: self.path(), why: error.to_string() })
    }

    fn source(&self) -> Source<'_> {
        Source { tenant: &self.tenant, base_url: &self.base_url }
    }

    fn name(&self) -> String {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let tenant: String = self.tenant.chars().take(40).map(safe).collect();
        let number = fnv(format!("{}\0{}", self.tenant, self.base_url).as_bytes());
        format!("{tenant}-{number:016x}.people{}", people::VERSION)
    }

    fn open_folder(&self) -> Result<OwnedFd, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(CWD, &self.folder, flags, Mode::empty())
    }

    /// Every question is asked of the opened file, not of its name.
    fn read(&self) -> Result<Result<Vec<u8>, String>, Errno> {
        let folder = self.open_folder()?;
        // Without waiting: a pipe that somebody left in the place of the file cannot hold the program.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = rustix::fs::openat(&folder, self.name(), flags, Mode::empty())?;
        let stat = rustix::fs::fstat(&file)?;
        if let Err(why) = private(&stat) {
            return Ok(Err(why));
        }
        let mut bytes = Vec::new();
        let read = File::from(file).take(LARGEST + 1).read_to_end(&mut bytes);
        Ok(match read {
            Err(error) => Err(format!("cannot be read: {error}")),
            Ok(_) if bytes.len() as u64 > LARGEST => Err("is larger than any such list".to_owned()),
            Ok(_) => Ok(bytes),
        })
    }

    /// Writes beside the file, and takes its place when everything is on the disk.
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = self.open_folder()?;
        let name = self.name();
        let beside = format!("{name}.{:016x}{NEW}", rand::random::<u64>());
        let written = written(&folder, &beside, bytes)
            .and_then(|stat| Ok(rustix::fs::renameat(&folder, &beside, &folder, &name).map(|()| stat)?));
        let stat = match written {
            Ok(stat) => stat,
            Err(error) => {
                // Half a list is of use to nobody. That it cannot be removed adds nothing to what is told.
                let _ = rustix::fs::unlinkat(&folder, &beside, AtFlags::empty());
                return Err(error);
            }
        };
        tidy(folder.as_fd(), &format!("{name}."), stat.st_mtime);
        Ok(rustix::fs::fsync(&folder)?)
    }
}

impl Place {
    /// Keeps what a user was before they are deleted, in a file of its own beside the list.
    ///
    /// # Errors
    /// It could not be written to the disk.
    pub(super) fn keep_snapshot(&self, person: &Person) -> io::Result<()> {
        let folder = self.open_folder()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let who: String = person.username.chars().map(|c| if plain(c) { c } else { '_' }).take(60).collect();
        let name = format!("deleted-{who}-{:016x}.json", rand::random::<u64>());
        written(&folder, &name, json::snapshot(person).as_bytes())?;
        Ok(rustix::fs::fsync(&folder)?)
    }
}

/// A new file: nothing that is there is written into or followed.
fn written(folder: &OwnedFd, name: &str, bytes: &[u8]) -> io::Result<Stat> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?);
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(rustix::fs::fstat(&file)?)
}

/// Takes away what interrupted writings of this list have left: it is personal data that nobody would find. The time of the file that was
/// just written is the clock, because the disk may be another machine's. What cannot be taken away is for the next time.
fn tidy(folder: BorrowedFd<'_>, prefix: &str, now: i64) {
    let Ok(entries) = Dir::read_from(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_ok_and(|name| name.starts_with(prefix) && name.ends_with(NEW));
        let stat = || rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
        if ours && stat().is_ok_and(|stat| stat.st_mtime < now - LEFT) {
            let _ = rustix::fs::unlinkat(folder, name, AtFlags::empty());
        }
    }
}

fn private(stat: &Stat) -> Result<(), String> {
    let mode = Mode::from_raw_mode(stat.st_mode).bits() & 0o777;
    if !FileType::from_raw_mode(stat.st_mode).is_file() {
        Err("is not a plain file".to_owned())
    } else if stat.st_uid != rustix::process::geteuid().as_raw() {
        Err("belongs to another user".to_owned())
    } else if mode & 0o077 != 0 {
        Err(format!("is open to others (mode {mode:03o}; chmod 600 it)"))
    } else {
        Ok(())
    }
}

fn words(error: Errno) -> String {
    match error {
        Errno::LOOP => "is a link".to_owned(),
        error => format!("cannot be opened: {}", io::Error::from(error)),
    }
}

/// FNV-1a, which is the same in every version of the standard library. A collision costs a copy that is refused by its head.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests;
