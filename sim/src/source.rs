//! Where the buyers of a run come from: a plan of its own, or the trace of another.

use crate::options::{OptionError, Options, within};
use crate::plan::{Arrival, Plan, PlanOptions};
use crate::trace::{Header, Replay, Trace, TraceError};
use crate::traffic::DURATION_MAX;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long seats are held unless somebody pays.
pub const HOLD: Duration = Duration::from_secs(600);

/// Who comes, and what that takes.
pub struct Source {
    /// What the traffic is made with; its rate and duration are those of the run.
    pub plan: PlanOptions,
    /// How long seats are held unless somebody pays.
    pub hold: Duration,
    /// Booking requests in all, give or take one.
    pub planned: u64,
    /// What is replayed, if anything is.
    pub replayed: Option<Replayed>,
    /// The arrivals, in the order of their times.
    pub arrivals: Arrivals,
}

/// What a run replays.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The trace.
    pub path: PathBuf,
    /// How much faster than recorded.
    pub speed: f64,
    /// What it was recorded with.
    pub recorded: Header,
}

/// Arrivals of either kind.
pub enum Arrivals {
    /// Made on the way.
    Plan(Box<Plan>),
    /// Read on the way.
    Replay(Box<Replay>),
}

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// An option makes no sense.
    #[error("{0}")]
    Option(#[from] OptionError),
    /// The trace cannot be used.
    #[error("{0}")]
    Trace(#[from] TraceError),
}

impl Source {
    /// What `options` ask for.
    ///
    /// # Errors
    /// `SourceError`.
    pub fn of(options: &Options) -> Result<Self, SourceError> {
        let plan = options.plan()?;
        if let Some(trace) = &options.trace {
            return Self::replay(trace, options.speed);
        }
        let arrivals = Plan::new(plan.clone());
        let planned = arrivals.bookings();
        Ok(Self { plan, hold: HOLD, planned, replayed: None, arrivals: Arrivals::Plan(Box::new(arrivals)) })
    }

    fn replay(path: &Path, speed: f64) -> Result<Self, SourceError> {
        within("speed", speed, 0.01, 100.0)?;
        let trace = Trace::open(path)?;
        let (recorded, planned) = (trace.header.clone(), trace.bookings);
        let mut plan = recorded.plan.clone();
        plan.duration = plan.duration.div_f64(speed);
        plan.tps = (f64::from(plan.tps) * speed).round() as u32;
        // A slow replay of a long trace would take days.
        within("duration", plan.duration.as_secs(), 0, DURATION_MAX.as_secs())?;
        let hold = recorded.hold;
        let replayed = Some(Replayed { path: path.to_owned(), speed, recorded });
        Ok(Self { plan, hold, planned, replayed, arrivals: Arrivals::Replay(Box::new(trace.replay(speed)?)) })
    }
}

impl Arrivals {
    /// Why they ended before their end, if they did.
    ///
    /// # Errors
    /// What is wrong with the trace.
    pub fn ended(self) -> Result<(), TraceError> {
        match self {
            Self::Plan(_) => Ok(()),
            Self::Replay(mut replay) => replay.problem().map_or(Ok(()), Err),
        }
    }
}

impl Iterator for Arrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        match self {
            Self::Plan(plan) => plan.next(),
            Self::Replay(replay) => replay.next(),
        }
    }
}
