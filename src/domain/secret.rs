//! A value that must not be seen: tokens and passwords.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A token or a password. It has no `Debug`, `Display` or `Clone`: whoever wants to show, log or copy one has to write
/// [`Secret::expose`], which a reviewer can search for. The memory is wiped when it is dropped.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the value over.
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself, for the one place that has to send it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A second holder of the same value, said in so many words.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self::new(self.expose().to_owned())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

/// A secret that several hold, so that it can travel in a message. Its `Debug` says that there is one, and no more.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Arc<Secret>);

impl Sealed {
    /// Seals a secret.
    pub fn new(secret: Secret) -> Self {
        Self(Arc::new(secret))
    }

    /// The secret.
    pub fn open(&self) -> &Secret {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}
