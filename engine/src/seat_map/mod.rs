//! The seats of an event: how the seller describes them, how they are numbered, which are free.

pub mod alternatives;
pub mod best_available;
mod bits;
mod build;
pub mod free;
pub mod label;
pub mod map;
pub mod seats;
pub mod spec;
pub mod states;
#[cfg(test)]
mod tests;
pub mod view;

pub use alternatives::alternatives;
pub use best_available::{Shortage, best_available};
pub use label::SeatLabel;
pub use map::{SeatMap, SeatMapError};
pub use seats::Seats;
pub use states::{Counts, SeatState, SeatStates};
