//! The integration tests: one binary.

mod acts;
mod attention;
mod bodies;
mod broken;
mod chaos;
mod command_line;
mod commands;
mod conflicts;
mod crash;
mod doctor;
mod doubt;
mod drafts;
mod faults;
mod fuzz;
mod hostile;
mod import;
mod kept;
mod log;
mod parity;
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
mod undo;
mod wire;
mod world;

use crash::kit::dice;
