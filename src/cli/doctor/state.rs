//! The state folder, which is there and private: its files, its disk.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::fs::Access;

use crate::config::fault::shown;
use crate::domain::checkup::Finding;
use crate::domain::code::Code;

/// Less room than this is worth a word, in MiB: a list of a hundred thousand people is written beside the one of before.
const LITTLE: u64 = 64;
/// With less room than this nothing can be relied on, in MiB.
const NONE: u64 = 1;

/// The number by which Linux tells a file system of another machine (`NFS_SUPER_MAGIC`, statfs(2)).
#[cfg(target_os = "linux")]
const NFS: u64 = 0x6969;

/// What was found of the folder.
pub fn folder(folder: &Path) -> Vec<Finding> {
    let mut findings = vec![of_folder(folder)];
    findings.extend(open_files(folder).into_iter().map(|(name, mode)| {
        Finding::warn("state", format!("{name} may be used by others (mode {mode:03o})"), format!("chmod 600 {name}"))
    }));
    findings.push(disk(folder));
    findings
}

fn of_folder(folder: &Path) -> Finding {
    let path = shown(folder);
    match rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) => Finding::fine("state", format!("{path} is yours alone and can be written")),
        Err(error) => {
            let words = format!("{path} cannot be written: {}", std::io::Error::from(error));
            Finding::fail("state", Code::LocalFault, words, "make it writable for you, or mount it so")
        }
    }
}

/// The files in it that others may use, by their paths.
fn open_files(folder: &Path) -> Vec<(String, u32)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| {
        let mode = entry.path().symlink_metadata().ok()?.permissions().mode();
        (mode & 0o077 != 0).then(|| (shown(&entry.path()), mode & 0o777))
    });
    files.collect()
}

fn disk(folder: &Path) -> Finding {
    let Ok(stat) = rustix::fs::statvfs(folder) else {
        return Finding::warn("disk", "how much room there is cannot be told", "look at it with df");
    };
    let room = stat.f_bavail.saturating_mul(stat.f_frsize) >> 20;
    if is_elsewhere(folder) {
        let words = format!("{room} MiB are free, on a file system of another machine, which may lose locks");
        return Finding::warn("disk", words, "set XDG_STATE_HOME to a folder on a disk of this machine");
    }
    of_room(room)
}

fn of_room(room: u64) -> Finding {
    let words = format!("{room} MiB are free where the state folder is");
    let mend = "make room on that file system, or ask for a larger quota";
    match room {
        0..NONE => Finding::fail("disk", Code::DiskFull, words, mend),
        NONE..LITTLE => Finding::warn("disk", words, mend),
        LITTLE.. => Finding::fine("disk", words),
    }
}

#[cfg(target_os = "linux")]
fn is_elsewhere(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|stat| u64::try_from(stat.f_type) == Ok(NFS))
}

#[cfg(not(target_os = "linux"))]
fn is_elsewhere(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::checkup::{Grade, worst};

    #[test]
    fn room_is_judged_by_what_the_program_writes() {
        for (room, grade) in [(0, Grade::Fail), (1, Grade::Warn), (63, Grade::Warn), (64, Grade::Fine)] {
            assert_eq!(of_room(room).grade, grade, "{room}");
        }
    }

    #[test]
    fn a_file_that_others_may_use_is_named_with_what_mends_it() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("a.people1");
        fs::write(&file, "x").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let findings = folder(top.path());
        let told: Vec<_> = findings.iter().filter(|finding| finding.words.contains("a.people1")).collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].mend, Some(format!("chmod 600 {}", file.display())));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(worst(&folder(top.path())[..1]), Grade::Fine);
        assert_eq!(open_files(top.path()), []);
    }
}
