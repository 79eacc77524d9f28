//! Anything that can be sent for one user: a change of fields, or a deed.

use std::sync::Arc;

use crate::domain::deed::Deed;
use crate::domain::field::Operation;
use crate::domain::key::UserKey;
use crate::domain::request::{Request, Target};

/// Something that is sent once, and has one report.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Create or update.
    Change(Arc<Request>),
    /// One of the other user services.
    Deed(Arc<DeedOrder>),
}

/// A deed, and whom it is done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedOrder {
    /// The id or username that is addressed.
    pub key: UserKey,
    /// The username of that person.
    pub username: String,
    /// What is done.
    pub deed: Deed,
}

impl Order {
    /// The username of that person.
    pub fn username(&self) -> &str {
        match self {
            Self::Change(request) => request.username(),
            Self::Deed(order) => &order.username,
        }
    }

    /// What is done, for a sentence such as "update marta.lopez".
    pub fn word(&self) -> &'static str {
        match self {
            Self::Change(request) => match request.operation() {
                Operation::Create => "create",
                Operation::Update => "update",
            },
            Self::Deed(order) => order.deed.word(),
        }
    }

    /// Whether a second one would make a second user.
    pub fn is_create(&self) -> bool {
        matches!(self, Self::Change(request) if request.operation() == Operation::Create)
    }

    /// Whether it changes fields of a user that is there.
    pub fn is_update(&self) -> bool {
        matches!(self, Self::Change(request) if request.operation() == Operation::Update)
    }

    /// The key to read that person by.
    pub fn key(&self) -> Option<UserKey> {
        match self {
            Self::Change(request) => match request.target() {
                Target::Known(key) => Some(key.clone()),
                Target::New => UserKey::parse(request.username()).ok(),
            },
            Self::Deed(order) => Some(order.key.clone()),
        }
    }
}
