//! The engine's actors on the embedded backends and the SQLite ledger: nothing here is a stand-in.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "actors/mod.rs"]
mod actors;
