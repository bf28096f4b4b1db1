//! What commands cannot bring about, so that a test has to reach into the shard for it.

mod caps;
mod damage;
mod faults;
#[path = "../../../tests/support/mod.rs"]
mod support;
