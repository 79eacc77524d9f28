//! Tenants and settings, and where things live.
//!
//! ```text
//! file ──private──▶ text ──read──▶ Config ──choose──▶ Sandbox | Tenant ──token──▶ Secret
//!                          every fault: file, line, what, how to mend it
//! ```
//!
//! Not here: the token itself, which no file of ours ever holds; the roles that `roles_file` names, which [`crate::codec::roles`] reads;
//! and printing, which is [`crate::cli`]'s.

use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::config::environment::Colour;
use crate::config::fault::ConfigError;
use crate::config::recipes::RecipeConfig;
use crate::config::token::{TokenError, TokenSource};
use crate::config::verbosity::Verbosity;
use crate::domain::nearest::distance;
use crate::domain::secret::Secret;
use crate::domain::tenant::{Tenant, TicketRule};

pub mod base_url;
pub mod environment;
pub mod fault;
pub mod init;
pub mod places;
pub mod private;
pub mod read;
pub mod recipes;
mod table;
pub mod token;
pub mod verbosity;

/// The name that always means the look-alike inside the program, and that no tenant may have.
pub const SANDBOX: &str = "sandbox";

/// What the configuration file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The tenant that opens when none is named: one of [`Config::tenants`], or [`SANDBOX`].
    pub default_tenant: Option<String>,
    /// The tenants, in the order of the file.
    pub tenants: Vec<TenantConfig>,
    /// The recipes for somebody new, in the order of the file.
    pub recipes: Vec<RecipeConfig>,
    /// How many colours the screen uses.
    pub colour: Colour,
    /// How much the log says.
    pub log: Verbosity,
    /// How long finished changes are kept.
    pub retention: Retention,
    /// The file that was read; absent where there is none.
    pub path: Option<PathBuf>,
}

/// For how many days finished changes are kept in the journal; with 0 for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention(pub u32);

impl Default for Retention {
    /// A quarter of a year: long enough for a complaint, short enough for what is personal.
    fn default() -> Self {
        Self(90)
    }
}

/// A tenant, with what the client has to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantConfig {
    /// What the screen shows.
    pub tenant: Tenant,
    /// The address up to `/integration/ws`, without a slash at its end (api.md 7, row 38).
    pub base_url: Url,
    /// Where the token comes from.
    pub token: TokenSource,
    /// Whether the proxy variables of the environment are used (faults.md 97).
    pub proxy: bool,
    /// A certificate authority of the tenant's own, as PEM.
    pub ca_file: Option<PathBuf>,
    /// The platforms whose silence counts: an answer that does not mention one of them is not complete.
    pub platforms: Vec<String>,
    /// Roles of the tenant's own, instead of the built-in ones.
    pub roles_file: Option<PathBuf>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take. Long: a synchronous change waits for every platform (api.md 7, row 36).
    pub timeout: Duration,
    /// How many people a change for many handles at the same time.
    pub concurrency: usize,
    /// At most so many changes a second leave for the lines of a file.
    pub rate: NonZeroU32,
    /// How many people one such change may disable, or take an administrator's role from. With 0 none may.
    pub max_harm: usize,
    /// When the agent is asked for the number of the ticket that wants a change.
    pub ticket: TicketRule,
}

/// What is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The look-alike inside the program.
    Sandbox,
    /// A tenant of the configuration.
    Tenant(&'a TenantConfig),
}

/// Reads the given file, or the usual one.
///
/// Without a usual file there is no tenant, which is how a newcomer gets to the sandbox. A file that was asked for has to exist.
///
/// # Errors
/// The file cannot be read, may be written by others, or has faults: all of them, with their lines.
pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
    let (path, asked_for) = match path {
        Some(path) => (path.to_owned(), true),
        None => (default_path()?, false),
    };
    let text = match private::read_trusted(&path) {
        Err(ConfigError::Missing { .. }) if !asked_for => return Ok(Config::default()),
        text => text?,
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    match read::parse(&text, folder) {
        Ok(config) => Ok(Config { path: Some(path), ..config }),
        Err(faults) => Err(ConfigError::Faulty { path, faults }),
    }
}

/// Where the configuration usually lives: `netex-users/config.toml` in the XDG folder.
///
/// # Errors
/// The home folder is not known.
pub fn default_path() -> Result<PathBuf, ConfigError> {
    use etcetera::BaseStrategy as _;
    let places = etcetera::choose_base_strategy().map_err(|_| ConfigError::NoHome)?;
    Ok(places.config_dir().join("netex-users").join("config.toml"))
}

impl Config {
    /// The tenant of that name; without a name the default one, the only one, or the sandbox where there is none.
    ///
    /// # Errors
    /// There is no such tenant, or several and none is the default.
    pub fn choose(&self, name: Option<&str>) -> Result<Choice<'_>, ConfigError> {
        let name = name.or(self.default_tenant.as_deref());
        match (name, self.tenants.as_slice()) {
            (Some(SANDBOX), _) | (None, []) => Ok(Choice::Sandbox),
            (None, [only]) => Ok(Choice::Tenant(only)),
            (None, several) => Err(ConfigError::NoneChosen { known: several.iter().map(TenantConfig::name).collect() }),
            (Some(name), tenants) => tenants
                .iter()
                .find(|tenant| tenant.tenant.name == name)
                .map(Choice::Tenant)
                .ok_or_else(|| ConfigError::UnknownTenant { name: name.to_owned(), known: self.names_near(name) }),
        }
    }

    /// The token of a tenant. A program that is started for it does not see the variables that hold any tenant's token (faults.md 90).
    ///
    /// # Errors
    /// The source has no token, cannot be trusted with one, or has one that no header can carry. The token is in no error.
    pub fn token(&self, tenant: &TenantConfig, ask: impl FnOnce() -> io::Result<String>) -> Result<Secret, TokenError> {
        let hidden: Vec<_> = self.tenants.iter().filter_map(|tenant| tenant.token.variable()).collect();
        tenant.token.resolve(&hidden, ask)
    }

    fn names_near(&self, name: &str) -> Vec<String> {
        let mut names: Vec<_> = self.tenants.iter().map(TenantConfig::name).collect();
        names.sort_by_key(|known| distance(name, known));
        names
    }
}

impl TenantConfig {
    fn name(&self) -> String {
        self.tenant.name.clone()
    }
}

#[cfg(test)]
mod tests;
