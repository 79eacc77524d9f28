//! The integration tests: one binary.

mod acts;
mod bodies;
mod broken;
mod chaos;
mod commands;
mod conflicts;
mod drafts;
mod import;
mod pictures;
mod pty;
mod readme;
mod readonly;
mod sandbox;
mod services;
mod support;
mod tidy;
mod turns;
mod wire;
mod world;
