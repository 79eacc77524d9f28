//! Where waiting happens: the loop between the person, the program as a value and the world.
//!
//! ```text
//!   inputs --keymap--> Msg --update--> Model --draw--> terminal
//!                       ^        |
//!                      News <- World <- Effect
//! ```
//!
//! [`run`] takes any terminal, any stream of inputs and any [`World`], so that tests use the loop that the person uses. It draws once for
//! everything that had come by then, and not at all where nothing had. When the inputs end it goes on until no question is open, and
//! returns: that is how a test knows that the program has come to rest, without ever waiting for a number of milliseconds.
//!
//! A submission is never aborted by the loop: whoever leaves waits for its answer, though at most [`PATIENCE`] (faults.md 78).
//!
//! Not here: what keys mean ([`crate::app::keymap`]) and what anything looks like ([`crate::ui`]).

use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use ratatui::Terminal;
use ratatui::backend::Backend;

use crate::app::effect::Effects;
use crate::app::model::Model;
use crate::runtime::input::{Input, Stop};
use crate::runtime::turns::Turns;
use crate::runtime::world::World;
use crate::ui;

mod attention;
pub mod clock;
mod everybody;
mod farewell;
mod foreman;
mod guard;
pub mod input;
mod keeper;
pub mod keys;
pub mod log;
mod newest;
pub mod paint;
mod past;
pub mod source;
pub mod terminal;
mod turns;
pub mod world;
pub mod zones;

pub use farewell::farewell;

/// How long the program waits, when it leaves, for the answer to a request that is on its way (faults.md 78).
pub const PATIENCE: Duration = Duration::from_secs(3);

/// What the program was when it ended.
#[derive(Debug)]
pub struct Left {
    /// Its state, so that what is still open can be said ([`farewell()`]).
    pub model: Model,
    /// What ended it from outside; nothing where the person left.
    pub stop: Option<Stop>,
}

/// Shows the model once, before anything is waited for.
///
/// # Errors
/// The terminal cannot be drawn on.
pub fn show<B: Backend>(model: &Model, terminal: &mut Terminal<B>) -> Result<(), B::Error> {
    terminal.draw(|frame| ui::draw(model, frame)).map(|_| ())
}

/// Runs the program, beginning with what it wants first, until the model is closing, the inputs say stop, or the inputs end and nothing is being waited for. Gives the model
/// back, and why it ended.
///
/// # Errors
/// The terminal cannot be drawn on. A request that is on its way is waited for all the same.
pub async fn run<B: Backend, W: World>(
    model: Model,
    first: Effects,
    terminal: &mut Terminal<B>,
    inputs: impl Stream<Item = Input> + Unpin,
    world: W,
) -> Result<Left, B::Error> {
    // In a place of its own: the model is large, and every future around would have room for it too.
    let mut turns = Box::new(Turns::new(model, inputs.fuse(), world));
    turns.want(first);
    let outcome = turns.go(terminal).await;
    // What was typed is on the disk before anything is waited for.
    turns.flush();
    turns.finish(terminal).await;
    turns.flush();
    outcome.map(|()| turns.left())
}
