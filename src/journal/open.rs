//! Opening the database: private, of this program, of a version that is known, and on the disk when it says so.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rustix::fs::{CWD, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::journal::Place;
use crate::journal::fault::JournalFault;
use crate::journal::migrations;

/// The first `SQLite` in which two programs that write at once cannot lose a record (faults.md 68).
const OLDEST: i32 = 3_051_003;

/// What a database of this program says that it is: the letters `NTXU`.
const APPLICATION: i32 = 0x4E54_5855;

/// How long one program waits for another's transaction, in milliseconds. A transaction takes a few; but the other may be stopped, or its
/// disk be busy for seconds, as on a host that many share.
const PATIENCE: u64 = 15_000;

/// File systems on which the shared memory of WAL does not work: NFS, SMB and CIFS.
const REMOTE: [i64; 4] = [0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42];

impl Place {
    /// The database.
    pub fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.db", self.name))
    }

    /// The file that takes an outcome when the database cannot.
    pub(in crate::journal) fn reserve(&self) -> PathBuf {
        self.folder.join(format!("{}.reserve", self.name))
    }

    /// Gives a journal that cannot be used another name, with everything that belongs to it. Nothing is deleted.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub fn set_aside(&self) -> io::Result<PathBuf> {
        let path = self.path();
        let of = |number: u32| self.folder.join(format!("{}.db.aside-{number}", self.name));
        let free = (1..10_000).map(of).find(|aside| !aside.exists());
        let aside = free.ok_or_else(|| io::Error::other("there are too many journals that were set aside"))?;
        std::fs::rename(&path, &aside)?;
        let with = |path: &Path, end: &str| PathBuf::from(format!("{}{end}", path.display()));
        // What was put by belongs to its changes: the numbers of a new journal mean others.
        for (from, to) in [
            (with(&path, "-wal"), with(&aside, "-wal")),
            (with(&path, "-shm"), with(&aside, "-shm")),
            (self.reserve(), with(&aside, "-reserve")),
        ] {
            match std::fs::rename(from, to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(aside)
    }
}

/// The two numbers by which a file is known while its name may come to mean another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::journal) struct Identity(u64, u64);

/// The file that the name means now.
pub(in crate::journal) fn identity(path: &Path) -> Option<Identity> {
    rustix::fs::lstat(path).ok().map(|stat| of(&stat))
}

fn of(stat: &Stat) -> Identity {
    Identity(stat.st_dev, stat.st_ino)
}

/// A connection that may be trusted with an intent.
pub(in crate::journal) fn open(path: &Path) -> Result<(Connection, Identity), JournalFault> {
    is_new_enough(rusqlite::version_number(), rusqlite::version())?;
    let identity = private_file(path).map_err(|why| JournalFault::unusable(path, why))?;
    connect(path).map(|connection| (connection, identity)).map_err(|fault| located(fault, path))
}

fn is_new_enough(number: i32, version: &str) -> Result<(), JournalFault> {
    if number < OLDEST { Err(JournalFault::OldSqlite(version.to_owned())) } else { Ok(()) }
}

/// Says of which file a damage is: what `SQLite` reports does not name it.
pub(in crate::journal) fn located(fault: JournalFault, path: &Path) -> JournalFault {
    if let JournalFault::Damaged { why, .. } = fault { JournalFault::damaged(path, why) } else { fault }
}

fn connect(path: &Path) -> Result<Connection, JournalFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_millis(PATIENCE))?;
    is_ours(&mut connection, path)?;
    settings(&connection, is_remote(path))?;
    migrations::migrate(&mut connection)?;
    Ok(connection)
}

/// A new file is made ours; one of another program, or of a newer one of ours, is left alone.
fn is_ours(connection: &mut Connection, path: &Path) -> Result<(), JournalFault> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let application: i32 = transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application == 0 && version == 0 && tables == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        return Ok(transaction.commit()?);
    }
    if application != APPLICATION {
        return Err(JournalFault::damaged(path, "it is a database of another program"));
    }
    if version > migrations::newest() {
        return Err(JournalFault::Newer { path: path.to_owned(), found: version, known: migrations::newest() });
    }
    Ok(())
}

/// `FULL` syncs every commit to the disk before it returns; `secure_delete` overwrites what is deleted; nothing goes into temporary files.
fn settings(connection: &Connection, is_remote: bool) -> Result<(), JournalFault> {
    let mode = if is_remote { "DELETE" } else { "WAL" };
    // The answer says what it is now: where WAL cannot be had it is the mode of before, which is as safe and slower.
    let _: String = connection.pragma_update_and_check(None, "journal_mode", mode, |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // What keeps a change is asked again and again: as many statements as that and a page of lines take.
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

fn is_remote(path: &Path) -> bool {
    rustix::fs::statfs(path).is_ok_and(|stat| REMOTE.contains(&stat.f_type))
}

/// Makes the file where there is none, and looks at the one that there is without opening it: closing any descriptor of a database takes away
/// every lock that this process has on it, those of another connection too (sqlite.org, "How To Corrupt", 2.2).
fn private_file(path: &Path) -> Result<Identity, String> {
    let words = |error: Errno| io::Error::from(error).to_string();
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(CWD, path, flags, Mode::RUSR | Mode::WUSR) {
        Ok(_) | Err(Errno::EXIST) => {}
        Err(error) => return Err(words(error)),
    }
    let stat = rustix::fs::lstat(path).map_err(words)?;
    if FileType::from_raw_mode(stat.st_mode).is_symlink() {
        return Err("it is a link".to_owned());
    }
    let mode = Mode::from_raw_mode(stat.st_mode).bits() & 0o777;
    if !FileType::from_raw_mode(stat.st_mode).is_file() {
        Err("it is not a plain file".to_owned())
    } else if stat.st_uid != rustix::process::geteuid().as_raw() {
        Err("it belongs to another user".to_owned())
    } else if mode & 0o077 != 0 {
        Err(format!("others may use it (mode {mode:03o}): chmod 600 it"))
    } else {
        Ok(of(&stat))
    }
}

impl From<rusqlite::Error> for JournalFault {
    fn from(error: rusqlite::Error) -> Self {
        let is_damage = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::TypeMismatch)
        );
        if is_damage {
            return Self::damaged(Path::new(""), error.to_string());
        }
        let busy = error.sqlite_error().filter(|error| error.code == ErrorCode::DatabaseBusy);
        Self::Unwritten(busy.map_or_else(
            || error.to_string(),
            |busy| {
                let (seconds, code) = (PATIENCE / 1000, busy.extended_code);
                format!("another program has kept it busy for {seconds} s (SQLite says {code})")
            },
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_that_can_lose_what_two_programs_write_is_refused() {
        assert!(is_new_enough(rusqlite::version_number(), rusqlite::version()).is_ok());
        for (number, version) in [(3_051_002, "3.51.2"), (3_045_000, "3.45.0")] {
            let fault = is_new_enough(number, version).expect_err(version);
            assert!(fault.to_string().contains(version), "{fault}");
        }
    }

    #[test]
    fn every_commit_is_on_the_disk_and_what_is_deleted_is_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let (connection, _) = open(&folder.path().join("journal.db")).expect("a journal");
        let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((number("synchronous"), number("secure_delete"), number("temp_store")), (2, 1, 2));
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
