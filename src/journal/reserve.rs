//! A small file that is there in full before it is needed: it takes an outcome when the disk takes nothing any more (faults.md 63).
//!
//! Writing over bytes that a file has already needs no room. What stands in it goes into the journal when that can be written again. Every
//! program of the same person has the one file, so each reads what the others put there before it writes, behind a lock.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rustix::fs::{CWD, FlockOperation, Mode, OFlags};

use crate::domain::record::ChangeId;

/// Its size in bytes: some hundred outcomes, which a program that cannot write its journal never comes to.
const SIZE: usize = 64 * 1024;

/// The number of a change, and its outcome as JSON.
type Line = (ChangeId, String);

/// The file.
#[derive(Debug)]
pub(in crate::journal) struct Reserve {
    file: File,
    /// What stands in it, as far as this program put it there or found it when it began.
    lines: Vec<Line>,
}

impl Reserve {
    /// Opens the file, or makes it in full; what an earlier program left in it is in [`Reserve::lines`].
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::openat(CWD, path, flags, Mode::RUSR | Mode::WUSR)?);
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(SIZE);
        if length < SIZE {
            file.write_all_at(&vec![0; SIZE - length], length as u64)?;
            file.sync_all()?;
        }
        let lines = read(&file)?;
        Ok(Self { file, lines })
    }

    /// What stands in it.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Adds a line, and has it on the disk.
    pub fn add(&mut self, id: ChangeId, outcome: &str) -> io::Result<()> {
        let line = (id, outcome.to_owned());
        self.lines.push(line.clone());
        self.alter(|lines| lines.push(line))
    }

    /// Takes away what stands in it as far as it is known here.
    pub fn clear(&mut self) -> io::Result<()> {
        let known = std::mem::take(&mut self.lines);
        self.alter(|lines| lines.retain(|line| !known.contains(line)))
    }

    fn alter(&self, alter: impl FnOnce(&mut Vec<Line>)) -> io::Result<()> {
        rustix::fs::flock(&self.file, FlockOperation::LockExclusive)?;
        let done = read(&self.file).and_then(|mut lines| {
            alter(&mut lines);
            write(&self.file, &lines)
        });
        rustix::fs::flock(&self.file, FlockOperation::Unlock)?;
        done
    }
}

fn read(file: &File) -> io::Result<Vec<Line>> {
    let mut bytes = vec![0; SIZE];
    file.read_exact_at(&mut bytes, 0)?;
    let text = String::from_utf8_lossy(&bytes);
    let line = |line: &str| {
        let (id, outcome) = line.split_once('\t')?;
        Some((ChangeId(id.parse().ok()?), outcome.to_owned()))
    };
    Ok(text.split('\0').next().unwrap_or_default().lines().filter_map(line).collect())
}

fn write(file: &File, lines: &[Line]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(SIZE);
    for (id, outcome) in lines {
        writeln!(bytes, "{}\t{outcome}", id.0)?;
    }
    if bytes.len() > SIZE {
        return Err(io::Error::other("the reserve is full"));
    }
    bytes.resize(SIZE, 0);
    file.write_all_at(&bytes, 0)?;
    file.sync_data()
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
    fn two_programs_keep_each_others_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reserve");
        let (mut ours, mut theirs) = (Reserve::open(&path).unwrap(), Reserve::open(&path).unwrap());
        ours.add(ChangeId(3), "ours").unwrap();
        theirs.add(ChangeId(4), "theirs").unwrap();
        assert_eq!(Reserve::open(&path).unwrap().lines().len(), 2);
        ours.clear().unwrap();
        assert_eq!(Reserve::open(&path).unwrap().lines(), [(ChangeId(4), "theirs".to_owned())]);
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
