//! Rules and state of Rowlock: pure, synchronous and deterministic. No clock, no randomness, no I/O.

// The unit tests share their support with the test crates, which know this one by its name.
#[cfg(test)]
extern crate self as rowlock_engine;

#[cfg(feature = "actors")]
pub mod actors;
pub mod booking;
pub mod codec;
pub mod command;
mod commands;
pub mod ids;
pub mod limits;
pub mod outcome;
pub mod ports;
pub mod processor;
pub mod refusal;
pub mod seat_map;
pub mod shard;
