//! Asking at the terminal: a token or a password without an echo, and plain answers.
//!
//! A question is put on standard error, so that it is never in the output that a script reads, and its words are made visible before.

use std::fs::File;
use std::io::{self, BufRead as _, Read as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::cli::errand::Errand;
use crate::cli::{CliError, output};
use crate::domain::secret::Secret;
use crate::domain::untrusted::visible;

/// The longest line that a terminal gives, in bytes.
const LONGEST: usize = 4096;

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

/// Asks for a new password twice, without an echo.
///
/// # Errors
/// The two differ, there is nothing in them, or the agent gave up.
pub async fn password(errand: &mut Errand, whose: &str) -> Result<Secret, CliError> {
    let quiet = Quiet::begin().map_err(|error| CliError::Local(format!("the terminal cannot be asked: {error}")))?;
    let first = hidden(errand, &quiet, &format!("New password of {} (it is not shown): ", visible(whose))).await?;
    if first.is_empty() {
        return Err(CliError::Stopped("no password was typed; nothing was sent".into()));
    }
    let second = hidden(errand, &quiet, "The same again: ").await?;
    if first == second {
        Ok(first)
    } else {
        Err(CliError::Usage("the two passwords are not the same; nothing was sent".into()))
    }
}

async fn hidden(errand: &mut Errand, quiet: &Quiet, prompt: &str) -> Result<Secret, CliError> {
    let mut terminal = quiet.terminal.try_clone()?;
    output::question(prompt);
    // The thread only reads. It changes nothing of the terminal, so it may be left behind.
    let answer = tokio::task::spawn_blocking(move || {
        let mut bytes = vec![0; LONGEST];
        // A terminal gives a line at a time.
        let read = terminal.read(&mut bytes)?;
        bytes.truncate(read);
        // Taken over at once, so that it is wiped.
        let line =
            String::from_utf8(bytes).map(Secret::new).map_err(|_| io::Error::other("what was typed is not UTF-8"))?;
        let typed = line.expose().trim_end_matches(['\r', '\n']);
        Ok((read > 0).then(|| Secret::new(typed.to_owned())))
    });
    let answer = errand.stop.unless(answer).await.inspect_err(|_| output::question("\n"))?;
    given(answer)?.ok_or_else(|| CliError::Stopped("no answer; nothing was sent".into()))
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

/// The terminal without an echo, until this is dropped. The echo is off before the question is put: a password that is pasted at once
/// comes before anybody could have turned it off afterwards. Lines and Ctrl-C stay the terminal's business, so that whoever stops the
/// program gets the terminal back whatever the thread that reads is doing.
struct Quiet {
    terminal: File,
    before: Termios,
}

impl Quiet {
    fn begin() -> io::Result<Self> {
        let terminal = File::open("/dev/tty")?;
        let before = tcgetattr(&terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        quiet.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(&terminal, OptionalActions::Now, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // Where it cannot be put back, there is no terminal any more.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}
