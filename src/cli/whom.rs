//! The person whom a command is about, read before anything is done.

use crate::cli::CliError;
use crate::cli::errand::{Errand, unread};
use crate::cli::flags::Target;
use crate::cli::output;
use crate::domain::code::Code;
use crate::domain::key::UserKey;
use crate::domain::outcome::ReadFault;
use crate::domain::person::Person;

/// Reads the person; nothing where the agent insists on not looking.
///
/// # Errors
/// There is no such person, or they cannot be read.
pub async fn read(errand: &mut Errand, target: &Target) -> Result<Option<Person>, CliError> {
    if target.blind { Ok(None) } else { by_key(errand, &target.whom.id).await.map(Some) }
}

/// Reads a person.
///
/// # Errors
/// There is no such person, or they cannot be read.
pub async fn by_key(errand: &mut Errand, key: &UserKey) -> Result<Person, CliError> {
    output::progress(&format!("reading {key}"));
    let read = errand.stop.unless(errand.service.read(key)).await?;
    read.map_err(|fault| match &fault {
        ReadFault::NoService(_) => {
            CliError::Known(Code::NoReadService, format!("{fault}; --blind sends without a look"))
        }
        ReadFault::NotFound | ReadFault::Failed(_) | ReadFault::SomeoneElse(_) => unread(&fault),
    })
}

/// The username, with the name where there is one.
pub fn called(person: &Person) -> String {
    let name = person.full_name();
    if name == person.username { name } else { format!("{} ({name})", person.username) }
}

/// The key that surely addresses the person who was read.
pub fn key(person: &Person, asked: &UserKey) -> UserKey {
    person.id.as_deref().and_then(|id| UserKey::parse(id).ok()).unwrap_or_else(|| asked.clone())
}
