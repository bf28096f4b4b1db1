//! Outcomes as an engine would number them, for tests of what reads outcomes.

use rowlock_engine::booking::{Allocation, Booking, Status};
use rowlock_engine::ids::{AreaId, BookingId, BuyerId, EventId, Offset, OutcomeNumber, PaymentId, SeatId, TimeMs};
use rowlock_engine::outcome::{BookingChange, BookingChangeKind, Change, Outcome, OutcomeBody};
use uuid::Uuid;

pub fn booking_id(n: u64) -> BookingId {
    BookingId(Uuid::from_u64_pair(0x0190_0000_0000_7000, n))
}

pub fn time_of(number: u64) -> TimeMs {
    TimeMs(1_700_000_000_000 + number * 10)
}

pub fn seats(ids: &[u32]) -> Allocation {
    Allocation::Seats(ids.iter().copied().map(SeatId).collect())
}

pub fn places(quantity: u32) -> Allocation {
    Allocation::Area { area: AreaId(2), quantity }
}

/// Booking `n`, of one of three buyers; every second has a payment, every third a holder.
pub fn booking(n: u64, allocation: Allocation, status: Status) -> Booking {
    Booking {
        id: booking_id(n),
        event: EventId(n % 5),
        buyer: BuyerId(u64::MAX - n % 3),
        holder: n.is_multiple_of(3).then(|| format!("Zoë \"{n}\"").into()),
        total_price: u64::from(allocation.quantity()) * 2_500,
        allocation,
        status,
        created_at: time_of(n),
        deadline: time_of(n + 60),
        payment: n.is_multiple_of(2).then(|| PaymentId(Uuid::from_u64_pair(9, n))),
    }
}

pub fn outcome(number: u64, body: OutcomeBody) -> Outcome {
    Outcome {
        number: OutcomeNumber(number),
        offset: Offset(number + 100),
        at: time_of(number),
        event: EventId(7),
        correlation: None,
        body,
        hash: number,
    }
}

pub fn changed(number: u64, kind: BookingChangeKind, booking: Booking) -> Outcome {
    let before = match kind {
        BookingChangeKind::Reserved => None,
        BookingChangeKind::Exchanged => Some(booking.status),
        BookingChangeKind::Cancelled => Some(Status::Completed),
        _ => Some(Status::PendingPayment),
    };
    let change = BookingChange { kind, booking, before, released: None };
    outcome(number, OutcomeBody::Done(Change::Booking(Box::new(change))))
}

pub fn reserved(number: u64, n: u64) -> Outcome {
    changed(number, BookingChangeKind::Reserved, booking(n, seats(&[1]), Status::PendingPayment))
}

pub fn confirmed(number: u64, n: u64, allocation: Allocation) -> Outcome {
    changed(number, BookingChangeKind::Confirmed, booking(n, allocation, Status::Completed))
}

pub fn exchanged(number: u64, n: u64, allocation: Allocation) -> Outcome {
    changed(number, BookingChangeKind::Exchanged, booking(n, allocation, Status::Completed))
}

pub fn cancelled(number: u64, n: u64) -> Outcome {
    changed(number, BookingChangeKind::Cancelled, booking(n, seats(&[]), Status::Cancelled))
}

/// Confirmed bookings `first..=last`, each by the outcome of its own number.
pub fn confirmations(first: u64, last: u64) -> Vec<Outcome> {
    (first..=last).map(|n| confirmed(n, n, seats(&[u32::try_from(n).unwrap()]))).collect()
}
