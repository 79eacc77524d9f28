//! A world in which programs are killed: a server of its own, a clock of its own, children that are killed at random moments, and a judge
//! who compares what the server did with what the journal says.
//!
//! ```text
//! driver ──starts, kills──▶ child: the real Service and Journal, driven by `robot` (the rules) or by `careless` (the controls),
//!    │                        │    or a whole job by the real import: `clerk`, with `naive` as the controls and `jobs` as the driver
//!    │                        │ HTTP                       │ reads
//!    └─owns──▶ server ──▶ world: people, weather,          clock (a file that only the world writes)
//!                                what is still to come
//! ```
//!
//! The clock does not run: it is moved by the world, with every request a little and by a whole window where every child waits for one. So a
//! window of a minute costs nothing, and a machine that is busy cannot make anything arrive later than the rules allow for.
//!
//! The same files serve a bounded run among the tests and the long one, `cargo bench --bench kill_loop`. There is nothing of this in the
//! program: a child is the very binary of the test or of the bench.

pub mod careless;
pub mod clerk;
pub mod clock;
pub mod count;
pub mod dice;
pub mod driver;
pub mod jobs;
pub mod judge;
pub mod look;
pub mod naive;
pub mod people;
pub mod robot;
pub mod server;
pub mod sheet;
pub mod table;
pub mod task;
pub mod world;
