//! The integration tests: one binary.

mod bodies;
mod broken;
mod chaos;
mod commands;
mod drafts;
mod pictures;
mod pty;
mod readme;
mod sandbox;
mod support;
mod tidy;
mod turns;
mod wire;
mod world;
