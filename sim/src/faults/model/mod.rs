//! A partition as the documentation describes it: plain maps, every deadline looked at each time, no code of the shard.
//! It is told every durable record with its outcomes, and says what is wrong with them.

mod bookings;
mod choice;
mod hall;
mod judge;
mod sales;
mod state;

use hall::{Holder, Sale};
use rowlock_engine::booking::{Allocation, Booking, Status};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, TimeMs};
use rowlock_engine::outcome::Answer;
use std::collections::BTreeMap;

/// How long a refused request is remembered at least.
const REFUSED_KEPT_MS: u64 = 10 * 60 * 1000;
/// How long an accepted one is.
const ACCEPTED_KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// A booking and what its outcomes do not show.
#[derive(Clone, Debug)]
struct Kept {
    booking: Booking,
    hold_ms: u64,
    hold_deadline: TimeMs,
}

/// The first answer to a request.
#[derive(Clone, Debug)]
struct First {
    fingerprint: u64,
    at: TimeMs,
    answer: Answer,
    /// The booking that it made.
    made: Option<(EventId, BookingId)>,
}

/// One partition.
#[derive(Clone, Debug, Default)]
pub struct Model {
    now: TimeMs,
    sales: BTreeMap<EventId, Sale>,
    bookings: BTreeMap<(EventId, BookingId), Kept>,
    requests: BTreeMap<u128, First>,
}

impl Model {
    /// Living holds and sold bookings of all events.
    pub fn living(&self) -> impl Iterator<Item = &Booking> {
        self.bookings.values().map(|kept| &kept.booking).filter(|booking| is_living(booking.status))
    }

    /// Tickets that a buyer has in an event.
    fn tickets(&self, event: EventId, buyer: BuyerId) -> u32 {
        let theirs = self.living().filter(|booking| booking.event == event && booking.buyer == buyer);
        theirs.map(|booking| booking.allocation.quantity()).sum()
    }

    /// Places of an area that are free, those of booking `own` included.
    fn free_places(&self, event: EventId, area: u16, own: Option<BookingId>) -> u32 {
        let capacity = self.sales[&event].spec.areas[usize::from(area)].capacity;
        let others = self.living().filter(|booking| booking.event == event && Some(booking.id) != own);
        let taken = others.map(|booking| match &booking.allocation {
            Allocation::Area { area: found, quantity } if found.0 == area => *quantity,
            _ => 0,
        });
        capacity - taken.sum::<u32>()
    }

    /// Whether an ended booking is old enough to be known no more.
    fn may_be_forgotten(&self, key: (EventId, BookingId)) -> bool {
        self.bookings.get(&key).is_none_or(|kept| {
            !is_living(kept.booking.status) && kept.booking.created_at.plus_ms(ACCEPTED_KEPT_MS) <= self.now
        })
    }
}

fn is_living(status: Status) -> bool {
    matches!(status, Status::PendingPayment | Status::Completed)
}
