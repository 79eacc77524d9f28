//! The integration tests: one binary.

mod commands;
