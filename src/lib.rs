//! netex-users: a keyboard-driven terminal user manager for netexCloud helpdesks. This page is the map.
//!
//! # The rooms
//!
//! | room | what it is for |
//! |---|---|
//! | [`domain`] | what a user, a change and a result are: the table of fields, drafts that become requests, verdicts |
//! | [`codec`] | text and bytes to domain and back: the wire format, base64, the data of roles |
//! | [`api`] | the user web services as a client: one constructor, one path, any reply to a report |
//! | [`media`] | pictures: open, look, decode within limits, turn upright, shrink |
//! | [`config`] | tenants and settings; the only reader of the environment |
//! | [`journal`] | the local journal: intents before their requests leave, outcomes, where each change stands, drafts |
//! | [`service`] | what the program can do, for people and for scripts alike |
//! | [`app`] | the program as a value: `update(&mut Model, Msg) -> Effects` |
//! | [`ui`] | the screen as a function of the model |
//! | [`runtime`] | where waiting happens: the loop, the terminal, the clock |
//! | [`sandbox`] | a look-alike of the services on loopback, for a first run, for training and for tests |
//! | [`cli`] | arguments, the acts without a screen, and what starts the screen |
//!
//! # The arrows
//!
//! What is not listed is forbidden, and `tests/it/tidy.rs` looks.
//!
//! ```text
//! main -> cli
//! cli     -> runtime  service  sandbox  journal  api  app  config  codec  domain
//! runtime -> ui  app  service  media  config  domain
//! ui      -> app  domain                 app     -> domain
//! service -> api  journal  media  codec  domain
//! api     -> codec  domain               journal -> codec  domain
//! sandbox -> codec  domain               config  -> domain
//! media   -> domain                      codec   -> domain          domain -> nothing
//! ```
//!
//! # The invariants
//!
//! 1. [`app`] does not wait, read a clock, or draw. [`ui`] changes nothing.
//! 2. A [`domain::request::Request`] exists only if [`domain::draft::Draft::check`] made it, and the review shows the very value that is sent.
//! 3. The intent is in the [`journal`] before the first byte of its request leaves, the outcome before the screen says so; without a
//!    journal nothing is sent. A submission is never sent twice by itself and never aborted half-way. Esc stops the watching.
//! 4. Every answer carries the [`app::effect::Ticket`] of its question; an answer to an old question changes nothing.
//! 5. An update of somebody who was read is preceded by reading them again ([`service`]): where somebody else changed one of its fields, nothing is sent.
//! 6. Never green on HTTP or on the top status alone: [`api::classify`] looks at every platform that should have answered.
//! 7. The sandbox parses requests with its own code, and golden files written by hand from the vendor's pages pin the wire, so that
//!    client and sandbox cannot agree on a mistake.
//! 8. A secret has no `Debug`, `Display` or `Clone` ([`domain::secret`]). Outside text reaches a terminal only through
//!    [`domain::untrusted::visible`].
//! 9. Whatever happens, the terminal is given back ([`runtime`]).
//!
//! # Where to begin
//!
//! A field is one row of [`domain::fields`]. A role is a line of `assets/roles.toml`. A key is a line of [`app::keymap`]: footer, help and
//! palette follow. A new act is a variant of [`app::msg::Act`]; the compiler then lists the places that have to decide.

pub mod api;
pub mod app;
pub mod cli;
pub mod codec;
pub mod config;
pub mod domain;
pub mod journal;
pub mod media;
pub mod runtime;
pub mod sandbox;
pub mod service;
pub mod ui;
