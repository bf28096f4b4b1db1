//! What the benches share: a hall with its crowd, and samples of durations.

pub mod crowd;
pub mod hall;
pub mod samples;
