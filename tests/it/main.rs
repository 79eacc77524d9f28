//! The integration tests: one binary.

mod pictures;
