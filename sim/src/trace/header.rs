//! What a trace says before its arrivals.

use super::Problem;
use crate::plan::{PlanOptions, Profile};
use crate::traffic;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Longest that seats may be held.
const HOLD_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// What the traffic was made with.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The options.
    pub plan: PlanOptions,
    /// How long seats are held unless somebody pays.
    pub hold: Duration,
    /// Version of the simulator that has made it.
    pub simulator: String,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    tps: u32,
    duration: Duration,
    profile: Profile,
    events: u32,
    seats: u32,
    hot: Option<f64>,
    mix: String,
    buyers: u32,
    seed: u64,
    hold: Duration,
    simulator: String,
}

impl Header {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let PlanOptions { tps, duration, profile, events, seats, hot, ref mix, buyers, seed } = self.plan;
        let events = u32::try_from(events).expect("events are few");
        let (mix, hold, simulator) = (mix.to_string(), self.hold, self.simulator.clone());
        let wire = Wire { tps, duration, profile, events, seats, hot, mix, buyers, seed, hold, simulator };
        postcard::to_stdvec(&wire).expect("numbers and text are always postcard")
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Problem> {
        let (wire, rest) = postcard::take_from_bytes(bytes).map_err(|_| Problem::Damaged("its options"))?;
        if !rest.is_empty() {
            return Err(Problem::Damaged("its options"));
        }
        let Wire { tps, duration, profile, events, seats, hot, mix, buyers, seed, hold, simulator } = wire;
        let mix = mix.parse().map_err(|error| Problem::Range(format!("--mix {mix}: {error}")))?;
        let events = events as usize;
        let plan = PlanOptions { tps, duration, profile, events, seats, hot, mix, buyers, seed };
        traffic::check(&plan).map_err(|error| Problem::Range(error.to_string()))?;
        if !(Duration::from_secs(1)..=HOLD_MAX).contains(&hold) {
            return Err(Problem::Range(format!("seats held for {hold:?}")));
        }
        Ok(Self { plan, hold, simulator })
    }
}
