//! A local netexCloud look-alike on loopback, for a first run, for training and for tests.
