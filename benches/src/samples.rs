//! Durations of the same steps, taken in several rounds.

use std::fmt;
use std::time::Instant;

/// Durations in nanoseconds: every one, and for each step the least of all rounds.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    all: Vec<u64>,
    least: Vec<u64>,
    step: usize,
}

/// What `run` gives, and how long it took in nanoseconds.
pub fn timed<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let start = Instant::now();
    let value = std::hint::black_box(run());
    (value, u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX))
}

impl Samples {
    /// The next round does the same steps again.
    pub fn next_round(&mut self) {
        self.step = 0;
    }

    /// One step took that long.
    pub fn push(&mut self, nanos: u64) {
        self.all.push(nanos);
        if self.step == self.least.len() {
            self.least.push(nanos);
        }
        self.least[self.step] = self.least[self.step].min(nanos);
        self.step += 1;
    }

    /// The median of all durations.
    #[must_use]
    pub fn median(&self) -> u64 {
        percentile(&self.all, 0.5)
    }
}

fn percentile(values: &[u64], share: f64) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let index = (last as f64 * share).ceil() as usize;
    sorted.get(index).copied().unwrap_or(0)
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, tail, max) = (self.median(), percentile(&self.all, 0.999), percentile(&self.all, 1.0));
        let (steady_tail, steady_max) = (percentile(&self.least, 0.999), percentile(&self.least, 1.0));
        let columns = [median, tail, max, steady_tail, steady_max];
        columns.iter().try_for_each(|nanos| write!(f, "{:>10}", format!("{}.{:02}", nanos / 1000, nanos % 1000 / 10)))
    }
}

/// The columns of a line of [`Samples`].
pub const COLUMNS: &str = "    median     p99.9       max    steady p99.9 / max   (µs)";
