//! What an agent says of a file of people before it is planned, and what the tenant allows of it.
//!
//! Deliberately not here: how the file is read, which columns it has ([`crate::domain::row`]), and what its lines would do
//! ([`crate::domain::plan`]).

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use crate::domain::field::Revision;
use crate::domain::plan::{Match, Mode};
use crate::domain::roles::Catalogues;
use crate::domain::tenant::Synchronization;

/// The tenant, as far as a file of people needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its revision.
    pub revision: Revision,
    /// Its sections and roles.
    pub catalogues: Catalogues,
    /// How many lines are handled at the same time.
    pub concurrency: usize,
    /// At most so many changes a second; without a number as fast as the service answers.
    pub rate: Option<NonZeroU32>,
    /// At most so many people may be disabled or lose an administrator's role.
    pub max_harm: usize,
}

/// A file of people, as the agent wants it carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOrder {
    /// The file, with its whole path.
    pub path: PathBuf,
    /// What it may do.
    pub mode: Mode,
    /// By what a line finds its person.
    pub matching: Match,
    /// Whether a password is made for each new user whose line has none: into [`FileOrder::passwords`].
    pub makes_passwords: bool,
    /// Whether it is carried out although a job of the same file was carried out before.
    pub again: bool,
    /// The mode in which changes are sent.
    pub synchronization: Synchronization,
    /// The ticket that asks for it.
    pub ticket: Option<String>,
    /// The tenant.
    pub setting: Setting,
}

impl FileOrder {
    /// The new file that made passwords go into: beside the file of people, named after it.
    pub fn passwords(&self) -> Option<PathBuf> {
        self.makes_passwords.then(|| beside(&self.path, "passwords"))
    }
}

/// A file beside another, named after it: `joiners.csv` has `joiners.failed-12.csv`.
pub fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{what}.csv"));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_file_is_named_after_it() {
        let beside = |path: &str| beside(Path::new(path), "failed-12").to_string_lossy().into_owned();
        assert_eq!(beside("/people/joiners.csv"), "/people/joiners.failed-12.csv");
        assert_eq!(beside("/people/joiners.2026.jsonl"), "/people/joiners.2026.failed-12.csv");
        assert_eq!(beside("joiners"), "joiners.failed-12.csv");
    }
}
