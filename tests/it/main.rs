//! The integration tests: one binary.

mod commands;
mod pictures;
mod sandbox;
mod support;
mod tidy;
