//! Opens the screen.

use crate::cli::CliError;
use crate::config::Config;
use crate::config::environment::Colour;

/// Opens the screen on a tenant of the configuration, or on the sandbox. `colour` is the option, which wins over the configuration.
///
/// # Errors
/// There is no such tenant, no token, or no terminal.
pub fn open(config: &Config, tenant: Option<&str>, colour: Option<Colour>) -> Result<(), CliError> {
    let _ = (config.choose(tenant)?, colour.unwrap_or(config.colour));
    Err(CliError::Local("the screen is not built yet".into()))
}
