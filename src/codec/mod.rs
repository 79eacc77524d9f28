//! Text and bytes to domain and back: pure, and the only room that knows the wire format.

pub mod base64;
pub mod deed;
pub mod draft;
pub mod json;
pub mod people;
pub mod record;
pub mod roles;
