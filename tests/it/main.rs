//! The integration tests: one binary.

mod bodies;
mod commands;
mod pictures;
mod pty;
mod readme;
mod sandbox;
mod support;
mod tidy;
mod turns;
