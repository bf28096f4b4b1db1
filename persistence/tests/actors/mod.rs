//! From command to ledger, through restarts and failures.

mod commands;
mod failures;
mod overtaken;
mod pulses;
mod restarts;
mod rig;
mod trades;
