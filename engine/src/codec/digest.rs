//! What a partition's running hash covers: all of an outcome but its hash.
//!
//! Bookings, which are nearly all there is, go in field by field: as a record they took a quarter of an apply. Whatever else stands in
//! an outcome goes in as its record. A field that is added has to be added here: leaving one out does not compile.

use super::booking::{kind_to_wire, status_to_wire};
use super::outcome::encode_without_hash;
use crate::booking::{Allocation, Booking};
use crate::outcome::{BookingChange, Change, Outcome, OutcomeBody};

/// Writes into `buffer` what the running hash covers of `outcome`; no two outcomes write the same.
pub(crate) fn digest(outcome: &Outcome, buffer: &mut Vec<u8>) {
    buffer.clear();
    let Outcome { number, offset, at, event, correlation, body, hash: _ } = outcome;
    let OutcomeBody::Done(Change::Booking(change)) = body else {
        buffer.push(0);
        return encode_without_hash(outcome, buffer);
    };
    buffer.push(1);
    for value in [number.0, offset.0, at.0, event.0] {
        put(buffer, value);
    }
    put_option(buffer, correlation.map(|correlation| correlation.0.into()));
    put_change(buffer, change);
}

fn put_change(buffer: &mut Vec<u8>, change: &BookingChange) {
    let BookingChange { kind, booking, before, released } = change;
    put(buffer, kind_to_wire(*kind) as u64);
    put_option(buffer, before.map(|status| status_to_wire(status) as u128));
    put_booking(buffer, booking);
    buffer.push(u8::from(released.is_some()));
    if let Some(released) = released {
        put_allocation(buffer, released);
    }
}

fn put_booking(buffer: &mut Vec<u8>, booking: &Booking) {
    let Booking { id, event, buyer, holder, allocation, total_price, status, created_at, deadline, payment } = booking;
    buffer.extend_from_slice(id.0.as_bytes());
    for value in [event.0, buyer.0, *total_price, status_to_wire(*status) as u64, created_at.0, deadline.0] {
        put(buffer, value);
    }
    put_option(buffer, payment.map(|payment| payment.0.as_u128()));
    put_allocation(buffer, allocation);
    put_option(buffer, holder.as_ref().map(|holder| holder.len() as u128));
    buffer.extend_from_slice(holder.as_deref().unwrap_or_default().as_bytes());
}

fn put_allocation(buffer: &mut Vec<u8>, allocation: &Allocation) {
    match allocation {
        Allocation::Seats(seats) => {
            put(buffer, seats.len() as u64);
            seats.iter().for_each(|seat| buffer.extend_from_slice(&seat.0.to_le_bytes()));
        }
        Allocation::Area { area, quantity } => {
            // No list of seats is so long.
            put(buffer, u64::MAX);
            put(buffer, u64::from(area.0) << 32 | u64::from(*quantity));
        }
    }
}

fn put_option(buffer: &mut Vec<u8>, value: Option<u128>) {
    buffer.push(u8::from(value.is_some()));
    buffer.extend_from_slice(&value.unwrap_or_default().to_le_bytes());
}

fn put(buffer: &mut Vec<u8>, value: u64) {
    buffer.extend_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::Status;
    use crate::ids::{
        AreaId, BookingId, BuyerId, CorrelationId, EventId, Offset, OutcomeNumber, PaymentId, SeatId, TimeMs,
    };
    use crate::outcome::BookingChangeKind;
    use uuid::Uuid;

    fn outcome() -> Outcome {
        let booking = Booking {
            id: BookingId(Uuid::from_u128(1)),
            event: EventId(2),
            buyer: BuyerId(3),
            holder: None,
            allocation: Allocation::Seats([SeatId(4)].into_iter().collect()),
            total_price: 5,
            status: Status::PendingPayment,
            created_at: TimeMs(6),
            deadline: TimeMs(7),
            payment: None,
        };
        let change = BookingChange { kind: BookingChangeKind::Reserved, booking, before: None, released: None };
        Outcome {
            number: OutcomeNumber(8),
            offset: Offset(9),
            at: TimeMs(10),
            event: EventId(2),
            correlation: None,
            body: OutcomeBody::Done(Change::Booking(Box::new(change))),
            hash: 0,
        }
    }

    fn digest_of(outcome: &Outcome) -> Vec<u8> {
        let mut buffer = Vec::new();
        digest(outcome, &mut buffer);
        buffer
    }

    fn with_change(change: impl FnOnce(&mut BookingChange)) -> Outcome {
        let mut outcome = outcome();
        let OutcomeBody::Done(Change::Booking(of)) = &mut outcome.body else { unreachable!("made above") };
        change(of);
        outcome
    }

    #[test]
    fn every_field_counts() {
        let area = |area, quantity| Allocation::Area { area: AreaId(area), quantity };
        let others = [
            Outcome { number: OutcomeNumber(1), ..outcome() },
            Outcome { offset: Offset(1), ..outcome() },
            Outcome { at: TimeMs(1), ..outcome() },
            Outcome { event: EventId(1), ..outcome() },
            Outcome { correlation: Some(CorrelationId(0)), ..outcome() },
            Outcome { body: OutcomeBody::Done(Change::SaleClosed), ..outcome() },
            with_change(|change| change.kind = BookingChangeKind::Extended),
            with_change(|change| change.before = Some(Status::PendingPayment)),
            with_change(|change| change.released = Some(change.booking.allocation.clone())),
            with_change(|change| change.booking.id = BookingId(Uuid::from_u128(9))),
            with_change(|change| change.booking.event = EventId(9)),
            with_change(|change| change.booking.buyer = BuyerId(9)),
            with_change(|change| change.booking.holder = Some("".into())),
            with_change(|change| change.booking.holder = Some("Ada".into())),
            with_change(|change| change.booking.allocation = area(4, 1)),
            with_change(|change| change.booking.allocation = area(1, 4)),
            with_change(|change| change.booking.allocation = Allocation::Seats([SeatId(5)].into_iter().collect())),
            with_change(|change| change.booking.total_price = 9),
            with_change(|change| change.booking.status = Status::Completed),
            with_change(|change| change.booking.created_at = TimeMs(9)),
            with_change(|change| change.booking.deadline = TimeMs(9)),
            with_change(|change| change.booking.payment = Some(PaymentId(Uuid::nil()))),
        ];
        let mut seen: Vec<_> = others.iter().map(digest_of).collect();
        seen.push(digest_of(&outcome()));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), others.len() + 1);
    }

    #[test]
    fn the_hash_itself_does_not_count() {
        assert_eq!(digest_of(&Outcome { hash: 1, ..outcome() }), digest_of(&outcome()));
    }
}
