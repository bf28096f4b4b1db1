//! What each command does, rule by rule.
#![allow(clippy::unwrap_used)]

mod exchange;
mod hold;
mod invalid;
mod payment;
mod sale;
#[path = "../support/mod.rs"]
mod support;
