//! What the screen and the commands work on: the tenant that was chosen or the sandbox, what its configuration says of it, and the way to
//! its service.
//!
//! Deliberately not here: what is done there. Whatever has to stand between the program and the service is put there in [`Workplace::connect`].

use std::time::Duration;

use url::Url;

use crate::api::{Client, PLATFORMS, Settings};
use crate::app::batch::Limits;
use crate::cli::CliError;
use crate::cli::{ask, catalogues, sandbox};
use crate::config::environment::who;
use crate::config::places::state_dir;
use crate::config::private::read_trusted;
use crate::config::{Choice, Config, Retention, TenantConfig};
use crate::domain::code::Code;
use crate::domain::field::Revision;
use crate::domain::record::Realm;
use crate::domain::roles::Catalogues;
use crate::domain::secret::Secret;
use crate::domain::tenant::{Synchronization, Tenant, TicketRule};
use crate::journal::fault::JournalFault;
use crate::journal::{self, Journal};
use crate::runtime::clock;
use crate::sandbox::Sandbox;
use crate::service::copy::Place;
use crate::service::{Desk, Service};

/// The sandbox is on this machine: what does not answer here will not answer later.
const SANDBOX_TIMEOUT: Duration = Duration::from_secs(30);

/// Which workplace is wanted, as the command line says it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The tenant's name; without one that of the configuration.
    pub tenant: Option<&'a str>,
    /// What goes wrong in the sandbox: a built-in scenario, or a file with one.
    pub scenario: Option<&'a str>,
    /// The ticket that asks for what is done there, for the record.
    pub ticket: Option<&'a str>,
    /// For one command alone. A sandbox that is gone afterwards has nothing in common with that of the next command: what one of them
    /// left in doubt must not stand in the way of another.
    pub once: bool,
}

/// A tenant that was chosen. What takes time is not done yet.
pub struct Workplace<'a> {
    /// The tenant.
    pub tenant: Tenant,
    /// The roles that it has.
    pub catalogues: Catalogues,
    /// What it allows of a change for many.
    pub limits: Limits,
    /// When the number of a ticket is asked for.
    pub ticketing: TicketRule,
    /// The ticket that asks for what is done there.
    pub ticket: Option<String>,
    retention: Retention,
    realm: Realm,
    way: Way<'a>,
}

/// How the settings of a client are made, and what has to live as long as it is used.
type Way<'a> = Box<dyn FnOnce() -> Result<(Settings, Option<Place>, Option<Sandbox>), CliError> + 'a>;

/// The first part of the names of a tenant's journal; all tenants share one.
pub(in crate::cli) const JOURNAL: &str = "journal";

/// A connected workplace. The sandbox, where it is one, lives as long as this does.
pub struct Connection {
    /// Everything that can be done there.
    pub service: Service,
    /// Why there is no journal, and so nothing can be sent; people can still be looked up.
    pub no_journal: Option<String>,
    _sandbox: Option<Sandbox>,
}

impl<'a> Workplace<'a> {
    /// Chooses a tenant and gets its token, which may ask at the terminal.
    ///
    /// # Errors
    /// There is no such tenant or scenario, or no token; or one of the tenant's other files is at fault.
    pub fn choose(config: &'a Config, wanted: Wanted<'_>) -> Result<Self, CliError> {
        let place = match config.choose(wanted.tenant)? {
            Choice::Sandbox => of_sandbox(wanted.scenario)?,
            Choice::Tenant(_) if wanted.scenario.is_some() => {
                return Err(CliError::Usage("--scenario is for the sandbox: leave out the tenant".into()));
            }
            Choice::Tenant(tenant) => of_tenant(config, tenant)?,
        };
        let mut place = Self { ticket: wanted.ticket.map(str::to_owned), retention: config.retention, ..place };
        if wanted.once && place.tenant.sandbox {
            place.realm.origin = format!("sandbox {} {}", std::process::id(), clock::milliseconds());
        }
        Ok(place)
    }

    /// Makes the service, and starts the sandbox where it is one. No tenant is asked anything yet.
    ///
    /// # Errors
    /// The settings make no client, or a file of the tenant cannot be read.
    pub fn connect(self) -> Result<Connection, CliError> {
        let (settings, copy, sandbox) = (self.way)()?;
        let client = Client::new(settings)?;
        let mut service = Service::new(client);
        if let Some(place) = copy {
            service = service.keeping(place);
        }
        let mut no_journal = None;
        // What is done in the sandbox, with its made-up people, is no business of a tenant's audit.
        match journal(if sandbox.is_some() { crate::config::SANDBOX } else { JOURNAL }) {
            Ok(journal) => {
                journal.retain(self.retention.0);
                service = service.journaling(Desk { journal, realm: self.realm });
            }
            Err(error) => no_journal = Some(error.to_string()),
        }
        Ok(Connection { service, no_journal, _sandbox: sandbox })
    }
}

/// What was done on a tenant, for somebody who only looks: no token is needed, and nothing is asked.
pub struct Archive {
    /// The journal, with whose changes are in it.
    pub desk: Desk,
    /// The roles that the tenant has.
    pub catalogues: Catalogues,
}

impl Archive {
    /// Opens the journal of a tenant.
    ///
    /// # Errors
    /// There is no such tenant or scenario, its roles cannot be read, or the journal cannot be used.
    pub fn open(config: &Config, wanted: Wanted<'_>) -> Result<Self, CliError> {
        match config.choose(wanted.tenant)? {
            Choice::Sandbox => {
                let revision = sandbox::scenario(wanted.scenario, None)?.revision();
                let desk = Desk { journal: journal(crate::config::SANDBOX)?, realm: of_the_sandbox() };
                Ok(Self { desk, catalogues: catalogues::read(revision, None)? })
            }
            Choice::Tenant(_) if wanted.scenario.is_some() => {
                Err(CliError::Usage("--scenario is for the sandbox: leave out the tenant".into()))
            }
            Choice::Tenant(chosen) => {
                let desk = Desk { journal: journal(JOURNAL)?, realm: realm(chosen) };
                let catalogues = catalogues::read(chosen.tenant.revision, chosen.roles_file.as_deref())?;
                Ok(Self { desk, catalogues })
            }
        }
    }
}

/// Not the address: its port is another one each time, and what was left in doubt has to be found again.
fn of_the_sandbox() -> Realm {
    Realm { tenant: crate::config::SANDBOX.to_owned(), origin: crate::config::SANDBOX.to_owned() }
}

fn realm(chosen: &TenantConfig) -> Realm {
    Realm { tenant: chosen.tenant.name.clone(), origin: chosen.base_url.to_string() }
}

/// The journal of that name in the state folder.
pub(in crate::cli) fn journal(name: &'static str) -> Result<Journal, CliError> {
    Ok(Journal::open(place(name)?)?)
}

/// Where the journal of that name is.
pub(in crate::cli) fn place(name: &'static str) -> Result<journal::Place, CliError> {
    Ok(journal::Place { folder: state_dir()?, name, who: who(), clock: clock::milliseconds })
}

impl From<JournalFault> for CliError {
    fn from(fault: JournalFault) -> Self {
        if let JournalFault::NoSuchChange(_) = fault {
            return Self::Usage(fault.to_string());
        }
        let is_damaged = matches!(fault, JournalFault::Damaged { .. } | JournalFault::Newer { .. });
        Self::Known(if is_damaged { Code::JournalDamaged } else { Code::NoJournal }, fault.to_string())
    }
}

fn of_sandbox(scenario: Option<&str>) -> Result<Workplace<'static>, CliError> {
    let scenario = sandbox::scenario(scenario, None)?;
    let revision = scenario.revision();
    let catalogues = catalogues::read(revision, None)?;
    let of_its_own = catalogues.clone();
    let tenant = Tenant {
        name: crate::config::SANDBOX.to_owned(),
        sandbox: true,
        production: false,
        read_only: false,
        revision,
        synchronization: Synchronization::Synchronous,
    };
    let realm = of_the_sandbox();
    let way = move || {
        let sandbox = sandbox::start(scenario, 0, of_its_own)?;
        let base_url = Url::parse(&sandbox.base_url())
            .map_err(|error| CliError::Local(format!("the sandbox has no usable address: {error}")))?;
        let settings = settings_of_sandbox(&sandbox, base_url, revision);
        Ok((settings, None, Some(sandbox)))
    };
    Ok(Workplace {
        tenant,
        catalogues,
        limits: Limits::default(),
        ticketing: TicketRule::None,
        ticket: None,
        retention: Retention::default(),
        realm,
        way: Box::new(way),
    })
}

/// What a client of the sandbox needs.
pub(in crate::cli) fn settings_of_sandbox(sandbox: &Sandbox, base_url: Url, revision: Revision) -> Settings {
    Settings {
        base_url,
        token: Secret::new(sandbox.token().to_owned()),
        read_only: false,
        proxy: false,
        authorities: None,
        connect: SANDBOX_TIMEOUT / 2,
        total: SANDBOX_TIMEOUT,
        platforms: platforms(revision),
    }
}

/// What a client of a tenant needs.
///
/// # Errors
/// The file of its authorities cannot be read, or others could have written it.
pub(in crate::cli) fn settings_of(tenant: &TenantConfig, token: Secret) -> Result<Settings, CliError> {
    let authorities = tenant.ca_file.as_deref().map(read_trusted).transpose()?;
    Ok(Settings {
        base_url: tenant.base_url.clone(),
        token,
        read_only: tenant.tenant.read_only,
        proxy: tenant.proxy,
        authorities: authorities.map(String::into_bytes),
        connect: tenant.connect_timeout,
        total: tenant.timeout,
        platforms: tenant.platforms.clone(),
    })
}

/// The sandbox's play platform reports in the revisions that know it (api.md 7, row 39).
fn platforms(revision: Revision) -> Vec<String> {
    let play = (revision != Revision::Original).then_some("play");
    PLATFORMS.into_iter().chain(play).map(str::to_owned).collect()
}

/// A tenant of the configuration. Its token is fetched first, because that may ask at the terminal.
fn of_tenant<'a>(config: &Config, chosen: &'a TenantConfig) -> Result<Workplace<'a>, CliError> {
    let token = config.token(chosen, || ask::token(&chosen.tenant.name))?;
    let way = move || {
        let settings = settings_of(chosen, token)?;
        let copy = Place::new(state_dir()?, &chosen.tenant.name, chosen.base_url.as_str());
        Ok((settings, Some(copy), None))
    };
    Ok(Workplace {
        tenant: chosen.tenant.clone(),
        catalogues: catalogues::read(chosen.tenant.revision, chosen.roles_file.as_deref())?,
        limits: limits(chosen),
        ticketing: chosen.ticket,
        ticket: None,
        retention: config.retention,
        realm: realm(chosen),
        way: Box::new(way),
    })
}

fn limits(chosen: &TenantConfig) -> Limits {
    Limits { concurrency: chosen.concurrency, max_harm: chosen.max_harm, rate: Some(chosen.rate) }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::path::Path;

    use super::*;
    use crate::config::read::parse;

    const TENANT: &str = "[tenants.a]\nbase_url = \"https://a.example/x\"\ntoken = { ask = true }\n";

    fn of(lines: &str) -> Limits {
        let config = parse(&format!("{TENANT}{lines}"), Path::new("/")).expect("it is sound");
        limits(&config.tenants[0])
    }

    #[test]
    fn a_tenant_limits_what_is_done_for_many_as_its_configuration_says() {
        let rate = NonZeroU32::new;
        let limits = Limits { concurrency: 2, max_harm: 9, rate: rate(3) };
        assert_eq!(of("concurrency = 2\nmax_harm = 9\nrate = 3\n"), limits);
        let usual = Limits { rate: rate(10), ..Limits::default() };
        assert_eq!(of(""), usual, "a tenant that says nothing has the sandbox's limits, and a pace");
    }
}
