//! Asking at the terminal: a token or a password without an echo, and plain answers.
//!
//! A question is put on standard error, so that it is never in the output that a script reads, and its words are made visible before.

use std::fs::File;
use std::io::{self, BufRead as _};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::cli::errand::Errand;
use crate::cli::{CliError, output};
use crate::domain::secret::Secret;
use crate::domain::untrusted::visible;

/// Asks for the token of a tenant. It is read from the terminal itself, never from a pipe.
///
/// # Errors
/// There is no terminal, or the agent gave up.
pub fn token(tenant: &str) -> io::Result<String> {
    rpassword::prompt_password(format!("Token of {} (it is not shown): ", visible(tenant)))
}

/// Asks for a new password twice, without an echo.
///
/// # Errors
/// The two differ, there is nothing in them, or the agent gave up.
pub async fn password(errand: &mut Errand, whose: &str) -> Result<Secret, CliError> {
    let whose = visible(whose).into_owned();
    let first = hidden(errand, format!("New password of {whose} (it is not shown): ")).await?;
    if first.is_empty() {
        return Err(CliError::Stopped("no password was typed; nothing was sent".into()));
    }
    let second = hidden(errand, "The same again: ".to_owned()).await?;
    if first == second {
        Ok(first)
    } else {
        Err(CliError::Usage("the two passwords are not the same; nothing was sent".into()))
    }
}

async fn hidden(errand: &mut Errand, prompt: String) -> Result<Secret, CliError> {
    let modes = Modes::now();
    let answer = tokio::task::spawn_blocking(move || rpassword::prompt_password(prompt).map(Secret::new));
    let answer = errand.stop.unless(answer).await;
    if answer.is_err() {
        // The thread that asks is still there and cannot tidy up any more.
        modes.put_back();
    }
    given(answer?)
}

/// Asks for a line.
///
/// # Errors
/// The agent gave up.
pub async fn line(errand: &mut Errand, prompt: String) -> Result<String, CliError> {
    output::question(&prompt);
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|read| if read == 0 { None } else { Some(line) })
    });
    let answer = errand.stop.unless(answer).await.inspect_err(|_| output::question("\n"))?;
    match given(answer)? {
        Some(line) => Ok(line),
        None => Err(CliError::Stopped("no answer; nothing was sent".into())),
    }
}

fn given<T>(answer: Result<io::Result<T>, tokio::task::JoinError>) -> Result<T, CliError> {
    match answer {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof) => {
            Err(CliError::Stopped("stopped; nothing was sent".into()))
        }
        Ok(Err(error)) => Err(CliError::Local(format!("the terminal cannot be asked: {error}"))),
        Err(_) => Err(CliError::Local("the terminal cannot be asked".into())),
    }
}

/// How the terminal was before a question.
struct Modes(Option<(File, Termios)>);

impl Modes {
    fn now() -> Self {
        let terminal = File::open("/dev/tty").ok();
        Self(terminal.and_then(|terminal| tcgetattr(&terminal).ok().map(|modes| (terminal, modes))))
    }

    fn put_back(&self) {
        if let Self(Some((terminal, modes))) = self {
            // Where it cannot be put back, there is no terminal any more.
            let _ = tcsetattr(terminal, OptionalActions::Now, modes);
        }
    }
}
