//! What is done to a user as a whole: the user services beside create and update (api.md 4).

use std::fmt;

use crate::domain::secret::Sealed;

/// One act on a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// `PUT .../activate`: the person can sign in again.
    Activate,
    /// `PUT .../deactivate`: the person cannot sign in any more.
    Deactivate {
        /// What the service tells the person, where anything is to be told.
        message: Option<String>,
    },
    /// `PUT .../changePassword`.
    ChangePassword(Sealed),
    /// `POST .../welcomeMail`.
    WelcomeMail,
    /// `DELETE ...`: irreversible, in all platforms.
    Delete,
}

impl Deed {
    /// The word of the deed, for a sentence such as "disable marta.lopez". Where a command does the same it is called so: the service's own
    /// words, activate and deactivate, are those of its paths alone.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Activate => "enable",
            Self::Deactivate { .. } => "disable",
            Self::ChangePassword(_) => "change the password of",
            Self::WelcomeMail => "send the welcome mail to",
            Self::Delete => "delete",
        }
    }

    /// Whether the service honours the synchronization header. It is always synchronous for the password, and says nothing about the mail
    /// (api.md 2).
    pub fn is_synchronizable(&self) -> bool {
        match self {
            Self::Activate | Self::Deactivate { .. } | Self::Delete => true,
            Self::ChangePassword(_) | Self::WelcomeMail => false,
        }
    }

    /// Whether only management answers it (api.md 4.1).
    pub fn is_of_management_alone(&self) -> bool {
        match self {
            Self::ChangePassword(_) | Self::WelcomeMail => true,
            Self::Activate | Self::Deactivate { .. } | Self::Delete => false,
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A group of a user, as read (api.md 5, "A user's groups").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// `codGroup`.
    pub code: String,
    /// `name`.
    pub name: String,
    /// Roles by section.
    pub roles: crate::domain::roles::Roles,
}
