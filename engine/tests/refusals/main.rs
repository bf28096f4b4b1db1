//! Every refusal, and which one is given where several apply.
#![allow(clippy::unwrap_used)]

mod precedence;
#[path = "../support/mod.rs"]
mod support;
mod table;
