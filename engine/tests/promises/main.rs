//! Promises 1, 3, 4 and 5 of the design, and that a repeated request gets its first answer.
#![allow(clippy::unwrap_used)]

mod book;
mod golden;
mod reach;
mod replay;
mod requests;
#[path = "../support/mod.rs"]
mod support;
