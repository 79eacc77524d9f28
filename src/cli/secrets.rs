//! Where a new password comes from, and where a made one goes.
//!
//! Never from an argument, because others on the host can read those (faults.md 90), and never to a place that the agent did not name:
//! a made one is in the output only where `--show-password` asks for it, and in a file only where that file is new and the agent's alone.

use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::CliError;
use crate::cli::given::{Complaint, Stdin};
use crate::config::private::write_new;
use crate::domain::secret::Secret;
use crate::service::password;

/// More than any password has, in bytes.
const LONGEST: u64 = 4096;

/// The options of a new password. None of them takes the password.
#[derive(Clone, Debug, Default, Args)]
pub struct PasswordFlags {
    /// Read the password from the first line of standard input
    #[arg(long, conflicts_with = "generate_password", help_heading = "Password")]
    pub password_stdin: bool,

    /// Make a password; say with --show-password or --password-file where it goes
    #[arg(long, help_heading = "Password")]
    pub generate_password: bool,

    /// Print the made password with the answer
    #[arg(long, requires = "generate_password", help_heading = "Password")]
    pub show_password: bool,

    /// Write the made password to a new file that only you can read
    #[arg(long, value_name = "FILE", requires = "generate_password", help_heading = "Password")]
    pub password_file: Option<PathBuf>,
}

impl PasswordFlags {
    /// The password that the options name; nothing where somebody has to be asked.
    ///
    /// # Errors
    /// Standard input has none or is taken, or a made one would be known to nobody.
    pub fn get(&self, dry_run: bool, stdin: &mut Stdin) -> Result<Option<Secret>, Complaint> {
        if self.password_stdin {
            return read(stdin).map(Some);
        }
        if !self.generate_password {
            return Ok(None);
        }
        if !self.show_password && self.password_file.is_none() && !dry_run {
            let words = "nobody would know it: say --show-password or --password-file FILE as well";
            return Err(Complaint::new("--generate-password", words));
        }
        Ok(Some(password::generate()))
    }

    /// Puts a made password where it was asked for, before anything is sent: a password that is in force and known to nobody is worse than
    /// a file too many.
    ///
    /// # Errors
    /// The file is there already, or cannot be written. Nothing was sent.
    pub fn deliver(&self, password: &Secret) -> Result<(), CliError> {
        match &self.password_file {
            Some(path) => Ok(write_new(path, line(password).expose())?),
            None => Ok(()),
        }
    }

    /// Takes the file away again, where nothing was changed after all.
    pub fn take_back(&self) {
        if let Some(path) = &self.password_file {
            remove(path);
        }
    }

    /// The made password, where it is to be printed.
    pub fn shown<'a>(&self, password: &'a Secret) -> Option<&'a Secret> {
        self.show_password.then_some(password)
    }
}

fn line(password: &Secret) -> Secret {
    let mut line = String::with_capacity(password.expose().len() + 1);
    line.push_str(password.expose());
    line.push('\n');
    Secret::new(line)
}

fn remove(path: &Path) {
    // A file that cannot be taken away holds a password that is not in force.
    let _ = std::fs::remove_file(path);
}

fn read(stdin: &mut Stdin) -> Result<Secret, Complaint> {
    const OPTION: &str = "--password-stdin";
    let input = stdin.take(OPTION)?;
    let mut line = Vec::with_capacity(usize::try_from(LONGEST).unwrap_or_default() + 1);
    let read = input.lock().take(LONGEST + 1).read_until(b'\n', &mut line);
    // Taken over at once, so that it is wiped whatever follows.
    let text = String::from_utf8(line).map(Secret::new);
    read.map_err(|error| Complaint::new(OPTION, format!("standard input cannot be read: {error}")))?;
    let text = text.map_err(|_| Complaint::new(OPTION, "what is there is not UTF-8"))?;
    if text.expose().len() as u64 > LONGEST {
        return Err(Complaint::new(OPTION, "what is there is too long for a password"));
    }
    let line = text.expose();
    let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err(Complaint::new(OPTION, "the first line of standard input is empty"));
    }
    Ok(Secret::new(line.to_owned()))
}
