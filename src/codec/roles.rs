//! `assets/roles.toml` to a catalogue.
