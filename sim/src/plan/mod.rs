//! What is going to be asked, by whom and when: made from the options and the seed alone, before anybody answers.

mod mix;
mod popularity;
mod profile;

pub use mix::{Mix, MixError};
pub use profile::Profile;

use popularity::Popularity;
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::ops::Range;
use std::time::Duration;

/// Milliseconds that a buyer thinks before paying, cancelling or exchanging.
const THINKING_MS: Range<u64> = 50..2_000;
/// Tickets of one booking; two most often.
const QUANTITIES: [u8; 8] = [1, 2, 2, 2, 2, 3, 4, 4];

/// How much is asked, of what, and in which way.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanOptions {
    /// Booking requests a second at the profile's height.
    pub tps: u32,
    /// How long booking requests arrive.
    pub duration: Duration,
    /// How the rate moves over that time.
    pub profile: Profile,
    /// How many events there are.
    pub events: usize,
    /// Seats of each event.
    pub seats: u32,
    /// Share of the requests that the first event gets; `None` treats all alike.
    pub hot: Option<f64>,
    /// What is asked in which proportion.
    pub mix: Mix,
    /// How many people ask.
    pub buyers: u32,
    /// The same seed gives the same plan.
    pub seed: u64,
}

/// One person who wants something.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// Since the beginning of the run.
    pub at: Duration,
    /// From 0.
    pub buyer: u32,
    /// From 0.
    pub event: usize,
    /// What they want.
    pub intent: Intent,
}

/// What somebody wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// To look at an event.
    Browse,
    /// To have seats.
    Book {
        /// Which.
        wish: Wish,
        /// Whether the request is sent once more with the same key after its answer.
        retry: bool,
        /// What they do once they have them.
        fate: Fate,
        /// After how long.
        thinking: Duration,
    },
}

/// Which seats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wish {
    /// As many of the best as this.
    Best(u8),
    /// Side by side, from this position of the event on.
    Named {
        /// The first position, from 0.
        first: u32,
        /// How many.
        quantity: u8,
    },
}

/// What becomes of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is paid for.
    Pay,
    /// Nobody comes back; it expires.
    Abandon,
    /// The seats are given back.
    Cancel,
    /// It becomes other seats, and is paid for.
    Exchange,
}

/// The arrivals of a run in the order of their times.
pub struct Plan {
    options: PlanOptions,
    popularity: Popularity,
    random: ChaCha8Rng,
    tick: u64,
    /// Bookings and looks that are due but less than one.
    owed: [f64; 2],
    /// Of the current tick, the last first.
    ready: Vec<Arrival>,
}

impl Plan {
    /// The plan of these options.
    #[must_use]
    pub fn new(options: PlanOptions) -> Self {
        let popularity = Popularity::new(options.events, options.hot);
        let random = ChaCha8Rng::seed_from_u64(options.seed);
        Self { options, popularity, random, tick: 0, owed: [0.0; 2], ready: Vec::new() }
    }

    /// Booking requests that the plan has in all, give or take one.
    #[must_use]
    pub fn bookings(&self) -> u64 {
        let PlanOptions { profile, tps, duration, .. } = self.options;
        (0..ticks(duration)).map(|tick| profile.arrivals(tps, duration, tick)).sum::<f64>().round() as u64
    }

    fn fill(&mut self) {
        let PlanOptions { profile, tps, duration, ref mix, .. } = self.options;
        let bookings = profile.arrivals(tps, duration, self.tick);
        let due = [bookings, bookings * mix.browse];
        for (kind, due) in due.into_iter().enumerate() {
            self.owed[kind] += due;
            while self.owed[kind] >= 1.0 {
                self.owed[kind] -= 1.0;
                let intent = if kind == 0 { self.book() } else { Intent::Browse };
                let arrival = self.arrival(intent);
                self.ready.push(arrival);
            }
        }
        self.ready.sort_by_key(|arrival| std::cmp::Reverse(arrival.at));
        self.tick += 1;
    }

    fn arrival(&mut self, intent: Intent) -> Arrival {
        let at = Duration::from_millis(self.tick) + Duration::from_micros(self.random.random_range(0..1_000));
        let buyer = self.random.random_range(0..self.options.buyers);
        let event = self.popularity.pick(&mut self.random);
        Arrival { at, buyer, event, intent }
    }

    fn book(&mut self) -> Intent {
        let (random, mix) = (&mut self.random, &self.options.mix);
        let quantity = QUANTITIES[random.random_range(0..QUANTITIES.len())];
        let wish = if mix.is_named(random) {
            let first = random.random_range(0..self.options.seats.saturating_sub(u32::from(quantity)).max(1));
            Wish::Named { first, quantity }
        } else {
            Wish::Best(quantity)
        };
        let (retry, fate) = (mix.is_retried(random), mix.fate(random));
        Intent::Book { wish, retry, fate, thinking: Duration::from_millis(random.random_range(THINKING_MS)) }
    }
}

fn ticks(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Iterator for Plan {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        while self.ready.is_empty() && self.tick < ticks(self.options.duration) {
            self.fill();
        }
        self.ready.pop()
    }
}

#[cfg(test)]
mod tests;
