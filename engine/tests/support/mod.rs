//! What the test crates share: a small hall, a desk that asks and remembers, random command sequences, and a model of the
//! seats that is made from outcomes alone.
// Each test crate uses a part of it.
#![allow(dead_code)]

pub mod ask;
pub mod busy;
pub mod desk;
pub mod hall;
pub mod model;
pub mod random;
pub mod refusals;
pub mod sale;
