//! The acts that need no screen, and the arguments.
//!
//! Not here: any option that takes a token or a password, because other people on the host can read the arguments of a program
//! (faults.md 90). Only [`output`] prints.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::path::Path;

use crate::api::error::SetupError;
use crate::cli::args::{Args, Command, ConfigCommand};
use crate::config::Config;
use crate::config::environment::Surroundings;
use crate::config::fault::ConfigError;
use crate::config::token::TokenError;
use crate::domain::code::Code;
use crate::runtime::log;

pub mod args;
pub mod ask;
pub mod catalogues;
mod config;
mod doctor;
mod explain;
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
    /// The same with a name of its own: 6.
    Known(Code, String),
    /// It ends with this code, and everything was said already.
    Ended(u8),
}

impl CliError {
    /// The exit code (faults.md, I-20).
    pub fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Local(_) | Self::Known(..) => 6,
            Self::Ended(code) => *code,
        }
    }

    /// The stable name of the fault; nothing where everything was said already.
    pub fn name(&self) -> Option<Code> {
        match self {
            Self::Usage(_) => Some(Code::Usage),
            Self::Local(_) => Some(Code::LocalFault),
            Self::Known(code, _) => Some(*code),
            Self::Ended(_) => None,
        }
    }

    /// What is complained of, with the fault's name behind it; nothing where everything was said already.
    pub fn complaint(&self) -> Option<String> {
        self.name().map(|name| format!("{self} [{name}]"))
    }
}

impl std::error::Error for CliError {}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(words) | Self::Local(words) | Self::Known(_, words) => f.write_str(words),
            Self::Ended(code) => write!(f, "ended with {code}"),
        }
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::UnknownTenant { .. } | ConfigError::NoneChosen { .. } => Self::Usage(error.to_string()),
            ConfigError::NoHome | ConfigError::Refused { .. } => Self::Local(error.to_string()),
            ConfigError::Missing { .. } | ConfigError::Faulty { .. } => {
                Self::Known(Code::ConfigFaulty, error.to_string())
            }
        }
    }
}

impl From<TokenError> for CliError {
    fn from(error: TokenError) -> Self {
        Self::Known(Code::NoToken, format!("there is no token: {error}"))
    }
}

impl From<SetupError> for CliError {
    fn from(error: SetupError) -> Self {
        let code = match error {
            SetupError::Plain(_)
            | SetupError::NoHost
            | SetupError::Credentials
            | SetupError::Tail
            | SetupError::Path(_)
            | SetupError::Authorities(_)
            | SetupError::Deadline => Code::ConfigFaulty,
            SetupError::NoToken | SetupError::Token(_) => Code::NoToken,
            SetupError::NoAuthorities | SetupError::Library(_) => Code::LocalFault,
        };
        Self::Known(code, error.to_string())
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return Self::Known(Code::DiskFull, error.to_string());
        }
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
    // A core that goes through a pipe to a collector ignores the limit; and no other program of the agent's can look into this one.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Does what the arguments say.
///
/// # Errors
/// What is in the way, in words for a terminal.
pub fn run(args: &Args) -> Result<(), CliError> {
    log::start();
    let done = perform(args);
    if let Err(error) = &done {
        tracing::info!(exit = error.code(), code = error.name().map(Code::name), "ended");
    }
    done
}

/// Reads the configuration, and has the log say as much as it asks for.
///
/// # Errors
/// There is no such file, others could have written it, or it has faults.
fn load(path: Option<&Path>) -> Result<Config, CliError> {
    match crate::config::load(path) {
        Ok(config) => {
            log::configured(config.log);
            Ok(config)
        }
        Err(error) => {
            // Which lines, but not what stands in them.
            let lines: Vec<_> = error.faults().iter().map(|fault| fault.line).collect();
            tracing::error!(code = Code::ConfigFaulty.name(), ?lines, "the configuration was refused");
            Err(CliError::Known(Code::ConfigFaulty, error.to_string()))
        }
    }
}

fn perform(args: &Args) -> Result<(), CliError> {
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
            screen::open(args, &load(path)?, &surroundings)
        }
        Some(Command::Config { command: ConfigCommand::Init }) => config::init(path),
        Some(Command::Config { command: ConfigCommand::Check }) => config::check(path),
        Some(Command::Sandbox(args)) => sandbox::run(args),
        Some(Command::Doctor(args)) => doctor::run(args, path, doctor::EXTRA),
        Some(Command::Explain(args)) => explain::run(args.name.as_deref()),
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
