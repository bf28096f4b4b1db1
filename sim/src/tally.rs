//! What was answered, how fast: counted while the run goes on.

use crate::client::{Response, Unanswered};
use hdrhistogram::Histogram;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Longest latency that is told apart, in microseconds: a minute.
const LATENCY_MAX_US: u64 = 60_000_000;
/// What a problem without a code is counted as.
const NO_CODE: &str = "without a code";

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Seats: a transaction.
    Book,
    /// The same again, with the same key.
    Retry,
    /// A look at an event.
    Browse,
    /// A payment.
    Pay,
    /// Seats given back.
    Cancel,
    /// Seats for other seats.
    Exchange,
}

/// All kinds, and their names in reports.
pub const KINDS: [(Kind, &str); 6] = [
    (Kind::Book, "book"),
    (Kind::Retry, "retry"),
    (Kind::Browse, "browse"),
    (Kind::Pay, "pay"),
    (Kind::Cancel, "cancel"),
    (Kind::Exchange, "exchange"),
];

/// What became of the requests of one kind.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Sent.
    pub sent: u64,
    /// 2xx.
    pub done: u64,
    /// An answer that says no: 4xx, by code.
    pub refused: BTreeMap<String, u64>,
    /// Refused for load, with Retry-After: 429 and 503 `overloaded`.
    pub shed: u64,
    /// Anything else, by what it was: never right.
    pub errors: BTreeMap<String, u64>,
    /// Microseconds from the instant that the plan had for it until it was done or refused.
    pub latency_us: Histogram<u64>,
}

/// How soon a request was refused for load: under load, it may first wait in the client for a connection.
pub struct Shed {
    /// Microseconds from the instant that the plan had for it.
    pub since_due_us: Histogram<u64>,
    /// Microseconds from when a connection had it.
    pub since_sent_us: Histogram<u64>,
}

/// What happened in one second of the run.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// Booking requests that were due.
    pub due: u64,
    /// Bookings that were answered with 201.
    pub booked: u64,
    /// Booking requests that were answered with a refusal.
    pub refused: u64,
    /// Booking requests that were refused for load.
    pub shed: u64,
    /// Percentiles 50, 99 and 99.9 of the bookings' latency in this second, in microseconds.
    pub latency_us: [u64; 3],
    /// Seats of all events at its end: sold, held and free, as far as clients were told.
    pub seats: [u64; 3],
    /// Resident memory of the service at its end, in bytes.
    pub resident: Option<u64>,
}

/// Everything that is counted.
pub struct Tally {
    counted: [Counted; KINDS.len()],
    seconds: Vec<Second>,
    second: Second,
    second_latency_us: Histogram<u64>,
    /// How soon requests of every kind were refused for load.
    pub shed: Shed,
    /// Microseconds between the instant that the plan had for an arrival and the one when the client came to it.
    pub late_us: Histogram<u64>,
    /// Until when an answer to a booking request counts as carried; always if `None`.
    pub in_time_until: Option<Instant>,
    /// Booking requests that were answered in time, with seats or a refusal.
    pub carried: u64,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LATENCY_MAX_US, 3).expect("the bounds are valid")
}

fn micros_of(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

impl Default for Tally {
    fn default() -> Self {
        let counted = || Counted {
            sent: 0,
            done: 0,
            refused: BTreeMap::new(),
            shed: 0,
            errors: BTreeMap::new(),
            latency_us: histogram(),
        };
        Self {
            counted: std::array::from_fn(|_| counted()),
            seconds: Vec::new(),
            second: Second::default(),
            second_latency_us: histogram(),
            shed: Shed { since_due_us: histogram(), since_sent_us: histogram() },
            late_us: histogram(),
            in_time_until: None,
            carried: 0,
        }
    }
}

impl Tally {
    /// What became of the requests of `kind`.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &Counted {
        &self.counted[kind as usize]
    }

    /// The seconds that have passed.
    #[must_use]
    pub fn seconds(&self) -> &[Second] {
        &self.seconds
    }

    /// A request of `kind` is due.
    pub fn due(&mut self, kind: Kind) {
        self.counted[kind as usize].sent += 1;
        if kind == Kind::Book {
            self.second.due += 1;
        }
    }

    /// A request of `kind` was answered, or will never be, `took` after it was due.
    pub fn count(&mut self, kind: Kind, took: Duration, answer: &Result<Response, Unanswered>) {
        let counted = &mut self.counted[kind as usize];
        let micros = micros_of(took);
        let fate = match answer {
            Ok(response) => counted.answered(response),
            Err(unanswered) => {
                *counted.errors.entry(unanswered.to_string()).or_default() += 1;
                Fate::Error
            }
        };
        if fate == Fate::Done || fate == Fate::Refused {
            counted.latency_us.saturating_record(micros);
        }
        if let (Fate::Shed, Ok(response)) = (fate, answer) {
            self.shed.since_due_us.saturating_record(micros);
            self.shed.since_sent_us.saturating_record(micros_of(response.took));
        }
        if kind == Kind::Book {
            let is_in_time = self.in_time_until.is_none_or(|until| Instant::now() <= until);
            self.carried += u64::from(is_in_time && matches!(fate, Fate::Done | Fate::Refused));
            self.second.count(fate);
            self.second_latency_us.saturating_record(micros);
        }
    }

    /// A second is over; gives back what it had.
    pub fn end_second(&mut self, seats: [u64; 3], resident: Option<u64>) -> &Second {
        let latency_us = [0.5, 0.99, 0.999].map(|quantile| self.second_latency_us.value_at_quantile(quantile));
        self.second_latency_us.reset();
        let second = Second { latency_us, seats, resident, ..std::mem::take(&mut self.second) };
        self.seconds.push(second);
        self.seconds.last().expect("one was just pushed")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    Refused,
    Shed,
    Error,
}

impl Counted {
    fn answered(&mut self, response: &Response) -> Fate {
        if response.is_success() {
            self.done += 1;
            return Fate::Done;
        }
        let code = response.json::<Problem>().map_or_else(|_| NO_CODE.to_owned(), |problem| problem.code);
        if matches!(response.status, 429 | 503)
            && response.has_retry_after
            && matches!(code.as_str(), "overloaded" | "rate_limited")
        {
            self.shed += 1;
            return Fate::Shed;
        }
        // What a buyer did wrong would be the simulator's mistake.
        let is_answer = matches!(response.status, 402 | 409);
        let (codes, fate) =
            if is_answer { (&mut self.refused, Fate::Refused) } else { (&mut self.errors, Fate::Error) };
        let name = if is_answer { code } else { format!("{} {code}", response.status) };
        *codes.entry(name).or_default() += 1;
        fate
    }
}

impl Second {
    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Done => self.booked += 1,
            Fate::Refused => self.refused += 1,
            Fate::Shed => self.shed += 1,
            Fate::Error => {}
        }
    }
}
