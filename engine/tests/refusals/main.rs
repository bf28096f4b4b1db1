//! Every refusal, and which one is given where several apply.
#![allow(clippy::unwrap_used)]

mod precedence;
mod scene;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod tables;
