//! Text and bytes to domain and back: pure, and the only room that knows the wire format.

pub mod audit;
pub mod base64;
pub mod checkup;
pub mod deed;
pub mod digest;
pub mod draft;
pub mod export;
pub mod inert;
pub mod job;
pub mod json;
pub mod output;
pub mod passwords;
pub mod people;
pub mod plan;
pub mod record;
pub mod report;
pub mod roles;
pub mod sheet;
mod table;
