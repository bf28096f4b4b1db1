//! One file a command, the same verbs in each: `decide` reads the state and returns a decision or a
//! refusal; `commit` writes the decision and cannot fail.

pub(crate) mod amend_sale;
pub(crate) mod begin_payment;
pub(crate) mod block;
pub(crate) mod cancel;
pub(crate) mod close_sale;
pub(crate) mod confirm;
pub(crate) mod end_payment;
pub(crate) mod exchange;
pub(crate) mod extend;
pub(crate) mod open_sale;
pub(crate) mod reserve;
pub(crate) mod set_rules;
pub(crate) mod terms;
pub(crate) mod unblock;
pub(crate) mod wish;

use crate::booking::{Allocation, Status};
use crate::ids::{BookingId, BuyerId, EventId};
use crate::outcome::{BookingChange, BookingChangeKind, Change};
use crate::refusal::Refusal;
use crate::shard::{Entry, Event, Shard};

/// The event, or the refusal that says there is none.
fn find_event(shard: &Shard, event: EventId) -> Result<&Event, Refusal> {
    shard.event(event).ok_or(Refusal::UnknownEvent)
}

/// The buyer's own booking; somebody else's is as good as none.
fn find_booking(event: &Event, booking: BookingId, buyer: BuyerId) -> Result<&Entry, Refusal> {
    event.bookings.get(booking).filter(|entry| entry.buyer == buyer).ok_or(Refusal::UnknownBooking)
}

/// The refusal for a booking that is not a living hold, where one is needed.
fn not_pending(status: Status) -> Refusal {
    match status {
        Status::Expired => Refusal::HoldExpired,
        status => Refusal::WrongStatus { status },
    }
}

fn require_pending(entry: &Entry) -> Result<(), Refusal> {
    if entry.status == Status::PendingPayment { Ok(()) } else { Err(not_pending(entry.status)) }
}

/// A change of a booking, as an outcome carries it.
fn booking_change(
    kind: BookingChangeKind,
    before: Option<Status>,
    entry: &Entry,
    event: EventId,
    released: Option<Allocation>,
) -> Change {
    Change::Booking(Box::new(BookingChange { kind, booking: entry.view(event), before, released }))
}

/// Which booking of which event a decision is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub event: EventId,
    pub booking: BookingId,
}

impl Target {
    fn entry(self, shard: &mut Shard) -> &mut Entry {
        shard.event_mut(self.event).bookings.get_mut(self.booking).expect("decide saw the booking")
    }

    /// The answer to a command that asked for what already is; the event is not touched, so that no checkpoint carries it again.
    fn unchanged(self, shard: &Shard) -> Change {
        let event = shard.event(self.event).expect("decide saw the event");
        let entry = event.bookings.get(self.booking).expect("decide saw the booking");
        booking_change(BookingChangeKind::Unchanged, Some(entry.status), entry, self.event, None)
    }
}
