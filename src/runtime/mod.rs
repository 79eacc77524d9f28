//! Where waiting happens.
