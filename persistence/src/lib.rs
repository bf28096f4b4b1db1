//! Backends of the engine's ports: the embedded log and checkpoints, and the SQL ledger.

pub mod embedded;
pub mod sql;
