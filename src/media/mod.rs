//! Pictures: open, look at, decode within limits, turn upright, shrink, preview.
