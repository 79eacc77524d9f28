//! Starts the program: arguments, act, complaint, exit code.

use std::process::ExitCode;

use netex_users::cli::args::Args;
use netex_users::cli::{self, output};

fn main() -> ExitCode {
    cli::prepare();
    match Args::of_process() {
        Ok(args) => match cli::run(&args) {
            Ok(ending) => ExitCode::from(ending.code()),
            Err(error) => {
                if let Some(words) = error.complaint() {
                    output::complain(&words);
                }
                ExitCode::from(error.code())
            }
        },
        Err(usage) if usage.use_stderr() => {
            output::complain_of_usage(&usage.to_string());
            ExitCode::from(2)
        }
        // --help and --version come this way.
        Err(help) => match output::print(&help.to_string()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(6),
        },
    }
}
