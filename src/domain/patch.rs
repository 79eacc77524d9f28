//! What is to become of one field.

use std::fmt;

use crate::domain::object::Object;
use crate::domain::pairs::Pairs;
use crate::domain::photo::Photo;
use crate::domain::roles::RoleChange;
use crate::domain::secret::Secret;

/// What is to become of one field. Keeping is not the same as emptying: a kept field is not in the request at all.
#[derive(Debug, PartialEq)]
pub enum Change {
    /// Not touched, or typed back to what was read: not sent.
    Keep,
    /// Sent with this value.
    Set(Value),
    /// Emptied, because the agent chose so.
    Clear,
}

/// A value that can be sent.
#[derive(PartialEq)]
pub enum Value {
    /// A text, byte for byte as typed or as read.
    Text(String),
    /// A password.
    Secret(Secret),
    /// Yes or no.
    Switch(bool),
    /// A picture.
    Photo(Photo),
    /// The touched sections, each with its full list.
    Roles(Vec<RoleChange>),
    /// Free keys with a value each.
    Pairs(Pairs),
    /// A JSON object.
    Object(Object),
}

impl Value {
    /// The value in a few words; a secret is not in them.
    pub fn summary(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Secret(_) => "set, not shown".to_owned(),
            Self::Switch(on) => if *on { "yes" } else { "no" }.to_owned(),
            Self::Photo(_) => "a new picture".to_owned(),
            Self::Roles(changes) => {
                let words = |change: &RoleChange| format!("{}: {}", change.section, change.wanted.join(", "));
                changes.iter().map(words).collect::<Vec<_>>().join("; ")
            }
            Self::Pairs(pairs) => crate::domain::pairs::lines(pairs),
            Self::Object(_) => "an object".to_owned(),
        }
    }

    /// The sections whose roles are in the value.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        let changes = if let Self::Roles(changes) = self { changes.as_slice() } else { &[] };
        changes.iter().map(|change| change.section.as_str())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({text:?})"),
            Self::Secret(_) => f.write_str("Secret"),
            Self::Switch(on) => write!(f, "Switch({on})"),
            Self::Photo(photo) => photo.fmt(f),
            Self::Roles(roles) => write!(f, "Roles({roles:?})"),
            Self::Pairs(pairs) => write!(f, "Pairs({pairs:?})"),
            Self::Object(object) => object.fmt(f),
        }
    }
}
