//! What clients were told, for the checker that judges capacity runs as well: its journal sees answers, and nothing else.

use super::oracle::{Oracle, TOLD, Violation};
use super::world::Call;
use crate::checker::Journal;
use rowlock_engine::booking::Allocation;
use rowlock_engine::ids::{BookingId, EventId, SeatId, TimeMs};
use rowlock_engine::outcome::{BookingChange, BookingChangeKind as Kind, Change, Outcome, OutcomeBody};
use rowlock_engine::shard::{Event, Shard};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The journal of one partition's clients.
struct Clients<'a> {
    journal: Journal,
    calls: &'a BTreeMap<u32, Call>,
    /// Bookings of which something happened that nobody was told.
    doubted: BTreeSet<(EventId, BookingId)>,
    /// How often a booking's id was given: a day later it is forgotten.
    known: BTreeMap<(EventId, BookingId), u32>,
}

/// Holds the answers that clients had, in the order of their outcomes, against each other, and what is left against them.
///
/// # Errors
/// What cannot be true together.
pub fn check(oracle: &Oracle, calls: &BTreeMap<u32, Call>, events: u64, shard: &Shard) -> Result<(), Violation> {
    let events = usize::try_from(events).expect("events are few");
    let positions = shard.events().map(|event| event.seat_map().positions()).max().unwrap_or(0);
    let mut clients = Clients {
        journal: Journal::with_set_clock(events + 2, positions),
        calls,
        doubted: BTreeSet::new(),
        known: BTreeMap::new(),
    };
    oracle.outcomes().iter().for_each(|outcome| clients.doubt(outcome));
    oracle.outcomes().iter().for_each(|outcome| clients.hear(outcome));
    shard.events().for_each(|event| clients.look(event));
    let violations = clients.journal.violations();
    violations.first().map_or(Ok(()), |violation| Err(Violation::new(TOLD, violation.what.clone())))
}

impl Clients<'_> {
    /// Whether it was told to whoever asked.
    fn was_told(&self, outcome: &Outcome) -> bool {
        let call = outcome.correlation.and_then(|correlation| u32::try_from(correlation.0).ok());
        call.and_then(|call| self.calls.get(&call)).is_some_and(|call| call.told == Some(outcome.number.0))
    }

    fn doubt(&mut self, outcome: &Outcome) {
        let Some(change) = change(outcome) else { return };
        if change.kind != Kind::Expired && !self.was_told(outcome) {
            self.doubted.insert((outcome.event, change.booking.id));
            self.journal.asked(index(outcome.event));
            self.journal.answered(index(outcome.event), false);
        }
    }

    fn hear(&mut self, outcome: &Outcome) {
        self.journal.set_clock(time(outcome.at));
        let Some(change) = change(outcome) else { return };
        if change.kind == Kind::Reserved {
            *self.known.entry((outcome.event, change.booking.id)).or_default() += 1;
        }
        if !self.was_told(outcome) {
            return;
        }
        let (key, seats, ends_at) =
            ((outcome.event, change.booking.id), positions(&change.booking.allocation), time(change.booking.deadline));
        if change.kind == Kind::Reserved {
            let buyer = u32::try_from(change.booking.buyer.0).expect("buyers are few");
            self.journal.booked_until(index(outcome.event), buyer, &self.name(key), seats, ends_at);
        } else {
            self.changed(&self.name(key), change, seats, ends_at);
        }
        if self.doubted.contains(&key) {
            self.journal.leaving(&self.name(key));
        }
    }

    fn changed(&mut self, name: &str, change: &BookingChange, seats: Vec<u32>, ends_at: Duration) {
        match change.kind {
            Kind::Extended | Kind::PaymentBegun | Kind::PaymentEnded => self.journal.ends_at(name, ends_at),
            Kind::Confirmed => {
                // Paid late, it has its seats again.
                self.journal.moved(name, seats);
                self.journal.paid(name);
            }
            Kind::Exchanged => self.journal.moved(name, seats),
            Kind::Cancelled => self.journal.gone(name),
            Kind::Reserved | Kind::Unchanged | Kind::Expired | Kind::Failed => {}
        }
    }

    /// What everybody can see at the end.
    fn look(&mut self, event: &Event) {
        let number = u32::try_from(index(event.id())).expect("events are few");
        for seat in (0..event.seat_map().positions()).map(SeatId) {
            if event.seat_map().exists(seat) {
                self.journal.seat_shown((number, seat.0), event.seats().state(seat).as_str());
            }
        }
        let shown: BTreeMap<_, _> =
            event.bookings().map(|booking| (self.name((event.id(), booking.id)), booking)).collect();
        for told in self.journal.bookings().to_vec() {
            if let Some(booking) = shown.get(&*told.id) {
                self.journal.shown(&told, booking.status.as_str(), positions(&booking.allocation));
            }
        }
    }

    /// Ids that were forgotten may be given again.
    fn name(&self, key: (EventId, BookingId)) -> String {
        format!("{}/{}/{}", key.0, key.1, self.known.get(&key).copied().unwrap_or(0))
    }
}

fn change(outcome: &Outcome) -> Option<&BookingChange> {
    match &outcome.body {
        OutcomeBody::Done(Change::Booking(change)) => Some(change),
        _ => None,
    }
}

fn index(event: EventId) -> usize {
    usize::try_from(event.0).expect("events are few")
}

/// Places of an area have none.
fn positions(allocation: &Allocation) -> Vec<u32> {
    match allocation {
        Allocation::Seats(seats) => seats.iter().map(|seat| seat.0).collect(),
        Allocation::Area { .. } => Vec::new(),
    }
}

fn time(at: TimeMs) -> Duration {
    Duration::from_millis(at.0)
}
