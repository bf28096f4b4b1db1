//! The options that say who comes, when, and what for.

use crate::options::{OptionError, within, wrong};
use crate::plan::{Mix, PlanOptions, Profile};
use crate::stage::SEATS_PER_ROW;
use std::time::Duration;

/// Seats of an event unless asked for otherwise.
const SEATS: u32 = 50_000;
/// Most seats of an event that the service takes.
const SEATS_MAX: u32 = 200_000;
/// Most events of a run.
const EVENTS_MAX: usize = 1_024;
/// Most buyers: each has a token in memory.
const BUYERS_MAX: u32 = 1_000_000;
/// Longest run.
pub const DURATION_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// Seats that are opened for each booking request, so that most succeed: two and a half are asked for on average.
const SEATS_PER_BOOKING: f64 = 3.2;

/// Who comes, when, and what for.
#[derive(Clone, Debug, clap::Args)]
pub struct Traffic {
    /// Booking requests a second at the profile's height
    #[arg(long, default_value_t = 10_000)]
    pub tps: u32,
    /// How long they arrive, as in 60s or 2m
    #[arg(long, default_value = "60s", value_parser = humantime::parse_duration)]
    pub duration: Duration,
    /// How the rate moves over that time
    #[arg(long, value_enum, default_value = "steady")]
    pub profile: Profile,
    /// Events on sale [default: as many as it takes for most bookings to succeed]
    #[arg(long)]
    pub events: Option<usize>,
    /// Seats of each event, in rows of 100
    #[arg(long, default_value_t = SEATS)]
    pub seats: u32,
    /// Share of the traffic on the hottest event, 0 to 1; the others share the rest by Zipf [default: all alike]
    #[arg(long)]
    pub hot: Option<f64>,
    /// What is asked in which proportion: name=number,… of browse (looks for each booking), best and named (weights),
    /// pay, abandon, cancel and exchange (weights), retry (share that is sent again with the same key)
    #[arg(long, default_value_t)]
    pub mix: Mix,
    /// People who ask
    #[arg(long, default_value_t = 100_000)]
    pub buyers: u32,
    /// The same seed gives the same traffic
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

impl Traffic {
    /// What the plan is made from.
    ///
    /// # Errors
    /// The first option that makes no sense.
    pub fn plan(&self) -> Result<PlanOptions, OptionError> {
        let events = self.events.unwrap_or_else(|| self.events_needed());
        let Self { tps, duration, profile, seats, hot, ref mix, buyers, seed, .. } = *self;
        let plan = PlanOptions { tps, duration, profile, events, seats, hot, mix: mix.clone(), buyers, seed };
        check(&plan)?;
        Ok(plan)
    }

    /// A hot event that gets more than its seats cannot be helped by others.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "capped, and more than 0")]
    fn events_needed(&self) -> usize {
        let bookings = f64::from(self.tps) * self.duration.as_secs_f64();
        let events = (bookings * SEATS_PER_BOOKING / f64::from(self.seats)).ceil().max(8.0);
        (events as usize).min(EVENTS_MAX)
    }
}

/// Whether a plan can be made from these options, wherever they come from.
///
/// # Errors
/// The first that makes no sense.
pub fn check(plan: &PlanOptions) -> Result<(), OptionError> {
    within("tps", plan.tps, 1, 1_000_000)?;
    within("duration", plan.duration.as_secs(), 1, DURATION_MAX.as_secs())?;
    within("seats", plan.seats, SEATS_PER_ROW, SEATS_MAX)?;
    within("buyers", plan.buyers, 1, BUYERS_MAX)?;
    if !plan.seats.is_multiple_of(SEATS_PER_ROW) {
        return Err(wrong("seats", plan.seats, format!("a multiple of {SEATS_PER_ROW}")));
    }
    if let Some(hot) = plan.hot.filter(|hot| !(0.0..=1.0).contains(hot)) {
        return Err(wrong("hot", hot, "from 0 to 1".to_owned()));
    }
    within("events", plan.events, 1, EVENTS_MAX)
}
