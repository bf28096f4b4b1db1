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
pub mod view;
