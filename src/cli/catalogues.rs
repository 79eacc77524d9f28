//! The roles that a tenant has: the built-in ones, or those of its own file.

use std::path::Path;

use crate::cli::CliError;
use crate::codec::roles::{BUILT_IN, catalogues};
use crate::config::fault::shown;
use crate::config::private::read_trusted;
use crate::domain::code::Code;
use crate::domain::field::Revision;
use crate::domain::roles::Catalogues;

/// Reads both catalogues.
///
/// # Errors
/// The file cannot be read, others could have written it, or it has faults: all of them, a line each.
pub fn read(revision: Revision, roles_file: Option<&Path>) -> Result<Catalogues, CliError> {
    let text = roles_file.map(read_trusted).transpose()?;
    let text = text.as_deref().unwrap_or(BUILT_IN);
    catalogues(text, revision).map_err(|faults| {
        let name = roles_file.map_or_else(|| "the built-in roles".into(), shown);
        let words = faults.iter().map(|fault| format!("{name}, {fault}")).collect::<Vec<_>>().join("\n");
        CliError::Known(Code::ConfigFaulty, words)
    })
}
