//! Opens the screen: on a tenant of the configuration, or on the sandbox where none is configured.

use std::time::Duration;

use url::Url;

use crate::api::{Client, PLATFORMS, Settings};
use crate::app::model::{Catalogues, Model};
use crate::cli::CliError;
use crate::cli::args::Args;
use crate::cli::{ask, catalogues, output, sandbox};
use crate::config::environment::{Surroundings, picture_places};
use crate::config::private::read_trusted;
use crate::config::{Choice, Config, TenantConfig};
use crate::domain::field::Revision;
use crate::domain::secret::Secret;
use crate::domain::tenant::{Synchronization, Tenant};
use crate::runtime::world::Outside;
use crate::runtime::{farewell, run, source, terminal};
use crate::sandbox::Sandbox;
use crate::service::Service;

/// The sandbox is on this machine: what does not answer here will not answer later.
const SANDBOX_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything that the screen works on. The sandbox lives as long as this does.
struct Workplace {
    tenant: Tenant,
    catalogues: catalogues::Catalogues,
    settings: Settings,
    _sandbox: Option<Sandbox>,
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
    let catalogues = Catalogues { create: place.catalogues.create, update: place.catalogues.update };
    let model = Model::new(place.tenant, look, catalogues);
    let client = Client::new(place.settings).map_err(|error| CliError::Local(error.to_string()))?;
    let world = Outside::new(Service::new(client), picture_places());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let left = runtime.block_on(async {
        let mut screen = terminal::enter()?;
        let inputs = source::inputs().inspect_err(|_| terminal::leave())?;
        let left = run(model, &mut screen, inputs, world).await;
        terminal::leave();
        left
    });
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

fn of_sandbox(scenario: Option<&str>) -> Result<Workplace, CliError> {
    let scenario = sandbox::scenario(scenario, None)?;
    let revision = scenario.revision();
    let sandbox = sandbox::start(scenario, 0, catalogues::read(revision, None)?)?;
    let base_url = Url::parse(&sandbox.base_url())
        .map_err(|error| CliError::Local(format!("the sandbox has no usable address: {error}")))?;
    Ok(Workplace {
        tenant: Tenant {
            name: crate::config::SANDBOX.to_owned(),
            sandbox: true,
            production: false,
            read_only: false,
            revision,
            synchronization: Synchronization::Synchronous,
        },
        catalogues: catalogues::read(revision, None)?,
        settings: Settings {
            base_url,
            token: Secret::new(sandbox.token().to_owned()),
            read_only: false,
            proxy: false,
            authorities: None,
            connect: SANDBOX_TIMEOUT / 2,
            total: SANDBOX_TIMEOUT,
            platforms: platforms(revision),
        },
        _sandbox: Some(sandbox),
    })
}

/// The sandbox's play platform reports in the revisions that know it (api.md 7, row 39).
fn platforms(revision: Revision) -> Vec<String> {
    let play = (revision != Revision::Original).then_some("play");
    PLATFORMS.into_iter().chain(play).map(str::to_owned).collect()
}

fn of_tenant(config: &Config, chosen: &TenantConfig) -> Result<Workplace, CliError> {
    let token = config.token(chosen, || ask::token(&chosen.tenant.name))?;
    let authorities = chosen.ca_file.as_deref().map(read_trusted).transpose()?;
    Ok(Workplace {
        tenant: chosen.tenant.clone(),
        catalogues: catalogues::read(chosen.tenant.revision, chosen.roles_file.as_deref())?,
        settings: Settings {
            base_url: chosen.base_url.clone(),
            token,
            read_only: chosen.tenant.read_only,
            proxy: chosen.proxy,
            authorities: authorities.map(String::into_bytes),
            connect: chosen.connect_timeout,
            total: chosen.timeout,
            platforms: chosen.platforms.clone(),
        },
        _sandbox: None,
    })
}
