//! Opens the screen: on a tenant of the configuration, or on the sandbox where none is configured.

use std::time::Duration;

use url::Url;

use crate::api::{Client, PLATFORMS, Settings};
use crate::app::attention;
use crate::app::batch::Limits;
use crate::app::listing;
use crate::app::model::Model;
use crate::app::ticket_number::Asking;
use crate::cli::CliError;
use crate::cli::args::Args;
use crate::cli::{ask, catalogues, output, sandbox};
use crate::config::environment::{Surroundings, picture_places, who};
use crate::config::places::state_dir;
use crate::config::private::read_trusted;
use crate::config::{Choice, Config, TenantConfig};
use crate::domain::field::Revision;
use crate::domain::record::Realm;
use crate::domain::roles::Catalogues;
use crate::domain::secret::Secret;
use crate::domain::tenant::{Synchronization, Tenant, TicketRule};
use crate::journal::{self, Journal};
use crate::runtime::clock;
use crate::runtime::world::Outside;
use crate::runtime::{farewell, run, show, source, terminal};
use crate::sandbox::Sandbox;
use crate::service::copy::Place;
use crate::service::{Desk, Service};

/// The sandbox is on this machine: what does not answer here will not answer later.
const SANDBOX_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything that the screen works on. What takes time is not done yet.
struct Workplace<'a> {
    tenant: Tenant,
    catalogues: Catalogues,
    limits: Limits,
    ticketing: TicketRule,
    connect: Box<dyn FnOnce() -> Result<Connection, CliError> + 'a>,
}

/// The way to the service. The sandbox lives as long as this does.
struct Connection {
    settings: Settings,
    realm: Realm,
    journal: &'static str,
    copy: Option<Place>,
    sandbox: Option<Sandbox>,
}

/// Opens the screen, and says on the plain one afterwards what is not finished.
///
/// # Errors
/// There is no such tenant, no token, or no terminal.
pub fn open(args: &Args, config: &Config, surroundings: &Surroundings) -> Result<(), CliError> {
    let place = match config.choose(args.tenant.as_deref())? {
        Choice::Sandbox => of_sandbox(args.scenario.as_deref())?,
        Choice::Tenant(_) if args.scenario.is_some() => {
            return Err(CliError::Usage("--scenario is for the sandbox: leave out the tenant".into()));
        }
        Choice::Tenant(tenant) => of_tenant(config, tenant)?,
    };
    let look = surroundings.look(args.colour.unwrap_or(config.colour));
    let recipes = config.recipes_for(&place.tenant.name)?;
    let mut model = Model::new(place.tenant, look, place.catalogues);
    (model.limits, model.recipes) = (place.limits, recipes);
    model.ticketing = Asking::by(place.ticketing);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let left = runtime.block_on(at_the_screen(model, place.connect));
    // A thread that still decodes a picture, or waits for a name server, must not hold up the shell's prompt.
    runtime.shutdown_background();
    if let Some(words) = farewell(&left?) {
        output::complain(&words);
    }
    if terminal::is_broken() {
        return Err(CliError::Local("the program ended because of a fault of its own".into()));
    }
    Ok(())
}

/// Shows the first picture, then connects, then runs: what an agent waits for is the picture.
async fn at_the_screen(
    mut model: Model,
    connect: impl FnOnce() -> Result<Connection, CliError>,
) -> Result<Model, CliError> {
    let mut screen = terminal::enter()?;
    let first = listing::start(&mut model).and(attention::refresh(&mut model));
    let left = async {
        show(&model, &mut screen)?;
        let connection = connect()?;
        let client = Client::new(connection.settings).map_err(|error| CliError::Local(error.to_string()))?;
        let mut service = Service::new(client);
        if let Some(place) = connection.copy {
            service = service.keeping(place);
        }
        match journal(connection.journal) {
            Ok(journal) => service = service.journaling(Desk { journal, realm: connection.realm }),
            // People can still be looked up.
            Err(error) => model.no_journal = Some(error.to_string()),
        }
        let world = Outside::new(service, picture_places());
        let left = run(model, first, &mut screen, source::inputs()?, world).await?;
        drop(connection.sandbox);
        Ok(left)
    };
    let left = left.await;
    terminal::leave();
    left
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
    let connect = move || {
        let sandbox = sandbox::start(scenario, 0, of_its_own)?;
        let base_url = Url::parse(&sandbox.base_url())
            .map_err(|error| CliError::Local(format!("the sandbox has no usable address: {error}")))?;
        let settings = Settings {
            base_url,
            token: Secret::new(sandbox.token().to_owned()),
            read_only: false,
            proxy: false,
            authorities: None,
            connect: SANDBOX_TIMEOUT / 2,
            total: SANDBOX_TIMEOUT,
            platforms: platforms(revision),
        };
        let realm = Realm { tenant: crate::config::SANDBOX.to_owned(), origin: crate::config::SANDBOX.to_owned() };
        Ok(Connection { settings, realm, journal: crate::config::SANDBOX, copy: None, sandbox: Some(sandbox) })
    };
    Ok(Workplace {
        tenant,
        catalogues,
        limits: Limits::default(),
        ticketing: TicketRule::None,
        connect: Box::new(connect),
    })
}

/// The journal of that name in the state folder.
fn journal(name: &'static str) -> Result<Journal, CliError> {
    let place = journal::Place { folder: state_dir()?, name, who: who(), clock: clock::milliseconds };
    Journal::open(place).map_err(|fault| CliError::Local(fault.to_string()))
}

/// The sandbox's play platform reports in the revisions that know it (api.md 7, row 39).
fn platforms(revision: Revision) -> Vec<String> {
    let play = (revision != Revision::Original).then_some("play");
    PLATFORMS.into_iter().chain(play).map(str::to_owned).collect()
}

/// A tenant of the configuration. Its token is fetched before the screen opens, because that may ask at the terminal.
fn of_tenant<'a>(config: &Config, chosen: &'a TenantConfig) -> Result<Workplace<'a>, CliError> {
    let token = config.token(chosen, || ask::token(&chosen.tenant.name))?;
    let connect = move || {
        let authorities = chosen.ca_file.as_deref().map(read_trusted).transpose()?;
        let settings = Settings {
            base_url: chosen.base_url.clone(),
            token,
            read_only: chosen.tenant.read_only,
            proxy: chosen.proxy,
            authorities: authorities.map(String::into_bytes),
            connect: chosen.connect_timeout,
            total: chosen.timeout,
            platforms: chosen.platforms.clone(),
        };
        let copy = Place::new(state_dir()?, &chosen.tenant.name, chosen.base_url.as_str());
        let realm = Realm { tenant: chosen.tenant.name.clone(), origin: chosen.base_url.to_string() };
        Ok(Connection { settings, realm, journal: "journal", copy: Some(copy), sandbox: None })
    };
    Ok(Workplace {
        tenant: chosen.tenant.clone(),
        catalogues: catalogues::read(chosen.tenant.revision, chosen.roles_file.as_deref())?,
        limits: limits(chosen),
        ticketing: chosen.ticket,
        connect: Box::new(connect),
    })
}

fn limits(chosen: &TenantConfig) -> Limits {
    Limits { concurrency: chosen.concurrency, max_harm: chosen.max_harm }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(of("concurrency = 2\nmax_harm = 9\n"), Limits { concurrency: 2, max_harm: 9 });
        assert_eq!(of(""), Limits::default(), "the sandbox and a tenant that says nothing have the same limits");
    }
}
