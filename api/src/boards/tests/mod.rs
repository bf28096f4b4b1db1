//! Boards beside the engine that they follow.

mod bookings;
mod events;
mod model;
mod steps;
