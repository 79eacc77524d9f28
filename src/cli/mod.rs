//! The acts that need no screen, and the arguments.
//!
//! Not here: any option that takes a token or a password, because other people on the host can read the arguments of a program
//! (faults.md 90). Only [`output`] prints.

use std::fmt;
use std::io::{self, IsTerminal as _};

use crate::cli::args::{Args, Command, ConfigCommand};
use crate::config::environment::Surroundings;
use crate::config::fault::ConfigError;
use crate::config::token::TokenError;

pub mod args;
pub mod ask;
pub mod catalogues;
mod config;
pub mod output;
mod sandbox;
mod screen;
pub mod workplace;

/// Why the program ends with something else than success. The exit codes are those of `--help`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CliError {
    /// The program was called in a way that cannot work: 2.
    Usage(String),
    /// Something on this machine is in the way, and nothing was sent: 6.
    Local(String),
}

impl CliError {
    /// The exit code (faults.md, I-20).
    pub fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Local(_) => 6,
        }
    }
}

impl std::error::Error for CliError {}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(words) | Self::Local(words) => f.write_str(words),
        }
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::UnknownTenant { .. } | ConfigError::NoneChosen { .. } => Self::Usage(error.to_string()),
            ConfigError::NoHome
            | ConfigError::Missing { .. }
            | ConfigError::Refused { .. }
            | ConfigError::Faulty { .. } => Self::Local(error.to_string()),
        }
    }
}

impl From<TokenError> for CliError {
    fn from(error: TokenError) -> Self {
        Self::Local(format!("there is no token: {error}"))
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        Self::Local(error.to_string())
    }
}

/// Makes the process private before it opens anything: what it writes is for the agent alone (faults.md 95), and a crash leaves no image
/// of its memory, in which a token may stand, behind (faults.md 91).
pub fn prepare() {
    use rustix::process::{Resource, Rlimit, setrlimit, umask};
    umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    // Lowering a limit is always allowed; where it is not, the program is no worse off than any other.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// Does what the arguments say.
///
/// # Errors
/// What is in the way, in words for a terminal.
pub fn run(args: &Args) -> Result<(), CliError> {
    let path = args.config.as_deref();
    if args.command.is_some() && (args.tenant.is_some() || args.colour.is_some() || args.scenario.is_some()) {
        return Err(CliError::Usage(
            "--tenant, --colour and --scenario before a command are for the screen: leave them out".into(),
        ));
    }
    match &args.command {
        None => {
            let surroundings = Surroundings::read();
            let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
            fit_for_a_screen(is_terminal, &surroundings)?;
            screen::open(args, &crate::config::load(path)?, &surroundings)
        }
        Some(Command::Config { command: ConfigCommand::Init }) => config::init(path),
        Some(Command::Config { command: ConfigCommand::Check }) => config::check(path),
        Some(Command::Sandbox(args)) => sandbox::run(args),
    }
}

fn fit_for_a_screen(is_terminal: bool, surroundings: &Surroundings) -> Result<(), CliError> {
    if !is_terminal {
        return Err(CliError::Usage("the screen needs a terminal, for its keys and for what it shows".into()));
    }
    if surroundings.is_dumb() {
        return Err(CliError::Usage("the screen cannot be drawn on this terminal (TERM is \"dumb\")".into()));
    }
    Ok(())
}
