//! Where the program keeps what it has to remember between two runs: the XDG state folder, closed to everybody else (faults.md, I-18).
//!
//! Deliberately not here: the files in it, and temporary folders, which others can reach.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use rustix::fs::{Mode, OFlags};

use crate::config::fault::ConfigError;

/// The folder `netex-users` in the XDG state folder. It is made with mode 700 where there is none, and so is what is missing above it.
///
/// # Errors
/// The home folder is not known; the folder cannot be made, is a link, is not ours, or is open to others.
pub fn state_dir() -> Result<PathBuf, ConfigError> {
    private_dir(state_path()?)
}

/// The same folder where it is there already, and nothing where it is not: a look that makes nothing.
///
/// # Errors
/// As for [`state_dir`].
pub fn state_dir_if_there() -> Result<Option<PathBuf>, ConfigError> {
    let path = state_path()?;
    match path.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(_) | Ok(_) => private_dir(path).map(Some),
    }
}

/// Where the folder is or would be.
///
/// # Errors
/// The home folder is not known.
pub fn state_path() -> Result<PathBuf, ConfigError> {
    let places = etcetera::choose_base_strategy().map_err(|_| ConfigError::NoHome)?;
    let state = places.state_dir().unwrap_or_else(|| places.data_dir());
    Ok(state.join("netex-users"))
}

/// A folder of that path that only we can use.
fn private_dir(path: PathBuf) -> Result<PathBuf, ConfigError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
    let checked = made.map_err(|error| format!("it cannot be made: {error}")).and_then(|()| is_private(&path));
    checked.map(|()| path.clone()).map_err(|why| ConfigError::Refused { path, why })
}

fn is_private(path: &Path) -> Result<(), String> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty());
    // Linux says of a link that it is no folder.
    let folder = opened.map_err(|_| "it is a link, or cannot be opened".to_owned())?;
    let stat = rustix::fs::fstat(&folder).map_err(|error| format!("it cannot be looked at: {error}"))?;
    let mode = Mode::from_raw_mode(stat.st_mode).bits() & 0o777;
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        Err("it belongs to another user".to_owned())
    } else if mode & 0o077 != 0 {
        Err(format!("others may use it (mode {mode:03o}): chmod 700 it"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn why(path: PathBuf) -> String {
        match private_dir(path) {
            Err(ConfigError::Refused { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_folder_is_made_for_us_alone_with_all_that_is_missing_above() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("state/netex-users");
        assert_eq!(private_dir(path.clone()), Ok(path.clone()));
        for made in [path.clone(), top.path().join("state")] {
            assert_eq!(fs::metadata(&made).unwrap().permissions().mode() & 0o777, 0o700, "{}", made.display());
        }
        assert_eq!(private_dir(path.clone()), Ok(path));
    }

    #[test]
    fn a_folder_that_others_may_use_or_that_is_elsewhere_is_refused() {
        let top = tempfile::tempdir().unwrap();
        let path = private_dir(top.path().join("open")).unwrap();
        for mode in [0o750, 0o701, 0o777] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(why(path.clone()), format!("others may use it (mode {mode:03o}): chmod 700 it"));
        }
        let link = top.path().join("link");
        symlink(private_dir(top.path().join("there")).unwrap(), &link).unwrap();
        assert_eq!(why(link), "it is a link, or cannot be opened");
        let file = top.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(why(file).starts_with("it cannot be made"));
    }
}
