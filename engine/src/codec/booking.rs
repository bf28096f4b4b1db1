//! Bookings and what happens to them, between their types and the wire.

use super::scalars::{area_id, booking_id, payment_id, seat_list, seat_set};
use super::{DecodeError, wire};
use crate::booking::{Allocation, Booking, Status};
use crate::ids::{BuyerId, EventId, TimeMs};
use crate::outcome::{BookingChange, BookingChangeKind};

/// Each kind beside its wire value, in one place for both directions.
const KINDS: [(BookingChangeKind, wire::BookingChangeKind); 10] = [
    (BookingChangeKind::Reserved, wire::BookingChangeKind::Reserved),
    (BookingChangeKind::Extended, wire::BookingChangeKind::Extended),
    (BookingChangeKind::PaymentBegun, wire::BookingChangeKind::PaymentBegun),
    (BookingChangeKind::PaymentEnded, wire::BookingChangeKind::PaymentEnded),
    (BookingChangeKind::Confirmed, wire::BookingChangeKind::Confirmed),
    (BookingChangeKind::Unchanged, wire::BookingChangeKind::Unchanged),
    (BookingChangeKind::Cancelled, wire::BookingChangeKind::Cancelled),
    (BookingChangeKind::Exchanged, wire::BookingChangeKind::Exchanged),
    (BookingChangeKind::Expired, wire::BookingChangeKind::Expired),
    (BookingChangeKind::Failed, wire::BookingChangeKind::Failed),
];

const STATUSES: [(Status, wire::BookingStatus); 5] = [
    (Status::PendingPayment, wire::BookingStatus::PendingPayment),
    (Status::Completed, wire::BookingStatus::Completed),
    (Status::Cancelled, wire::BookingStatus::Cancelled),
    (Status::Expired, wire::BookingStatus::Expired),
    (Status::Failed, wire::BookingStatus::Failed),
];

pub(super) fn change_to_wire(change: &BookingChange) -> wire::BookingChange {
    wire::BookingChange {
        kind: kind_to_wire(change.kind).into(),
        booking: Some(to_wire(&change.booking)),
        released: change.released.as_ref().map(allocation_to_wire),
        before: change.before.map_or(wire::BookingStatus::Unspecified, status_to_wire).into(),
    }
}

pub(super) fn change_from_wire(change: wire::BookingChange) -> Result<BookingChange, DecodeError> {
    let known = KINDS.iter().find(|(_, wire)| i32::from(*wire) == change.kind);
    let (kind, _) = known.ok_or_else(|| out_of_range("kind", change.kind))?;
    Ok(BookingChange {
        kind: *kind,
        booking: from_wire(change.booking.ok_or(DecodeError::Missing("booking"))?)?,
        before: match change.before {
            0 => None,
            before => Some(status_from_wire(before)?),
        },
        released: change.released.map(allocation_from_wire).transpose()?,
    })
}

pub(super) fn kind_to_wire(kind: BookingChangeKind) -> wire::BookingChangeKind {
    KINDS.iter().find(|(known, _)| *known == kind).expect("every kind stands in KINDS").1
}

pub(super) fn status_to_wire(status: Status) -> wire::BookingStatus {
    STATUSES.iter().find(|(known, _)| *known == status).expect("every status stands in STATUSES").1
}

pub(super) fn status_from_wire(value: i32) -> Result<Status, DecodeError> {
    let known = STATUSES.iter().find(|(_, wire)| i32::from(*wire) == value);
    known.map(|(status, _)| *status).ok_or_else(|| out_of_range("status", value))
}

fn out_of_range(field: &'static str, value: i32) -> DecodeError {
    DecodeError::OutOfRange { field, value: u64::from(value.unsigned_abs()) }
}

fn to_wire(booking: &Booking) -> wire::Booking {
    wire::Booking {
        id: Some(booking.id.into()),
        event: booking.event.0,
        buyer: booking.buyer.0,
        holder: booking.holder.as_deref().map(str::to_owned),
        allocation: Some(allocation_to_wire(&booking.allocation)),
        total_price: booking.total_price,
        status: status_to_wire(booking.status).into(),
        created_at_ms: booking.created_at.0,
        deadline_ms: booking.deadline.0,
        payment: booking.payment.map(Into::into),
    }
}

fn from_wire(booking: wire::Booking) -> Result<Booking, DecodeError> {
    Ok(Booking {
        id: booking_id(booking.id)?,
        event: EventId(booking.event),
        buyer: BuyerId(booking.buyer),
        holder: booking.holder.map(String::into_boxed_str),
        allocation: allocation_from_wire(booking.allocation.ok_or(DecodeError::Missing("allocation"))?)?,
        total_price: booking.total_price,
        status: status_from_wire(booking.status)?,
        created_at: TimeMs(booking.created_at_ms),
        deadline: TimeMs(booking.deadline_ms),
        payment: booking.payment.map(payment_id),
    })
}

fn allocation_to_wire(allocation: &Allocation) -> wire::Allocation {
    use wire::allocation::Kind;
    let kind = match allocation {
        Allocation::Seats(seats) => Kind::Seats(seat_set(seats)),
        Allocation::Area { area, quantity } => {
            Kind::Area(wire::AreaPlaces { area: area.0.into(), quantity: *quantity })
        }
    };
    wire::Allocation { kind: Some(kind) }
}

fn allocation_from_wire(allocation: wire::Allocation) -> Result<Allocation, DecodeError> {
    use wire::allocation::Kind;
    Ok(match allocation.kind.ok_or(DecodeError::Missing("allocation"))? {
        Kind::Seats(set) => Allocation::Seats(seat_list(&set)),
        Kind::Area(places) => Allocation::Area { area: area_id(places.area)?, quantity: places.quantity },
    })
}
