//! What the integration tests share: a terminal to run the program in, the bytes it writes there taken apart, and the
//! environment that no test may leave. No test of the program is here, only the tests of these tools.

pub mod canary;
pub mod hermetic;
pub mod intents;
pub mod journal;
pub mod keys;
pub mod pty;
pub mod sequences;
pub mod typed;
