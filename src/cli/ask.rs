//! Asking for a token on the terminal, without an echo.

use std::io;

use crate::domain::untrusted::visible;

/// Asks for the token of a tenant. It is read from the terminal itself, never from a pipe.
///
/// # Errors
/// There is no terminal, or the agent gave up.
pub fn token(tenant: &str) -> io::Result<String> {
    rpassword::prompt_password(format!("Token of {} (it is not shown): ", visible(tenant)))
}
