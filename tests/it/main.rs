//! The integration tests: one binary.

mod acts;
mod bodies;
mod broken;
mod chaos;
mod commands;
mod conflicts;
mod doctor;
mod drafts;
mod hostile;
mod import;
mod log;
mod pictures;
mod pty;
mod readme;
mod readonly;
mod sandbox;
mod secrets;
mod services;
mod sheets;
mod support;
mod tidy;
mod turns;
mod wire;
mod world;
