//! A small file that is there in full before it is needed: it takes an outcome when the disk takes nothing any more (faults.md 63).
//!
//! Writing over bytes that a file has already needs no room. What stands in it goes into the journal when that can be written again.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags};

use crate::domain::record::ChangeId;

/// Its size in bytes: some hundred outcomes, which a program that cannot write its journal never comes to.
const SIZE: usize = 64 * 1024;

/// The file.
#[derive(Debug)]
pub(in crate::journal) struct Reserve {
    file: File,
    lines: Vec<(ChangeId, String)>,
}

impl Reserve {
    /// Opens the file, or makes it in full; what an earlier program left in it is in [`Reserve::lines`].
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(CWD, path, flags, Mode::RUSR | Mode::WUSR)?);
        let mut bytes = Vec::new();
        (&mut file).take(SIZE as u64).read_to_end(&mut bytes)?;
        if bytes.len() < SIZE {
            file.write_all_at(&vec![0; SIZE - bytes.len()], bytes.len() as u64)?;
            file.sync_all()?;
        }
        let text = String::from_utf8_lossy(&bytes);
        let line = |line: &str| {
            let (id, outcome) = line.split_once('\t')?;
            Some((ChangeId(id.parse().ok()?), outcome.to_owned()))
        };
        let lines = text.split('\0').next().unwrap_or_default().lines().filter_map(line).collect();
        Ok(Self { file, lines })
    }

    /// What stands in it: the number of a change, and its outcome as JSON.
    pub fn lines(&self) -> &[(ChangeId, String)] {
        &self.lines
    }

    /// Adds a line, and has it on the disk.
    pub fn add(&mut self, id: ChangeId, outcome: &str) -> io::Result<()> {
        self.lines.push((id, outcome.to_owned()));
        self.write()
    }

    /// Empties it.
    pub fn clear(&mut self) -> io::Result<()> {
        self.lines.clear();
        self.write()
    }

    fn write(&self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(SIZE);
        for (id, outcome) in &self.lines {
            writeln!(bytes, "{}\t{outcome}", id.0)?;
        }
        if bytes.len() > SIZE {
            return Err(io::Error::other("the reserve is full"));
        }
        bytes.resize(SIZE, 0);
        self.file.write_all_at(&bytes, 0)?;
        self.file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_there_is_there_after_a_restart_and_gone_once_it_was_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reserve");
        let mut reserve = Reserve::open(&path).unwrap();
        assert_eq!(reserve.lines(), []);
        reserve.add(ChangeId(3), "{\"a\":1}").unwrap();
        reserve.add(ChangeId(4), "{}").unwrap();
        let mut again = Reserve::open(&path).unwrap();
        assert_eq!(again.lines(), [(ChangeId(3), "{\"a\":1}".to_owned()), (ChangeId(4), "{}".to_owned())]);
        again.clear().unwrap();
        assert_eq!(Reserve::open(&path).unwrap().lines(), []);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), SIZE as u64);
    }

    #[test]
    fn more_than_it_has_room_for_is_an_error_and_no_longer_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reserve");
        let mut reserve = Reserve::open(&path).unwrap();
        assert!(reserve.add(ChangeId(1), &"x".repeat(SIZE)).is_err());
        assert_eq!(std::fs::metadata(&path).unwrap().len(), SIZE as u64);
    }
}
