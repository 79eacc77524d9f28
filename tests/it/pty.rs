//! The whole program in a terminal: the binary as it is installed, its keys typed, its screen read back.
//!
//! Every session of these tests ends with the same questions: did it write anything that is not ours to write, and did a secret get out
//! ([`session`])? Here are the journeys; what one part does with one message is tested where the part is.

mod attention;
mod badline;
mod bytes;
mod commands;
mod create;
mod drafts;
mod exits;
mod held;
mod history;
mod jobs;
mod once;
mod panics;
mod pastes;
mod people;
mod session;
mod terminals;
mod verdicts;

pub use session::{Desk, PASSWORD, PROGRAM, Session, TENANT_TOKEN, home_of};
