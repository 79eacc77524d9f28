//! A file below a folder, and nowhere else: for a way that somebody else wrote, such as the cell of a file of people (faults.md 99).
//!
//! The way is walked one name after the other, each opened in the folder before it and none of them a link. So nothing that is exchanged
//! meanwhile leads out of the folder, and it needs no call of one system alone. Links that stay inside are refused as well: what a link means
//! is decided by whoever may write it, and a file of people is often not their own.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::domain::files::MediaFault;
use crate::domain::untrusted::Untrusted;
use crate::media::open;

/// Opens the regular file that `way` leads to: names with `/` between them, from `folder` on.
pub(in crate::media) fn open(folder: &Path, way: &str) -> Result<File, MediaFault> {
    let names: Vec<&str> = way.split('/').filter(|name| *name != ".").collect();
    let (Some((last, between)), true) = (names.split_last(), names.iter().all(|name| is_inside(name))) else {
        return Err(outside());
    };
    let folders = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut at = rustix::fs::open(folder, folders, Mode::empty()).map_err(fault)?;
    for name in between {
        at = step(&at, name, FileType::Directory, folders)?;
    }
    // `NONBLOCK` is for the pipe that took the file's place since it was asked what it is.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    step(&at, last, FileType::RegularFile, flags).map(File::from)
}

fn is_inside(name: &str) -> bool {
    !name.is_empty() && name != ".." && !name.contains('\0')
}

/// Opens one name. What it is asked before, because opening alone can move a tape; what is opened is never a link.
fn step(folder: &OwnedFd, name: &str, wanted: FileType, flags: OFlags) -> Result<OwnedFd, MediaFault> {
    let what = rustix::fs::statat(folder.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW).map_err(fault)?;
    match FileType::from_raw_mode(what.st_mode) {
        kind if kind == wanted => {}
        FileType::Symlink => return Err(link()),
        _ if wanted == FileType::Directory => return Err(MediaFault::NotAFolder),
        FileType::Directory => return Err(MediaFault::NotAFile("a folder")),
        FileType::Fifo => return Err(MediaFault::NotAFile("a pipe")),
        FileType::Socket => return Err(MediaFault::NotAFile("a socket")),
        FileType::RegularFile | FileType::CharacterDevice | FileType::BlockDevice | FileType::Unknown => {
            return Err(MediaFault::NotAFile("a device"));
        }
    }
    rustix::fs::openat(folder.as_fd(), name, flags | OFlags::NOFOLLOW, Mode::empty()).map_err(fault)
}

fn fault(error: Errno) -> MediaFault {
    if error == Errno::LOOP { link() } else { open::fault(&error.into()) }
}

fn link() -> MediaFault {
    MediaFault::Unreadable(Untrusted::new("a link is on the way to it, and here none is followed"))
}

fn outside() -> MediaFault {
    MediaFault::Unreadable(Untrusted::new("it is not below the folder of the file of people"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read as _;
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("people/fotos");
        fs::create_dir_all(&inside).expect("a folder in it");
        fs::write(inside.join("marta.png"), "picture").expect("a file");
        fs::write(folder.path().join("secret.png"), "secret").expect("a file");
        folder
    }

    fn read(folder: &tempfile::TempDir, way: &str) -> Result<String, String> {
        let mut text = String::new();
        let mut file = open(&folder.path().join("people"), way).map_err(|fault| fault.to_string())?;
        file.read_to_string(&mut text).expect("it can be read");
        Ok(text)
    }

    #[test]
    fn a_file_below_the_folder_is_opened() {
        let folder = folder();
        for way in ["fotos/marta.png", "./fotos/./marta.png"] {
            assert_eq!(read(&folder, way).as_deref(), Ok("picture"), "{way}");
        }
    }

    #[test]
    fn nothing_outside_of_it_is() {
        let folder = folder();
        let (people, top) = (folder.path().join("people"), folder.path());
        symlink(top.join("secret.png"), people.join("file-link")).unwrap();
        symlink("../secret.png", people.join("fotos/up")).unwrap();
        symlink("..", people.join("folder-link")).unwrap();
        symlink("fotos/marta.png", people.join("inner")).unwrap();
        let secret = top.join("secret.png").to_str().unwrap().to_owned();
        for way in
            ["../secret.png", "fotos/../../secret.png", "folder-link/secret.png", "file-link", "fotos/up", "inner"]
        {
            let told = read(&folder, way).expect_err(way);
            assert!(told.starts_with("cannot be read: "), "{way}: {told}");
        }
        for way in [secret.as_str(), "", ".", "fotos//marta.png", "a\0b"] {
            assert!(read(&folder, way).is_err(), "{way:?}");
        }
    }

    #[test]
    fn what_is_no_file_is_not_opened_and_holds_nobody_up() {
        let folder = folder();
        let pipe = folder.path().join("people/pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(read(&folder, "pipe"), Err("is a pipe, not a file".to_owned()));
        assert_eq!(read(&folder, "fotos"), Err("is a folder, not a file".to_owned()));
        assert_eq!(read(&folder, "fotos/marta.png/x"), Err("is not a folder".to_owned()));
        assert_eq!(read(&folder, "fotos/nobody.png"), Err("does not exist".to_owned()));
    }
}
