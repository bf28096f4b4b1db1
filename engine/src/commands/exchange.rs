//! New seats for the old ones, all or nothing.

use super::reserve::check_on_sale;
use super::{Target, booking_change, find_booking, find_event, not_pending, wish};
use crate::booking::{Allocation, Status};
use crate::command::Exchange;
use crate::ids::EventId;
use crate::outcome::{BookingChangeKind, Change};
use crate::refusal::Refusal;
use crate::seat_map::{SeatState, Seats};
use crate::shard::{Entry, Event, Shard};

pub(crate) struct Decision {
    target: Target,
    old: Allocation,
    new: Allocation,
    total_price: u64,
    /// The state of the booking's seats, before and after: held or sold.
    state: SeatState,
}

pub(crate) fn decide(shard: &Shard, event: EventId, exchange: &Exchange) -> Result<Decision, Refusal> {
    let found = find_event(shard, event)?;
    let entry = find_booking(found, exchange.booking, exchange.buyer)?;
    wish::check(found, &exchange.wish)?;
    check_on_sale(shard, found)?;
    wish::check_limits(found, entry.buyer, wish::quantity(&exchange.wish), counted(found, entry))?;
    let state = match entry.status {
        Status::PendingPayment if entry.payment.is_some() => return Err(Refusal::PaymentUnderWay),
        Status::PendingPayment => SeatState::Held,
        Status::Completed => SeatState::Sold,
        status => return Err(not_pending(status)),
    };
    let new = wish::choose(found, &without(found, entry, state), &exchange.wish)?;
    let total_price = found.price(&new);
    if entry.status == Status::Completed && total_price != entry.total_price {
        return Err(Refusal::PriceDiffers { paid: entry.total_price, asked: total_price });
    }
    let target = Target { event, booking: exchange.booking };
    Ok(Decision { target, old: entry.allocation.clone(), new, total_price, state })
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    let Decision { target, old, new, total_price, state } = decision;
    let event = shard.event_mut(target.event);
    event.move_allocation(&old, state, SeatState::Available);
    event.move_allocation(&new, SeatState::Available, state);
    let entry = event.bookings.get_mut(target.booking).expect("decide saw the booking");
    entry.exchange(new.clone(), total_price);
    let (buyer, change) = (
        entry.buyer,
        booking_change(BookingChangeKind::Exchanged, Some(entry.status), entry, target.event, Some(old.clone())),
    );
    event.add_tickets(buyer, new.quantity());
    event.remove_tickets(buyer, old.quantity());
    change
}

/// The booking's own tickets among those that the limit counts.
fn counted(event: &Event, entry: &Entry) -> u32 {
    if entry.status.is_living() { entry.allocation.quantity().min(event.tickets_of(entry.buyer)) } else { 0 }
}

/// The event's seats as if the booking had none: the old seats count as free.
fn without(event: &Event, entry: &Entry, state: SeatState) -> Seats {
    let mut seats = event.seats.clone();
    match &entry.allocation {
        Allocation::Seats(old) => old.iter().for_each(|seat| {
            seats.set(&event.map, *seat, SeatState::Available);
        }),
        Allocation::Area { area, quantity } => seats.move_area(*area, state, SeatState::Available, *quantity),
    }
    seats
}
