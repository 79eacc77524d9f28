//! Opens the screen: on a tenant of the configuration, or on the sandbox where none is configured.

use crate::app::attention;
use crate::app::listing;
use crate::app::model::Model;
use crate::app::ticket_number::Asking;
use crate::cli::CliError;
use crate::cli::args::Args;
use crate::cli::workplace::{Connection, Wanted, Workplace};
use crate::cli::{journal, output};
use crate::config::Config;
use crate::config::environment::{Surroundings, picture_places};
use crate::domain::code::Code;
use crate::runtime::world::Outside;
use crate::runtime::{Left, farewell, run, show, source, terminal};

/// Opens the screen, and says on the plain one afterwards what is not finished.
///
/// # Errors
/// There is no such tenant, no token, or no terminal.
pub fn open(args: &Args, config: &Config, surroundings: &Surroundings) -> Result<(), CliError> {
    let wanted =
        Wanted { tenant: args.tenant.as_deref(), scenario: args.scenario.as_deref(), ticket: None, once: false };
    let place = Workplace::choose(config, wanted)?;
    let look = surroundings.look(args.colour.unwrap_or(config.colour));
    let recipes = config.recipes_for(&place.tenant.name)?;
    let mut model = Model::new(place.tenant.clone(), look, place.catalogues.clone());
    (model.limits, model.recipes) = (place.limits, recipes);
    model.ticketing = Asking::by(place.ticketing);
    model.started_with = started_with(args);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let left = runtime.block_on(at_the_screen(model, surroundings.has_clipboard(), || place.connect()));
    // A thread that still decodes a picture, or waits for a name server, must not hold up the shell's prompt.
    runtime.shutdown_background();
    let left = left?;
    if let Some(words) = farewell(&left.model) {
        output::complain(&words);
    }
    if terminal::is_broken() {
        return Err(CliError::Known(Code::OwnFault, "the program ended because of a fault of its own".into()));
    }
    left.stop.map_or(Ok(()), |stop| Err(CliError::Ended(stop.exit_code())))
}

/// What a command line needs as well, to come to the same place. A name that is no text cannot stand in one.
fn started_with(args: &Args) -> Vec<String> {
    let config = args.config.as_ref().and_then(|path| path.to_str()).map(|path| format!("--config={path}"));
    let scenario = args.scenario.as_ref().map(|name| format!("--scenario={name}"));
    config.into_iter().chain(scenario).collect()
}

/// Shows the first picture, then connects, then runs: what an agent waits for is the picture.
async fn at_the_screen(
    mut model: Model,
    has_clipboard: bool,
    connect: impl FnOnce() -> Result<Connection, CliError>,
) -> Result<Left, CliError> {
    // First, so that a signal never finds the terminal taken and nobody listening.
    let inputs = source::inputs()?;
    let mut screen = terminal::enter()?;
    let first = listing::start(&mut model).and(attention::refresh(&mut model));
    let left = async {
        show(&model, &mut screen)?;
        let connection = connect()?;
        model.no_journal.clone_from(&connection.no_journal);
        if let Some(words) = connection.service.desk().and_then(|desk| journal::remark(&desk.journal)) {
            model.say(words);
        }
        let world = Outside::new(connection.service.clone(), picture_places());
        let world = if has_clipboard { world } else { world.without_clipboard() };
        let left = run(model, first, &mut screen, inputs, world).await?;
        drop(connection);
        Ok(left)
    };
    let left = left.await;
    terminal::leave();
    left
}
