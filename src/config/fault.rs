//! What can be wrong with a configuration, in words that say how to mend it.

use std::fmt;
use std::path::PathBuf;

use crate::domain::untrusted::visible;

/// One fault of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, and how to mend it. Safe to show.
    pub what: String,
}

/// So many faults are told at once: who sees more mends none of them sooner, and most of them are of one cause.
pub const MOST_TOLD: usize = 40;

/// Why there is no configuration, or no tenant to work on. Nothing was sent to any server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// The home folder is not known.
    NoHome,
    /// The file does not exist.
    Missing {
        /// Which file.
        path: PathBuf,
    },
    /// The file cannot be read, or others could have written it.
    Refused {
        /// Which file or folder.
        path: PathBuf,
        /// Why, and what to do.
        why: String,
    },
    /// The file has faults.
    Faulty {
        /// Which file.
        path: PathBuf,
        /// All of them, in the order of the lines.
        faults: Vec<Fault>,
    },
    /// No tenant has the name that was asked for.
    UnknownTenant {
        /// The name that was asked for.
        name: String,
        /// Those that there are, the most similar first.
        known: Vec<String>,
    },
    /// There are several tenants, and nothing says which.
    NoneChosen {
        /// Those that there are.
        known: Vec<String>,
    },
}

impl ConfigError {
    /// The faults of the file's lines; none where the file is not the matter.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Faulty { faults, .. } => faults,
            Self::NoHome
            | Self::Missing { .. }
            | Self::Refused { .. }
            | Self::UnknownTenant { .. }
            | Self::NoneChosen { .. } => &[],
        }
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHome => f.write_str("the home folder is not known: set HOME, or name the file with --config FILE"),
            Self::Missing { path } => {
                write!(f, "{}: there is no such file; \"netex-users config init\" writes one", shown(path))
            }
            Self::Refused { path, why } => write!(f, "{}: {why}", shown(path)),
            Self::Faulty { path, faults } => {
                for (i, Fault { line, what }) in faults.iter().take(MOST_TOLD).enumerate() {
                    let feed = if i == 0 { "" } else { "\n" };
                    write!(f, "{feed}{}:{line}: {what}", shown(path))?;
                }
                match faults.len().saturating_sub(MOST_TOLD) {
                    0 => Ok(()),
                    more => write!(f, "\n{}: and {more} more", shown(path)),
                }
            }
            Self::UnknownTenant { name, known } if known.is_empty() => write!(
                f,
                "there is no tenant \"{}\": the configuration names none; \"netex-users config init\" asks for one",
                visible(name)
            ),
            Self::UnknownTenant { name, known } => {
                write!(f, "there is no tenant \"{}\"; there are: {}, sandbox", visible(name), known.join(", "))
            }
            Self::NoneChosen { known } => write!(
                f,
                "there are several tenants: choose one with --tenant NAME, or set default_tenant in the configuration ({})",
                known.join(", ")
            ),
        }
    }
}

/// A path as a terminal may be given it.
pub fn shown(path: &std::path::Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}
