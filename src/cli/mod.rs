//! The acts that need no screen, and the arguments.
//!
//! Not here: any option that takes a token or a password, because other people on the host can read the arguments of a program
//! (faults.md 90). Only [`output`] prints.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::path::Path;

use crate::api::error::SetupError;
use crate::cli::args::{Args, Command, ConfigCommand};
use crate::cli::errand::Start;
use crate::cli::given::Complaint;
use crate::codec::output::{Failed, failed};
use crate::config::Config;
use crate::config::environment::Surroundings;
use crate::config::fault::ConfigError;
use crate::config::token::TokenError;
use crate::domain::code::Code;
use crate::domain::ending::Ending;
use crate::runtime::log;

pub mod args;
pub mod ask;
pub mod catalogues;
mod config;
pub mod consent;
pub mod create;
pub mod deeds;
mod doctor;
pub mod errand;
mod explain;
pub mod export;
pub mod fields;
pub mod flags;
pub mod given;
pub mod import;
pub mod jobs;
pub mod journal;
pub mod output;
pub mod papers;
pub mod read;
mod sandbox;
mod screen;
pub mod secrets;
pub mod tell;
pub mod undo;
pub mod update;
pub mod whom;
pub mod workplace;

/// Why the program ends before anything was sent. What became of something that was sent is no error: it is an [`Ending`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CliError {
    /// The program was called in a way that cannot work.
    Usage(String),
    /// What was said of a user is at fault: all of it.
    Faults(Vec<Complaint>),
    /// A file is at fault: all of it, with the place of each fault.
    BadFile(Vec<Complaint>),
    /// The service refused to show something.
    Rejected(Code, String),
    /// Something on this machine or on the way is in the way, and nothing was sent.
    Local(String),
    /// The same with a name of its own.
    Known(Code, String),
    /// Somebody stopped it, or did not agree.
    Stopped(String),
    /// The document that was printed says it already.
    Told(Box<Self>),
    /// It ends with this code, and everything was said already.
    Ended(u8),
}

impl CliError {
    /// How the program ends.
    pub fn ending(&self) -> Ending {
        match self {
            Self::Usage(_) | Self::Faults(_) | Self::BadFile(_) => Ending::Usage,
            Self::Rejected(..) => Ending::Rejected,
            Self::Local(_) | Self::Known(..) | Self::Ended(_) => Ending::NotSent,
            Self::Stopped(_) => Ending::Stopped,
            Self::Told(error) => error.ending(),
        }
    }

    /// The exit code (faults.md, I-20).
    pub fn code(&self) -> u8 {
        if let Self::Ended(code) = self { *code } else { self.ending().code() }
    }

    /// The stable name of the fault; nothing where it is none, or everything was said already.
    pub fn name(&self) -> Option<Code> {
        match self {
            Self::Usage(_) | Self::Faults(_) => Some(Code::Usage),
            Self::BadFile(_) => Some(Code::CsvFaulty),
            Self::Local(_) => Some(Code::LocalFault),
            Self::Rejected(code, _) | Self::Known(code, _) => Some(*code),
            Self::Told(error) => error.name(),
            Self::Stopped(_) | Self::Ended(_) => None,
        }
    }

    /// What is complained of, with the fault's name behind it; nothing where everything was said already.
    pub fn complaint(&self) -> Option<String> {
        match self {
            Self::Ended(_) => None,
            Self::Stopped(words) => Some(words.clone()),
            Self::Usage(_)
            | Self::Faults(_)
            | Self::BadFile(_)
            | Self::Rejected(..)
            | Self::Local(_)
            | Self::Known(..)
            | Self::Told(_) => Some(self.name().map_or_else(|| self.to_string(), |name| format!("{self} [{name}]"))),
        }
    }

    /// The same, after a document has said it.
    #[must_use]
    pub fn told(self) -> Self {
        Self::Told(Box::new(self))
    }
}

impl std::error::Error for CliError {}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(words)
            | Self::Rejected(_, words)
            | Self::Local(words)
            | Self::Known(_, words)
            | Self::Stopped(words) => f.write_str(words),
            Self::Told(error) => error.fmt(f),
            Self::Ended(code) => write!(f, "ended with {code}"),
            Self::Faults(complaints) | Self::BadFile(complaints) => {
                f.write_str("nothing was sent")?;
                complaints.iter().try_for_each(|complaint| write!(f, "\n  {} {}", complaint.option, complaint.words))
            }
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
pub fn run(args: &Args) -> Result<Ending, CliError> {
    log::start();
    let done = perform(args);
    let (exit, code) = match &done {
        Ok(ending) => (ending.code(), None),
        Err(error) => (error.code(), error.name().map(Code::name)),
    };
    tracing::info!(exit, code, "ended");
    done
}

/// Reads the configuration, and has the log say as much as it asks for.
///
/// # Errors
/// There is no such file, others could have written it, or it has faults.
pub(in crate::cli) fn load(path: Option<&Path>) -> Result<Config, CliError> {
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

fn perform(args: &Args) -> Result<Ending, CliError> {
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    let path = args.config.as_deref();
    let start = Start { config: path, tenant: args.tenant.as_deref(), scenario: args.scenario.as_deref() };
    let Some(command) = &args.command else {
        let surroundings = Surroundings::read();
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        fit_for_a_screen(is_terminal, &surroundings)?;
        return screen::open(args, &load(path)?, &surroundings).map(|()| Ending::Done);
    };
    if args.colour.is_some() {
        return Err(CliError::Usage("--colour is for the screen: leave it out before a command".into()));
    }
    match command {
        Command::Create(args) => documented(args.sending.at.json, "create", create::run(args, start)),
        Command::Update(args) => documented(args.sending.at.json, "update", update::run(args, start)),
        Command::Get(args) => documented(args.at.json, "get", read::get(args, start)),
        Command::List(args) => documented(args.at.json, "list", read::list(args, start)),
        Command::Export(args) => export::run(args, start),
        Command::Enable(args) => documented(args.sending.at.json, "enable", deeds::enable(args, start)),
        Command::Disable(args) => documented(args.sending.at.json, "disable", deeds::disable(args, start)),
        Command::Password(args) => documented(args.sending.at.json, "password", deeds::password(args, start)),
        Command::Welcome(args) => documented(args.sending.at.json, "welcome", deeds::welcome(args, start)),
        Command::Delete(args) => documented(args.sending.at.json, "delete", deeds::delete(args, start)),
        Command::Groups(args) => documented(args.at.json, "groups", read::groups(args, start)),
        Command::Undo(args) => documented(args.sending.at.json, "undo", undo::run(args, start)),
        Command::Journal { command } => journal::run(command, start),
        Command::Import(args) => documented(args.sending.at.json, "import", import::run(args, start)),
        Command::Jobs(args) => {
            let (is_json, act) = args.document();
            documented(is_json, act, jobs::run(args, start))
        }
        Command::Config { command } => {
            alone(start)?;
            match command {
                ConfigCommand::Init => config::init(path),
                ConfigCommand::Check => config::check(path),
            }
            .map(|()| Ending::Done)
        }
        Command::Sandbox(args) => {
            alone(start)?;
            sandbox::run(args).map(|()| Ending::Done)
        }
        Command::Doctor(args) => {
            alone(start).and_then(|()| doctor::run(args, path, doctor::EXTRA)).map(|()| Ending::Done)
        }
        Command::Explain(args) => alone(start).and_then(|()| explain::run(args.name.as_deref())).map(|()| Ending::Done),
        Command::Completions(args) => alone(start).and_then(|()| papers::completions(*args)),
        Command::Man(args) => alone(start).and_then(|()| papers::man(args)),
    }
}

/// Refuses a place before a command that works nowhere.
fn alone(start: Start<'_>) -> Result<(), CliError> {
    if start.tenant.is_some() || start.scenario.is_some() {
        return Err(CliError::Usage("--tenant and --scenario mean nothing before this command: leave them out".into()));
    }
    Ok(())
}

/// Prints the document of a command that came to nothing, where documents are wanted. What complains goes to standard error all the same.
fn documented(json: bool, act: &str, ended: Result<Ending, CliError>) -> Result<Ending, CliError> {
    if let Err(error) = &ended
        && json
        && !matches!(error, CliError::Told(..))
    {
        let faults: Vec<_> = if let CliError::Faults(complaints) | CliError::BadFile(complaints) = error {
            complaints.iter().map(|complaint| (complaint.option.clone(), complaint.words.clone())).collect()
        } else {
            Vec::new()
        };
        let code = error.name().map(Code::name);
        let cause = error.to_string();
        output::print(&failed(&Failed { act, ending: error.ending(), cause: &cause, code, faults: &faults }))?;
    }
    ended
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
