//! The outcome log in memory: whatever is lost with the process is derived again from the command log.

mod bus;
mod reader;
mod window;

pub use bus::OutcomeBus;
pub use reader::BusReader;

/// Outcomes that a partition may be ahead of its slowest living reader before it waits.
pub const LAG_OUTCOMES_MAX: usize = 32_768;
/// Outcomes that stay in the window though every reader has them, for a reader that is started again.
pub const KEPT_OUTCOMES: usize = 8_192;
/// Living readers of one partition.
pub const READERS_MAX: usize = 1_024;

const _: () = assert!(KEPT_OUTCOMES <= LAG_OUTCOMES_MAX);

/// Sizes of the outcome bus; the defaults are the named caps.
#[derive(Clone, Copy, Debug)]
pub struct OutcomeBusOptions {
    /// See [`LAG_OUTCOMES_MAX`].
    pub lag_outcomes_max: usize,
    /// See [`KEPT_OUTCOMES`].
    pub kept_outcomes: usize,
}

impl Default for OutcomeBusOptions {
    fn default() -> Self {
        Self { lag_outcomes_max: LAG_OUTCOMES_MAX, kept_outcomes: KEPT_OUTCOMES }
    }
}
