//! Rules and state of Rowlock: pure, synchronous and deterministic. No clock, no randomness, no I/O.

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
