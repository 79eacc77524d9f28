//! `sandbox`: the look-alike of netexCloud alone.

use crate::cli::CliError;
use crate::cli::args::SandboxArgs;
use crate::cli::catalogues::{self, Catalogues};

/// Runs the look-alike until it is interrupted.
pub fn run(args: &SandboxArgs) -> Result<(), CliError> {
    serve(args.port, args.scenario.as_deref(), catalogues::read(args.revision, None)?)
}

/// `port` 0 is a free one; `scenario` is the name of a built-in one, or a file.
fn serve(port: u16, scenario: Option<&str>, catalogues: Catalogues) -> Result<(), CliError> {
    let _ = (port, scenario, catalogues);
    Err(CliError::Local("the sandbox is not built yet".into()))
}
