//! Files that others must not be able to write (the configuration, roles) or read (a token): faults.md 95.
//!
//! Every question is asked of the opened file, not of its path, so that nothing can be exchanged between the question and the reading.
//! Files are opened without waiting: a pipe that somebody left in the place of a file cannot hold the program.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::config::fault::ConfigError;

/// More than any configuration or token has, in bytes.
const LIMIT: u64 = 256 * 1024;

/// Reads a file that decides what the program does. It may be a link, as people who keep such files in a repository have it, but
/// neither it nor its folder may be writable by others: a configuration names programs that are started, and roles could be given each
/// other's labels.
///
/// # Errors
/// The file is missing, unreadable, not text, or somebody else could have written it.
pub fn read_trusted(path: &Path) -> Result<String, ConfigError> {
    let refused = |path: &Path, why| ConfigError::Refused { path: path.to_owned(), why };
    let (file, stat) = open(path, OFlags::empty()).map_err(|error| match error {
        Errno::NOENT => ConfigError::Missing { path: path.to_owned() },
        error => refused(path, words(error)),
    })?;
    only_ours_to_write(&stat).map_err(|why| refused(path, why))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stat = rustix::fs::stat(folder).map_err(|error| refused(folder, words(error)))?;
    only_ours_to_change(&stat).map_err(|why| refused(folder, why))?;
    let bytes = read(file).map_err(|why| refused(path, why))?;
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let line = bytes[..error.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
        refused(path, format!("line {line} is not UTF-8: save the file as UTF-8"))
    })
}

/// Reads a file that holds a secret: a plain file, no link, our own, and closed to everybody else.
///
/// # Errors
/// Why it was not read, and what to do, in words.
pub fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let (file, stat) = open(path, OFlags::NOFOLLOW).map_err(words)?;
    regular(&stat)?;
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err("it belongs to another user".into());
    }
    if mode(&stat) & 0o077 != 0 {
        return Err(format!("others may use it (mode {:03o}): chmod 600 it", mode(&stat)));
    }
    read(file)
}

/// Writes a new file of mode 600, in a folder of mode 700 where there is none yet. What exists is never written over.
///
/// # Errors
/// The file exists, or cannot be written; then nothing is left behind.
pub fn write_new(path: &Path, text: &str) -> Result<(), ConfigError> {
    let refused = |why| ConfigError::Refused { path: path.to_owned(), why };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| refused(format!("its folder cannot be made: {error}")))?;
    }
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = opened.map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return refused("it exists already, and is not written over".into());
        }
        refused(format!("it cannot be written: {error}"))
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| {
        // Half a configuration would stand in the way of the next try. That it cannot be removed adds nothing to what is told.
        let _ = std::fs::remove_file(path);
        refused(format!("it cannot be written: {error}"))
    })
}

fn open(path: &Path, flags: OFlags) -> Result<(File, Stat), Errno> {
    let flags = flags | OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let fd = rustix::fs::open(path, flags, Mode::empty())?;
    let stat = rustix::fs::fstat(&fd)?;
    Ok((File::from(fd), stat))
}

fn read(file: File) -> Result<Zeroizing<Vec<u8>>, String> {
    // One allocation of the full size: a growing one would leave copies of a secret behind.
    let size = file.metadata().map_or(LIMIT, |meta| meta.len().min(LIMIT));
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 64));
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| format!("it cannot be read: {error}"))?;
    if bytes.len() as u64 > LIMIT {
        return Err(format!("it is larger than {} KB, which no such file is", LIMIT / 1024));
    }
    Ok(bytes)
}

fn regular(stat: &Stat) -> Result<(), String> {
    let kind = FileType::from_raw_mode(stat.st_mode);
    if kind.is_file() {
        return Ok(());
    }
    Err(if kind.is_dir() { "it is a folder, not a file" } else { "it is not a plain file" }.into())
}

fn only_ours_to_write(stat: &Stat) -> Result<(), String> {
    regular(stat)?;
    ours_or_roots(stat)?;
    if mode(stat) & 0o022 == 0 {
        return Ok(());
    }
    Err(format!("others may write it (mode {:03o}): chmod go-w it", mode(stat)))
}

fn only_ours_to_change(stat: &Stat) -> Result<(), String> {
    ours_or_roots(stat)?;
    // In a sticky folder such as /tmp others can add files, but not exchange ours.
    let sticky = mode(stat) & 0o1000 != 0;
    if mode(stat) & 0o022 == 0 || sticky {
        return Ok(());
    }
    Err(format!("others may write this folder (mode {:03o}) and exchange the file in it: chmod go-w it", mode(stat)))
}

fn ours_or_roots(stat: &Stat) -> Result<(), String> {
    if stat.st_uid == 0 || stat.st_uid == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err("it belongs to another user".into())
}

fn mode(stat: &Stat) -> u32 {
    Mode::from_raw_mode(stat.st_mode).bits() & 0o7777
}

fn words(error: Errno) -> String {
    match error {
        Errno::LOOP => "it is a link: name the file itself".into(),
        Errno::NOENT => "there is no such file".into(),
        error => format!("it cannot be opened: {}", io::Error::from(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::PathBuf;

    use super::*;

    fn file(folder: &Path, name: &str, mode: u32) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, "text\n").expect("the folder is ours");
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("the file is ours");
        path
    }

    fn refusal(result: Result<impl Sized, ConfigError>) -> String {
        match result {
            Err(ConfigError::Refused { why, .. }) => why,
            Err(other) => other.to_string(),
            Ok(_) => "not refused".into(),
        }
    }

    #[test]
    fn a_configuration_that_others_may_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_trusted(&file(folder.path(), "sound", 0o644)).unwrap(), "text\n");
        for mode in [0o660, 0o602, 0o666] {
            let why = refusal(read_trusted(&file(folder.path(), "open", mode)));
            assert!(why.starts_with(&format!("others may write it (mode {mode:03o})")), "{why}");
        }
    }

    #[test]
    fn a_folder_that_others_may_write_is_refused_unless_it_is_sticky() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "sound", 0o600);
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        assert!(refusal(read_trusted(&path)).starts_with("others may write this folder (mode 777)"));
        fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
        assert_eq!(read_trusted(&path).unwrap(), "text\n");
    }

    #[test]
    fn what_is_not_a_file_of_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(refusal(read_trusted(folder.path())), "it is a folder, not a file");
        let latin = folder.path().join("latin");
        fs::write(&latin, b"a = 1\nb = \"\xE9\"\n").unwrap();
        assert_eq!(refusal(read_trusted(&latin)), "line 2 is not UTF-8: save the file as UTF-8");
        let large = folder.path().join("large");
        fs::write(&large, vec![b'#'; 300_000]).unwrap();
        assert!(refusal(read_trusted(&large)).starts_with("it is larger than 256 KB"));
    }

    #[test]
    fn a_pipe_in_the_place_of_a_file_does_not_hold_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(refusal(read_trusted(&pipe)), "it is not a plain file");
        assert_eq!(read_secret(&pipe).unwrap_err(), "it is not a plain file");
    }

    #[test]
    fn a_secret_is_read_only_from_a_closed_file_of_our_own() {
        let folder = tempfile::tempdir().unwrap();
        let sound = file(folder.path(), "sound", 0o600);
        assert_eq!(read_secret(&sound).unwrap().as_slice(), b"text\n");
        for mode in [0o640, 0o604, 0o610] {
            let why = read_secret(&file(folder.path(), "open", mode)).unwrap_err();
            assert_eq!(why, format!("others may use it (mode {mode:03o}): chmod 600 it"));
        }
        let link = folder.path().join("link");
        symlink(&sound, &link).unwrap();
        assert_eq!(read_secret(&link).unwrap_err(), "it is a link: name the file itself");
        assert_eq!(read_trusted(&link).unwrap(), "text\n");
    }

    #[test]
    fn a_new_file_is_private_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/config.toml");
        write_new(&path, "one").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&path), mode(&folder.path().join("a")), mode(&folder.path().join("a/b"))),
            (0o600, 0o700, 0o700)
        );
        assert_eq!(refusal(write_new(&path, "two")), "it exists already, and is not written over");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        // A link that points nowhere yet is not followed either.
        let link = folder.path().join("link");
        symlink(folder.path().join("elsewhere"), &link).unwrap();
        assert_eq!(refusal(write_new(&link, "two")), "it exists already, and is not written over");
    }
}
