//! What the program can do, for people and for scripts alike.
//!
//! The journal will stand in [`Service::submit`]: the intent before the request, the outcome after it. Nothing here tries twice.

use std::sync::Arc;

use crate::api::Client;
use crate::domain::key::UserKey;
use crate::domain::outcome::{Cause, ReadFault, Report, Settlement};
use crate::domain::person::Person;
use crate::domain::request::{Request, Target};
use crate::domain::tenant::Synchronization;
use crate::domain::untrusted::Untrusted;

pub mod password;
pub mod pasted;

/// The acts of one tenant. Cloning shares the client.
#[derive(Clone)]
pub struct Service {
    client: Arc<Client>,
}

impl Service {
    /// The acts that a client can carry out.
    pub fn new(client: Client) -> Self {
        Self { client: Arc::new(client) }
    }

    /// Sends a change, once.
    pub async fn submit(&self, request: &Request, synchronization: Synchronization) -> Report {
        self.client.send(request, synchronization).await
    }

    /// Reads one user by id or username.
    pub async fn read(&self, key: &UserKey) -> Result<Person, ReadFault> {
        self.client.read(key).await
    }

    /// Looks up what became of a change in doubt: a new user by the username, a known one by the key that was addressed. That somebody is
    /// there proves nothing; [`Request::made`] compares (faults.md, read-back rule).
    pub async fn settle(&self, request: &Request) -> Settlement {
        let key = match request.target() {
            Target::New => UserKey::parse(request.username()),
            Target::Known(key) => Ok(key.clone()),
        };
        let found = match key {
            Ok(key) => self.client.read(&key).await,
            Err(fault) => Err(ReadFault::Failed(Cause::Local(Untrusted::new(fault.to_string())))),
        };
        settlement(request, found)
    }

    /// The request as it would go out, for the review.
    pub fn transcript(&self, request: &Request, synchronization: Synchronization) -> String {
        self.client.transcript(request, synchronization)
    }
}

/// A reply about somebody else answers no question, so it settles nothing.
fn settlement(request: &Request, found: Result<Person, ReadFault>) -> Settlement {
    match found {
        Ok(person) if request.made(&person) => Settlement::Ours(Box::new(person)),
        Ok(person) => Settlement::SomeoneElse(Box::new(person)),
        Err(ReadFault::NotFound) => Settlement::Nobody,
        Err(fault @ (ReadFault::NoService(_) | ReadFault::Failed(_) | ReadFault::SomeoneElse(_))) => {
            Settlement::Unknown(fault)
        }
    }
}
