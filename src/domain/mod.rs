//! What a user, a change and a result are: pure, and never failing for reasons outside the program.
//!
//! Nothing here waits, draws, opens a file or knows the wire format. The one crate that a purist would not expect is
//! `serde_json`, in [`object`]: `extra` is a JSON object that the agent writes, and a text that does not parse is a
//! fault of the field, like a phone number with letters in it.

pub mod bulk;
pub mod checkup;
pub mod code;
pub mod command_line;
pub mod deed;
pub mod draft;
pub mod email;
pub mod ending;
pub mod field;
pub mod fields;
pub mod files;
pub mod history;
pub mod import;
pub mod job;
pub mod kept;
pub mod key;
pub mod language;
pub mod listed;
pub mod look;
pub mod look_up;
pub mod nearest;
pub mod object;
pub mod order;
pub mod outcome;
pub mod pairs;
pub mod patch;
pub mod person;
pub mod phone;
pub mod photo;
pub mod plan;
pub mod recipe;
pub mod record;
pub mod repair;
pub mod request;
pub mod roles;
pub mod row;
pub mod secret;
pub mod tenant;
pub mod timezone;
pub mod undo;
pub mod untrusted;
