//! What may be typed after the program's name.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::error::{ContextKind, ContextValue};
use clap::{Parser, Subcommand};

use crate::cli::create::Create;
use crate::cli::deeds::{Delete, Disable, Password, Simple};
use crate::cli::export::Export;
use crate::cli::import::Import;
use crate::cli::jobs::Jobs;
use crate::cli::journal::JournalCommand;
use crate::cli::papers::{Completions, ManPage};
use crate::cli::read::{Get, List};
use crate::cli::undo::Undo;
use crate::cli::update::Update;
use crate::codec::json::MASK;
use crate::config::environment::Colour;
use crate::domain::ending::Ending;
use crate::domain::field::Revision;
use crate::domain::untrusted::visible;
use crate::sandbox::MOST_PEOPLE;

/// A keyboard-driven terminal user manager for netexCloud helpdesks
#[derive(Debug, Parser)]
#[command(name = "netex-users", version, after_help = after_help(), max_term_width = 100)]
pub struct Args {
    /// The configuration, instead of the usual file
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,

    /// The tenant to work on; "sandbox" is the look-alike inside the program
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// How many colours the screen uses, instead of what the configuration or the environment says
    #[arg(long, value_name = "DEPTH", value_parser = colour())]
    pub colour: Option<Colour>,

    /// What goes wrong in the sandbox, for training: a built-in scenario, or a file with one
    #[arg(long, value_name = "NAME|FILE")]
    pub scenario: Option<String>,

    /// What to do instead of opening the screen
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Args {
    /// The arguments of this process.
    ///
    /// # Errors
    /// They do not follow the usage, or ask for the help or the version.
    pub fn of_process() -> Result<Self, clap::Error> {
        Self::of(std::env::args_os().collect())
    }

    /// What is at fault is told with the words that were typed, so that these are made visible first: a complaint must not turn a
    /// direction or move a cursor, and what is only dropped would read like another word.
    fn of(words: Vec<OsString>) -> Result<Self, clap::Error> {
        let shown: Vec<_> = words.iter().map(|word| visible(&word.to_string_lossy()).into_owned()).collect();
        Self::try_parse_from(words).map_err(|error| masked(Self::try_parse_from(shown).err().unwrap_or(error)))
    }
}

/// A complaint without what somebody wrote behind a switch that is called like a secret: they took it for the place of one.
fn masked(mut error: clap::Error) -> clap::Error {
    let names_one =
        error.context().any(|(kind, value)| kind == ContextKind::InvalidArg && value.to_string().contains("password"));
    if names_one && error.get(ContextKind::InvalidValue).is_some() {
        error.insert(ContextKind::InvalidValue, ContextValue::String(MASK.to_owned()));
    }
    error
}

fn after_help() -> String {
    format!(
        "{FIRST_STEPS}\n\nExit codes, which --json repeats:\n{}  The screen ends with 128 and its number after a signal.",
        Ending::lines()
    )
}

const FIRST_STEPS: &str = "\
First steps:
  netex-users              Opens the screen. Without a configuration it works on a sandbox with
                           made-up people, and nothing leaves this machine.
  netex-users config init  Asks for your own tenant and writes the configuration.
  netex-users get marta.lopez --json
                           The same without the screen: every act is a command.

A token or a password is never taken from the command line, where others could read it.";

/// The acts that need no screen. Each is a variant here, a file beside this one and an arm of [`crate::cli::run`].
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a user
    Create(Box<Create>),
    /// Change fields of a user: only what is named, and only what is not so already
    Update(Box<Update>),
    /// Show a user
    Get(Get),
    /// List everybody
    List(List),
    /// Write everybody to CSV that "import" reads back and changes nobody with
    Export(Export),
    /// Let a user sign in
    Enable(Simple),
    /// Keep a user from signing in
    Disable(Disable),
    /// Set another password
    Password(Password),
    /// Send the welcome mail
    Welcome(Simple),
    /// Delete a user who is disabled, in all platforms and for good
    Delete(Delete),
    /// Show the groups of a user
    Groups(Get),
    /// Take a change back: the fields that it set are set to what they were, where nobody changed them since
    Undo(Undo),
    /// Show, check, export or purge the record of what was done
    Journal {
        /// Which of them
        #[command(subcommand)]
        command: JournalCommand,
    },
    /// Plan a file of people, show the plan, and carry it out
    Import(Box<Import>),
    /// Show files of people that were begun, and go on with one
    Jobs(Jobs),
    /// Write or check the configuration
    Config {
        /// Which of the two
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Run the look-alike of netexCloud alone, for training and for tests
    Sandbox(SandboxArgs),
    /// Look whether the program can work here, and say what to mend; nothing is changed anywhere
    Doctor(DoctorArgs),
    /// Say what the name of a fault means, such as timeout; without a name all of them
    Explain(ExplainArgs),
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual page, of the program or of one command
    Man(ManPage),
}

/// What is looked at.
#[derive(Clone, Debug, clap::Args)]
pub struct DoctorArgs {
    /// The tenant whose service is asked, instead of the one that opens; "sandbox" is the look-alike
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// Print JSON, for scripts
    #[arg(long)]
    pub json: bool,
}

/// Which fault.
#[derive(Clone, Debug, clap::Args)]
pub struct ExplainArgs {
    /// Its name, as it stands in brackets behind a complaint
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// What can be done with a configuration.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Ask for a tenant and write a commented file; an existing one is never written over
    Init,
    /// Read the configuration and say what would be used
    Check,
}

/// How the sandbox runs.
#[derive(Clone, Debug, clap::Args)]
pub struct SandboxArgs {
    /// The port on this machine; without it a free one is taken
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub port: u16,

    /// A built-in scenario, or a file with one
    #[arg(long, value_name = "NAME|FILE")]
    pub scenario: Option<String>,

    /// Which of the vendor's pages it follows, instead of those of the scenario
    #[arg(long, value_name = "R", value_parser = revision())]
    pub revision: Option<Revision>,

    /// How many made-up people there are, instead of those of the scenario
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=i64::from(MOST_PEOPLE)))]
    pub people: Option<u32>,
}

fn colour() -> impl clap::builder::TypedValueParser<Value = Colour> {
    PossibleValuesParser::new(Colour::WORDS).map(|word| Colour::from_word(&word).unwrap_or_default())
}

fn revision() -> impl clap::builder::TypedValueParser<Value = Revision> {
    PossibleValuesParser::new(Revision::ALL.map(Revision::word))
        .map(|word| Revision::from_word(&word).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    /// Every option of every command, with whether it takes a value.
    fn options(command: &clap::Command) -> Vec<(String, bool)> {
        let own = command
            .get_arguments()
            .filter_map(|arg| Some((arg.get_long()?.to_owned(), arg.get_action().takes_values())));
        own.chain(command.get_subcommands().flat_map(options)).collect()
    }

    /// A switch may name a secret, because there is no place in it for one. So may the name of the file that a made one is written to.
    #[test]
    fn no_option_takes_a_secret() {
        let options = options(&Args::command());
        for known in ["tenant", "scenario", "office-phone", "ticket"] {
            assert!(options.contains(&(known.to_owned(), true)), "{known}: {options:?}");
        }
        assert!(options.contains(&("password-stdin".to_owned(), false)), "{options:?}");
        for (option, takes_value) in
            options.into_iter().filter(|(option, _)| !["password-file", "passwords-out"].contains(&option.as_str()))
        {
            for secret in ["token", "password", "secret", "key"] {
                assert!(!(takes_value && option.contains(secret)), "--{option}");
            }
        }
    }

    #[test]
    fn a_complaint_shows_what_was_typed_and_hides_nothing_of_it() {
        let told = |word: &str| {
            let words = ["netex-users", "config", "check", word].map(OsString::from);
            Args::of(words.into()).expect_err("there is no such argument").to_string()
        };
        assert!(
            told("ad\u{1b}min").starts_with("error: unexpected argument 'ad␛min' found"),
            "{}",
            told("ad\u{1b}min")
        );
        assert!(told("x\u{202e}y\n").starts_with("error: unexpected argument 'x⟨U+202E⟩y␊' found"));
        assert!(
            Args::of(["netex-users", "explain", "\u{202e}"].map(OsString::from).into()).is_ok(),
            "what is no fault is taken"
        );
    }

    #[test]
    fn people_are_counted_up_to_a_million() {
        let people = |count: &str| Args::try_parse_from(["netex-users", "sandbox", "--people", count]);
        let args = people("100000").unwrap();
        assert!(matches!(args.command, Some(Command::Sandbox(args)) if args.people == Some(100_000)));
        assert!(people("0").is_ok() && people("1000000").is_ok());
        for wrong in ["1000001", "-1", "many"] {
            assert!(people(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_word_arrives_as_what_it_means() {
        for word in Colour::WORDS {
            let args = Args::try_parse_from(["netex-users", "--colour", word]).unwrap();
            assert_eq!(args.colour, Colour::from_word(word));
        }
        for revision in Revision::ALL {
            let args = Args::try_parse_from(["netex-users", "sandbox", "--revision", revision.word()]).unwrap();
            assert!(matches!(args.command, Some(Command::Sandbox(args)) if args.revision == Some(revision)));
        }
    }
}
