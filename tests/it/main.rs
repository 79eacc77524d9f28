//! The integration tests: one binary.

mod broken;
mod chaos;
mod drafts;
mod wire;
