//! The roles that a tenant has: the built-in ones, or those of its own file.

use std::path::Path;

use crate::cli::CliError;
use crate::codec::roles::{BUILT_IN, catalogue};
use crate::config::fault::shown;
use crate::config::private::read_trusted;
use crate::domain::field::{Operation, Revision};
use crate::domain::roles::Catalogue;

/// The roles of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogues {
    /// Those that create knows.
    pub create: Catalogue,
    /// Those that update knows.
    pub update: Catalogue,
}

/// Reads both catalogues.
///
/// # Errors
/// The file cannot be read, others could have written it, or it has faults: all of them, a line each.
pub fn read(revision: Revision, roles_file: Option<&Path>) -> Result<Catalogues, CliError> {
    let text = roles_file.map(read_trusted).transpose()?;
    let text = text.as_deref().unwrap_or(BUILT_IN);
    let of = |operation| {
        catalogue(text, revision, operation).map_err(|faults| {
            let name = roles_file.map_or_else(|| "the built-in roles".into(), shown);
            CliError::Local(faults.iter().map(|fault| format!("{name}, {fault}")).collect::<Vec<_>>().join("\n"))
        })
    };
    Ok(Catalogues { create: of(Operation::Create)?, update: of(Operation::Update)? })
}
