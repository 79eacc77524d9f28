//! The program as a value: `update(&mut Model, Msg) -> Effects`.
//!
//! A [`model::Model`] is everything the screen shows. Keys and answers become messages ([`msg`]), a message changes the
//! model and may want something of the world ([`effect`]), and that is all: nothing here waits, reads a clock, opens a
//! file or draws. Which key means what is decided in [`keymap`] alone, from the model, so that the footer, the help and
//! the palette cannot disagree with the hands.
//!
//! Each part of the screen is a small machine of its own (state, acts, the questions that the drawing asks), and
//! [`update`] does no more than hand each message to its part.

pub mod attention;
pub mod batch;
pub mod chooser;
pub mod command_line;
pub mod deeds;
pub mod desk;
pub mod drafts;
pub mod editor;
pub mod effect;
pub mod form;
pub mod fuzzy;
pub mod help;
pub mod history;
pub mod image;
pub mod index;
pub mod jobs;
pub mod key;
pub mod keymap;
pub mod listing;
pub mod menu;
pub mod model;
pub mod msg;
pub mod open;
pub mod opening;
pub mod overlays;
pub mod palette;
pub mod people;
pub mod picker;
pub mod pictures;
pub mod review;
pub mod roles;
pub mod sending;
pub mod status;
#[cfg(test)]
pub mod testing;
pub mod three_way;
pub mod ticket_number;
pub mod update;
