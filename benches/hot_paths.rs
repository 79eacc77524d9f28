//! Benchmarks of what runs for every key and every reply.
fn main() {}
