//! The program as a value.
