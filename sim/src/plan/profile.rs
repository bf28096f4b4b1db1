//! How the rate of booking requests moves over a run.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Share of the height that a spike's base and tail have.
const SPIKE_BASE: f64 = 0.2;
/// The tick in which an on-sale's wall of buyers stands: one second in.
const WALL_TICK: u64 = 1_000;
/// Part of the run after which the rate of an on-sale's tail has halved.
const TAIL_HALVES_AFTER: f64 = 0.2;

/// How the rate of booking requests moves over a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
pub enum Profile {
    /// The same all the time.
    Steady,
    /// A fifth of the height, and all of it in the middle fifth of the time.
    Spike,
    /// From nothing to the height.
    Ramp,
    /// Nobody for a second, then a second's worth of buyers in one instant, then the height and a long tail.
    OnSale,
}

impl Profile {
    /// Booking requests that arrive in the millisecond `tick` of a run of `duration`, `tps` being the height.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "runs are shorter than 2^53 ms")]
    pub fn arrivals(self, tps: u32, duration: Duration, tick: u64) -> f64 {
        let height = f64::from(tps) / 1_000.0;
        let done = tick as f64 / duration.as_millis().max(1) as f64;
        match self {
            Self::Steady => height,
            Self::Spike if (0.4..0.6).contains(&done) => height,
            Self::Spike => height * SPIKE_BASE,
            Self::Ramp => height * done,
            Self::OnSale if tick < WALL_TICK => 0.0,
            Self::OnSale if tick == WALL_TICK => f64::from(tps),
            Self::OnSale => height * 0.5f64.powf(done / TAIL_HALVES_AFTER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;
    use std::time::Duration;

    const RUN: Duration = Duration::from_secs(10);

    fn second(profile: Profile, second: u64) -> f64 {
        (second * 1_000..(second + 1) * 1_000).map(|tick| profile.arrivals(1_000, RUN, tick)).sum()
    }

    #[test]
    fn each_has_its_form() {
        let rates = |profile| [0, 1, 5, 9].map(|at| second(profile, at).round());
        assert_eq!(rates(Profile::Steady), [1_000.0; 4]);
        assert_eq!(rates(Profile::Spike), [200.0, 200.0, 1_000.0, 200.0]);
        assert_eq!(rates(Profile::Ramp), [50.0, 150.0, 550.0, 950.0]);
        let on_sale = rates(Profile::OnSale);
        assert_eq!(on_sale[0], 0.0);
        assert!(on_sale[1] > 1_500.0 && on_sale[2] < 200.0 && on_sale[3] < on_sale[2], "{on_sale:?}");
    }
}
