//! Asks for seats: a hold until the deadline, or a refusal.

use super::terms::invalid;
use super::{booking_change, find_event, wish};
use crate::booking::{Booking, Status};
use crate::command::Reserve;
use crate::ids::{EventId, RequestId};
use crate::limits::{BOOKINGS_PER_PARTITION_MAX, HOLD_MS_MAX, HOLD_MS_MIN, HOLDER_BYTES_MAX};
use crate::outcome::{BookingChangeKind, Change};
use crate::refusal::Refusal;
use crate::seat_map::SeatState;
use crate::shard::{Entry, Event, Shard};

pub(crate) struct Decision {
    event: EventId,
    entry: Entry,
}

pub(crate) fn decide(
    shard: &Shard,
    event: EventId,
    request: Option<RequestId>,
    reserve: Reserve,
) -> Result<Decision, Refusal> {
    let found = find_event(shard, event)?;
    if found.bookings.get(reserve.booking).is_some() {
        return Err(Refusal::BookingExists);
    }
    let hold_ms = check_hold(found, &reserve)?;
    wish::check(found, &reserve.wish)?;
    check_on_sale(shard, found)?;
    wish::check_limits(found, reserve.buyer, wish::quantity(&reserve.wish), 0)?;
    let allocation = wish::choose(found, &found.seats, &reserve.wish)?;
    if shard.bookings_total() >= BOOKINGS_PER_PARTITION_MAX {
        return Err(Refusal::TooManyBookings);
    }
    let booking = Booking {
        id: reserve.booking,
        event,
        buyer: reserve.buyer,
        holder: reserve.holder,
        total_price: found.price(&allocation),
        allocation,
        status: Status::PendingPayment,
        created_at: shard.now(),
        deadline: shard.now().plus_ms(hold_ms.into()),
        payment: None,
    };
    Ok(Decision { event, entry: Entry::held(booking, hold_ms, request) })
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    let Decision { event: id, entry } = decision;
    let change = booking_change(BookingChangeKind::Reserved, None, &entry, id, None);
    let event = shard.event_mut(id);
    event.move_allocation(&entry.allocation, SeatState::Available, SeatState::Held);
    event.add_tickets(entry.buyer, entry.allocation.quantity());
    shard.add_hold(id, entry);
    change
}

/// How long the hold will last, in milliseconds.
fn check_hold(event: &Event, reserve: &Reserve) -> Result<u32, Refusal> {
    if reserve.holder.as_ref().is_some_and(|holder| holder.len() > HOLDER_BYTES_MAX) {
        return Err(invalid("holder", format!("must be at most {HOLDER_BYTES_MAX} bytes")));
    }
    let hold_ms = reserve.hold_ms.unwrap_or(event.terms.hold_ms);
    if !(HOLD_MS_MIN..=HOLD_MS_MAX).contains(&hold_ms) {
        return Err(invalid("hold_ms", format!("must be {HOLD_MS_MIN} to {HOLD_MS_MAX}")));
    }
    Ok(u32::try_from(hold_ms).expect("HOLD_MS_MAX fits"))
}

/// Refuses what comes before the sale or after it.
pub(crate) fn check_on_sale(shard: &Shard, event: &Event) -> Result<(), Refusal> {
    if event.closed {
        return Err(Refusal::NotOnSale { opens_at: None });
    }
    match event.terms.opens_at {
        Some(opens_at) if shard.now() < opens_at => Err(Refusal::NotOnSale { opens_at: Some(opens_at) }),
        _ => Ok(()),
    }
}
