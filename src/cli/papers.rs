//! `completions` and `man`: what a packager installs beside the program, made from the definition of its arguments.

use std::fmt::Write as _;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::args::Args as Program;
use crate::cli::{CliError, output};
use crate::domain::ending::Ending;

/// What `completions` is told.
#[derive(Clone, Copy, Debug, Args)]
pub struct Completions {
    /// The shell to complete in
    pub shell: Shell,
}

/// What `man` is told.
#[derive(Clone, Debug, Args)]
pub struct ManPage {
    /// The command whose page is wanted; without it the page of the program
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// Prints the completions of a shell.
///
/// # Errors
/// They cannot be written.
pub fn completions(args: Completions) -> Result<Ending, CliError> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Program::command(), "netex-users", &mut bytes);
    print(&bytes)
}

/// Prints a manual page as roff.
///
/// # Errors
/// There is no such command, or it cannot be written.
pub fn man(args: &ManPage) -> Result<Ending, CliError> {
    let mut program = Program::command();
    program.build();
    let page = match args.command.as_deref() {
        None => whole(program)?,
        Some(name) => of_command(&program, name)?,
    };
    print(&page)
}

fn whole(program: clap::Command) -> Result<Vec<u8>, CliError> {
    let mut page = Vec::new();
    // The exit codes have a section of their own here.
    let man = Man::new(program.after_help("")).manual("netex-users");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    man.render_subcommands_section(&mut page)?;
    page.extend(exit_status().into_bytes());
    man.render_version_section(&mut page)?;
    Ok(page)
}

fn of_command(program: &clap::Command, name: &str) -> Result<Vec<u8>, CliError> {
    let Some(command) = program.find_subcommand(name) else {
        let known: Vec<_> = program.get_subcommands().map(clap::Command::get_name).collect();
        return Err(CliError::Usage(format!("there is no such command; there are {}", known.join(", "))));
    };
    let mut page = Vec::new();
    let man = Man::new(command.clone().display_name(format!("netex-users-{name}"))).manual("netex-users");
    man.render(&mut page)?;
    page.extend(exit_status().into_bytes());
    Ok(page)
}

/// The section that every manual page of Unix has.
fn exit_status() -> String {
    let mut section = String::from(".SH EXIT STATUS\n");
    for ending in Ending::ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(section, ".TP\n\\fB{}\\fR\n{}: {}", ending.code(), ending.word(), ending.meaning());
    }
    section
}

fn print(bytes: &[u8]) -> Result<Ending, CliError> {
    output::print(&String::from_utf8_lossy(bytes))?;
    Ok(Ending::Done)
}
