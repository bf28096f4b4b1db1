//! Promise 7: the caps hold, and what is oldest is forgotten first. And damaged checkpoints, which would get around them.
#![allow(clippy::unwrap_used)]

mod damage;
mod forgetting;
#[path = "../support/mod.rs"]
mod support;
