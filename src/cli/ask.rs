//! Asking for a token on the terminal, without an echo.

use std::io;

use crate::domain::untrusted::visible;

/// Asks for the token of a tenant. It is read from the terminal itself, never from a pipe.
///
/// # Errors
/// There is no terminal, or the agent gave up.
pub fn token(tenant: &str) -> io::Result<String> {
    let prompt = format!("Token of {} (it is not shown): ", visible(tenant));
    // The system's own words for a missing terminal name a device that nobody knows of.
    rpassword::prompt_password(prompt).map_err(|error| match error.raw_os_error() {
        Some(_) => io::Error::other("there is no terminal to ask at; a file or a program can give the token too"),
        None => error,
    })
}
