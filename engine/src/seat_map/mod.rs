//! The seats of an event: how the seller describes them, how they are numbered, which are free.

pub mod spec;
