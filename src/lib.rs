//! The map of netex-users: what each room is for, which arrows exist between them, and the invariants.

pub mod api;
pub mod app;
pub mod cli;
pub mod codec;
pub mod config;
pub mod domain;
pub mod media;
pub mod runtime;
pub mod sandbox;
pub mod service;
pub mod ui;
