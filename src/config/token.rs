//! Where a token comes from, and getting it from there.
//!
//! Not here: an option of the command line, because other people on the host can read those (faults.md 90); a keyring, because headless
//! hosts seldom have one that answers. No error and no `Debug` of this module has a byte of a token in it.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::config::environment::variable;
use crate::config::fault::shown;
use crate::config::private::read_secret;
use crate::domain::secret::Secret;
use crate::domain::untrusted::visible;

mod program;

/// How long a program may take to print the token.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longer than any token, and more than servers take in one header, in bytes.
const LIMIT: usize = 4096;

/// Where a token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// A variable of the environment. The weakest: every program that the agent starts inherits it.
    Env(String),
    /// A file that only the agent may use.
    File(PathBuf),
    /// What a program prints: its name and arguments, started without a shell.
    Command(Vec<String>),
    /// The agent types it at each start.
    Ask,
}

/// Why there is no token. Nothing was sent to any server. It is shown after the source's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{source_words}: {why}")]
pub struct TokenError {
    source_words: String,
    why: String,
}

/// Says where the token comes from. The arguments of a program are not shown: people put secrets there.
impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "the variable {name}"),
            Self::File(path) => write!(f, "the file {}", shown(path)),
            Self::Command(argv) => {
                write!(f, "what the program {} prints", visible(argv.first().map_or("", String::as_str)))
            }
            Self::Ask => f.write_str("asked for at each start"),
        }
    }
}

impl TokenSource {
    /// The variable that holds the token, if one does.
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Env(name) => Some(name),
            Self::File(_) | Self::Command(_) | Self::Ask => None,
        }
    }

    /// Gets the token. `hidden` are the variables that a program started for it shall not see; `ask` asks the agent, without an echo.
    ///
    /// # Errors
    /// The source has no token, cannot be trusted with one, or has one that no header can carry.
    pub fn resolve(&self, hidden: &[&str], ask: impl FnOnce() -> io::Result<String>) -> Result<Secret, TokenError> {
        let fail = |why| TokenError { source_words: self.to_string(), why };
        let bytes = match self {
            Self::Env(name) => from_variable(variable(name)),
            Self::File(path) => read_secret(path),
            Self::Command(argv) => program::output(argv, hidden, PATIENCE),
            Self::Ask => ask().map(|typed| Zeroizing::new(typed.into_bytes())).map_err(|error| error.to_string()),
        };
        believed(bytes.map_err(fail)?).map_err(|why| fail(why.into()))
    }
}

fn from_variable(value: Option<OsString>) -> Result<Zeroizing<Vec<u8>>, String> {
    let value =
        value.ok_or("it is not set: set it before the program starts, or change \"token\" in the configuration")?;
    Ok(Zeroizing::new(value.into_encoded_bytes()))
}

/// A token that a header can carry: ASCII without blanks. One line feed at its end is the file's or the program's, not the token's.
/// Anything else is refused rather than cut: a token that is not whole would be told as wrong by the server, much later (faults.md 94).
fn believed(mut bytes: Zeroizing<Vec<u8>>) -> Result<Secret, &'static str> {
    let end = bytes.strip_suffix(b"\r\n").or_else(|| bytes.strip_suffix(b"\n")).unwrap_or(&bytes).len();
    bytes.truncate(end);
    let why = if bytes.is_empty() {
        "there is nothing in it"
    } else if bytes.len() > LIMIT {
        "what is there is too long for a token"
    } else if !bytes.is_ascii() {
        "the token has a character outside ASCII in it: copy it once more"
    } else if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        "the token has more than one line: leave the token alone there"
    } else if bytes.iter().any(u8::is_ascii_whitespace) {
        "the token has a blank in it, perhaps at its end: take it out"
    } else if bytes.iter().any(u8::is_ascii_control) {
        "the token has a control character in it: copy it once more"
    } else {
        let text = String::from_utf8(std::mem::take(&mut *bytes)).map_err(|_| "the token is not text")?;
        return Ok(Secret::new(text));
    };
    Err(why)
}

#[cfg(test)]
mod tests;
