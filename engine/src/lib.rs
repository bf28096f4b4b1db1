//! Rules and state of Rowlock: pure, synchronous and deterministic. No clock, no randomness, no I/O.

pub mod booking;
pub mod codec;
pub mod command;
pub mod ids;
pub mod limits;
pub mod outcome;
pub mod ports;
pub mod refusal;
pub mod seat_map;
