//! Why a client cannot be built, in words that say what to mend.

use thiserror::Error;

/// What is wrong with the settings of a client. No secret is in it, and every sentence names the setting.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SetupError {
    /// Neither https nor this machine (faults.md, row 96).
    #[error("base_url: {0} is asked without encryption, and the token would go with it; write https://")]
    Plain(String),
    /// A scheme that is no HTTP, or no host.
    #[error("base_url: write https://, the host, and /integration/ws or /integration/zuul")]
    NoHost,
    /// A user name or password in the address.
    #[error(
        "base_url: holds a user name or a password; the token is a setting of its own, remove what stands before the @"
    )]
    Credentials,
    /// Something after the path.
    #[error("base_url: has something behind a ? or #; remove it")]
    Tail,
    /// Not the root of the services (api.md 1).
    #[error("base_url: {0} has to end with /integration/ws or /integration/zuul; the program adds the rest")]
    Path(String),
    /// No token.
    #[error("token: is empty; copy it from \"Your account\" of learningCloud")]
    NoToken,
    /// A token that cannot stand in a header, or that was copied with something around it (faults.md, row 94).
    #[error("token: has {0} in it, which no token has; copy it again, without line ends or quotes")]
    Token(&'static str),
    /// The CA file.
    #[error("the CA file: {0}; it has to hold certificates as PEM, -----BEGIN CERTIFICATE-----")]
    Authorities(String),
    /// Nothing to check the server with.
    #[error("this machine has no CA certificates to check the server with; install ca-certificates or name a CA file")]
    NoAuthorities,
    /// A deadline of nothing.
    #[error("a deadline of 0 s lets nothing through; write at least 1 s")]
    Deadline,
    /// Anything else that the HTTP library refuses.
    #[error("the HTTP client could not be set up: {0}")]
    Library(String),
}
