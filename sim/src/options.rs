//! What can be asked for on the command line, and what of it makes no sense.

use crate::plan::{Mix, PlanOptions, Profile};
use crate::slo::Slo;
use crate::stage::SEATS_PER_ROW;
use clap::Parser;
use std::path::PathBuf;
use std::time::Duration;

/// Seats of an event unless asked for otherwise.
const SEATS: u32 = 50_000;
/// Most seats of an event that the service takes.
const SEATS_MAX: u32 = 200_000;
/// Most events of a run.
const EVENTS_MAX: usize = 1_024;
/// Most buyers: each has a token in memory.
const BUYERS_MAX: u32 = 1_000_000;
/// Seats that are opened for each booking request, so that most succeed: two and a half are asked for on average.
const SEATS_PER_BOOKING: f64 = 3.2;

/// What a capacity run is made of.
#[derive(Clone, Debug, Parser)]
#[command(name = "sim")]
pub struct Options {
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
    /// Connections; as many requests can be under way
    #[arg(long, default_value_t = 512)]
    pub connections: usize,
    /// What must be met, as in p99=25ms,errors=0
    #[arg(long, default_value_t)]
    pub slo: Slo,
    /// A running service, http://host:port, instead of a child of this one's own
    #[arg(long, requires = "jwt_secret")]
    pub target: Option<String>,
    /// What the target signs its tokens with
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<String>,
    /// The `rowlock` binary for the child [default: the one beside this one]
    #[arg(long)]
    pub service: Option<PathBuf>,
    /// Directory for report.json
    #[arg(long, default_value = ".")]
    pub report: PathBuf,
}

/// An option that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--{name} {value}: must be {must}")]
pub struct OptionError {
    name: &'static str,
    value: String,
    must: String,
}

impl Options {
    /// What the plan is made from.
    ///
    /// # Errors
    /// The first option that makes no sense.
    pub fn plan(&self) -> Result<PlanOptions, OptionError> {
        within("tps", self.tps, 1, 1_000_000)?;
        within("duration", self.duration.as_secs(), 1, 24 * 60 * 60)?;
        within("seats", self.seats, SEATS_PER_ROW, SEATS_MAX)?;
        within("buyers", self.buyers, 1, BUYERS_MAX)?;
        within("connections", self.connections, 1, 16_384)?;
        if !self.seats.is_multiple_of(SEATS_PER_ROW) {
            return Err(wrong("seats", self.seats, format!("a multiple of {SEATS_PER_ROW}")));
        }
        if let Some(hot) = self.hot.filter(|hot| !(0.0..=1.0).contains(hot)) {
            return Err(wrong("hot", hot, "from 0 to 1".to_owned()));
        }
        let events = self.events.unwrap_or_else(|| self.events_needed());
        within("events", events, 1, EVENTS_MAX)?;
        let Self { tps, duration, profile, seats, hot, ref mix, buyers, seed, .. } = *self;
        Ok(PlanOptions { tps, duration, profile, events, seats, hot, mix: mix.clone(), buyers, seed })
    }

    /// A hot event that gets more than its seats cannot be helped by others.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "capped, and more than 0")]
    fn events_needed(&self) -> usize {
        let bookings = f64::from(self.tps) * self.duration.as_secs_f64();
        let events = (bookings * SEATS_PER_BOOKING / f64::from(self.seats)).ceil().max(8.0);
        (events as usize).min(EVENTS_MAX)
    }
}

fn within<T: PartialOrd + ToString + Copy>(name: &'static str, value: T, least: T, most: T) -> Result<(), OptionError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(wrong(name, value, format!("from {} to {}", least.to_string(), most.to_string())))
}

fn wrong(name: &'static str, value: impl ToString, must: String) -> OptionError {
    OptionError { name, value: value.to_string(), must }
}

#[cfg(test)]
mod tests {
    use super::Options;
    use clap::Parser;

    fn problem(arguments: &[&str]) -> String {
        let options = Options::try_parse_from(["sim"].iter().chain(arguments)).unwrap();
        options.plan().map_or_else(|error| error.to_string(), |plan| format!("{} events", plan.events))
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (arguments, expected) in [
            (&[][..], "39 events"),
            (&["--tps", "100"], "8 events"),
            (&["--tps", "0"], "--tps 0: must be from 1 to 1000000"),
            (&["--duration", "10ms"], "--duration 0: must be from 1 to 86400"),
            (&["--seats", "150"], "--seats 150: must be a multiple of 100"),
            (&["--seats", "300000"], "--seats 300000: must be from 100 to 200000"),
            (&["--hot", "1.5"], "--hot 1.5: must be from 0 to 1"),
            (&["--events", "0"], "--events 0: must be from 1 to 1024"),
            (&["--buyers", "0"], "--buyers 0: must be from 1 to 1000000"),
        ] {
            assert_eq!(problem(arguments), expected, "{arguments:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for arguments in [
            &["--tps", "many"][..],
            &["--duration", "60"],
            &["--profile", "flat"],
            &["--mix", "steal=1"],
            &["--slo", "p98=1s"],
            &["--target", "http://127.0.0.1:1"],
        ] {
            assert!(Options::try_parse_from(["sim"].iter().chain(arguments)).is_err(), "{arguments:?}");
        }
    }
}
