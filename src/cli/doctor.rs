//! `doctor`: whether the program can work here, and what to mend where it cannot.
//!
//! It looks and changes nothing: the one question to a tenant is a read, and what failed stands in the log as always. Deliberately not here: mending, which is the
//! agent's to do and to know of.

use std::path::{Path, PathBuf};

use crate::cli::args::DoctorArgs;
use crate::cli::{CliError, output};
use crate::codec::checkup;
use crate::config::environment::Surroundings;
use crate::config::fault::{ConfigError, shown};
use crate::config::places::{state_dir_if_there, state_path};
use crate::config::{Choice, Config};
use crate::domain::checkup::{Finding, Grade, worst};
use crate::domain::code::Code;
use crate::domain::untrusted::visible;
use crate::runtime::log;

mod here;
mod state;
mod there;

/// A look at something in the state folder, such as the journal. It gets the folder, which is there and private.
pub type Extra = fn(&Path) -> Vec<Finding>;

/// What is looked at besides what this file and its rooms know.
pub const EXTRA: &[Extra] = &[];

/// Looks at everything, prints a line for each thing, and fails where one of them does.
pub fn run(args: &DoctorArgs, path: Option<&Path>, extra: &[Extra]) -> Result<(), CliError> {
    let mut findings = vec![Finding::fine("program", concat!("netex-users ", env!("CARGO_PKG_VERSION")))];
    let config = configuration(path, &mut findings);
    let state = state_folder(&mut findings);
    findings.push(here::log(config.as_ref(), state.as_deref()));
    if let Some(state) = &state {
        findings.extend(extra.iter().flat_map(|look| look(state)));
    }
    findings.extend(here::terminal(&Surroundings::read()));
    findings.push(here::process());
    if let Some(config) = &config {
        match config.choose(args.tenant.as_deref()) {
            Ok(Choice::Tenant(tenant)) => findings.extend(there::tenant(config, tenant)),
            Ok(Choice::Sandbox) => findings.extend(there::sandbox()),
            Err(error) => findings.push(not_chosen(args, &error)),
        }
    }
    output::print(&if args.json { checkup::encode(&findings) } else { lines(&findings) })?;
    if worst(&findings) == Grade::Fail { Err(CliError::Ended(6)) } else { Ok(()) }
}

fn lines(findings: &[Finding]) -> String {
    findings.iter().map(|finding| finding.line() + "\n").collect()
}

/// The configuration, or a line for each of its faults. Where there is none the sandbox is looked at, as it would be opened.
fn configuration(path: Option<&Path>, findings: &mut Vec<Finding>) -> Option<Config> {
    match crate::config::load(path) {
        Ok(config) => {
            let words = match (&config.path, config.tenants.len()) {
                (None, _) => {
                    "there is none, so the sandbox opens; \"netex-users config init\" asks for a tenant".to_owned()
                }
                (Some(path), 1) => format!("{} is sound and has 1 tenant", shown(path)),
                (Some(path), count) => format!("{} is sound and has {count} tenants", shown(path)),
            };
            findings.push(Finding::fine("config", words));
            log::configured(config.log);
            Some(config)
        }
        Err(ConfigError::Faulty { path, faults }) => {
            findings.extend(faults.iter().map(|fault| {
                let words = format!("{}:{}: {}", shown(&path), fault.line, fault.what);
                Finding::fail(
                    "config",
                    Code::ConfigFaulty,
                    words,
                    "change that line, then \"netex-users config check\"",
                )
            }));
            None
        }
        Err(error) => {
            let mend = "make the file as it has to be, or name another one with --config FILE";
            findings.push(Finding::fail("config", Code::ConfigFaulty, error.to_string(), mend));
            None
        }
    }
}

/// The state folder, where it is there and private, and what was found of it.
fn state_folder(findings: &mut Vec<Finding>) -> Option<PathBuf> {
    match state_dir_if_there() {
        Ok(Some(folder)) => {
            findings.extend(state::folder(&folder));
            Some(folder)
        }
        Ok(None) => {
            let path = state_path().map_or_else(|_| String::new(), |path| shown(&path));
            findings
                .push(Finding::fine("state", format!("{path} is not there yet; it is made when something is kept")));
            None
        }
        Err(error) => {
            let mend = "the folder has to be a folder of yours alone: chmod 700";
            findings.push(Finding::fail("state", Code::LocalFault, error.to_string(), mend));
            None
        }
    }
}

fn not_chosen(args: &DoctorArgs, error: &ConfigError) -> Finding {
    let words = visible(&error.to_string()).into_owned();
    match args.tenant {
        Some(_) => Finding::fail("tenant", Code::Usage, words, "name one of those that there are"),
        None => Finding::warn("tenant", words, "doctor --tenant NAME looks at that one too"),
    }
}
