//! `sandbox`: the look-alike of netexCloud alone.

use std::path::Path;

use crate::cli::CliError;
use crate::cli::args::SandboxArgs;
use crate::cli::catalogues;
use crate::cli::output;
use crate::config::private::read_trusted;
use crate::domain::field::Revision;
use crate::domain::roles::Catalogues;
use crate::domain::untrusted::visible;
use crate::sandbox::{Sandbox, Scenario};

/// Runs the look-alike until it is interrupted.
pub fn run(args: &SandboxArgs) -> Result<(), CliError> {
    let mut scenario = scenario(args.scenario.as_deref(), args.revision)?;
    if let Some(count) = args.people {
        scenario = scenario.with_people(count);
    }
    let catalogues = catalogues::read(scenario.revision(), None)?;
    let about = visible(scenario.about()).into_owned();
    let sandbox = start(scenario, args.port, catalogues)?;
    output::print(&format!(
        "sandbox at  {}\ntoken       {}\nscenario    {about}\nCtrl-C ends it. Its people are made up and kept in memory alone.\n",
        sandbox.base_url(),
        sandbox.token(),
    ))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(sandbox.until_interrupted())?)
}

/// A built-in scenario by its name, or that of a file; without either, the usual one. A revision that is asked for wins.
pub fn scenario(name: Option<&str>, revision: Option<Revision>) -> Result<Scenario, CliError> {
    let scenario = match name {
        None => Scenario::default(),
        Some(name) => match Scenario::built_in(name) {
            Some(scenario) => scenario,
            None if Path::new(name).exists() => {
                let text = read_trusted(Path::new(name))?;
                Scenario::parse(&text).map_err(|fault| CliError::Local(format!("{}: {fault}", visible(name))))?
            }
            None => {
                let known = Scenario::names().collect::<Vec<_>>().join(", ");
                let words =
                    format!("there is no scenario and no file \"{}\"; the scenarios are {known}", visible(name));
                return Err(CliError::Usage(words));
            }
        },
    };
    Ok(revision.map_or_else(|| scenario.clone(), |revision| scenario.clone().with_revision(revision)))
}

/// Starts a sandbox; `port` 0 is a free one.
pub fn start(scenario: Scenario, port: u16, catalogues: Catalogues) -> Result<Sandbox, CliError> {
    Sandbox::start(scenario, port, catalogues)
        .map_err(|error| CliError::Local(format!("the sandbox cannot listen on port {port} of this machine: {error}")))
}
