//! Refusals between their type and the wire.

use super::scalars::{booking_id, seat_set, seat_vec};
use super::{DecodeError, booking, wire};
use crate::ids::{BuyerId, TimeMs};
use crate::outcome::Refused;
use crate::refusal::{LimitScope, Refusal};
use wire::refusal::Kind;

pub(super) fn refused_to_wire(refused: &Refused) -> wire::Refused {
    wire::Refused {
        refusal: Some(wire::Refusal { kind: Some(to_wire(&refused.refusal)) }),
        booking: refused.booking.map(|(id, _)| id.into()),
        buyer: refused.booking.map_or(0, |(_, buyer)| buyer.0),
    }
}

pub(super) fn refused_from_wire(refused: wire::Refused) -> Result<Refused, DecodeError> {
    let kind = refused.refusal.and_then(|refusal| refusal.kind).ok_or(DecodeError::Missing("refusal"))?;
    let buyer = BuyerId(refused.buyer);
    let booking = refused.booking.map(|id| booking_id(Some(id))).transpose()?.map(|id| (id, buyer));
    Ok(Refused { refusal: from_wire(kind)?, booking })
}

fn to_wire(refusal: &Refusal) -> Kind {
    let empty = wire::Empty {};
    match refusal {
        Refusal::Internal => Kind::Internal(empty),
        Refusal::RequestMismatch => Kind::RequestMismatch(empty),
        Refusal::UnknownRules { version } => Kind::UnknownRules(*version),
        Refusal::UnknownEvent => Kind::UnknownEvent(empty),
        Refusal::EventExists => Kind::EventExists(empty),
        Refusal::TooManyEvents => Kind::TooManyEvents(empty),
        Refusal::UnknownBooking => Kind::UnknownBooking(empty),
        Refusal::BookingExists => Kind::BookingExists(empty),
        Refusal::Invalid { field, problem } => {
            Kind::Invalid(wire::Invalid { field: field.clone(), problem: problem.clone() })
        }
        Refusal::UnknownSeat { seats } => Kind::UnknownSeat(seat_set(seats)),
        Refusal::UnknownSection => Kind::UnknownSection(empty),
        Refusal::NotOnSale { opens_at } => Kind::NotOnSale(wire::NotOnSale { opens_at_ms: opens_at.map(|at| at.0) }),
        Refusal::LimitExceeded { max, per } => {
            Kind::LimitExceeded(wire::LimitExceeded { max: *max, per_buyer: *per == LimitScope::Buyer })
        }
        Refusal::HoldExpired => Kind::HoldExpired(empty),
        Refusal::WrongStatus { status } => Kind::WrongStatus(booking::status_to_wire(*status).into()),
        Refusal::PaymentUnderWay => Kind::PaymentUnderWay(empty),
        Refusal::ExtensionLimit => Kind::ExtensionLimit(empty),
        Refusal::SoldOut => Kind::SoldOut(empty),
        Refusal::NotEnoughSeats { free } => Kind::NotEnoughSeats(*free),
        Refusal::SeatsTaken { seats, alternatives } => Kind::SeatsTaken(wire::SeatsTaken {
            seats: seats.iter().map(|seat| seat.0).collect(),
            alternatives: alternatives.iter().map(|set| seat_set(set)).collect(),
        }),
        Refusal::PriceDiffers { paid, asked } => Kind::PriceDiffers(wire::PriceDiffers { paid: *paid, asked: *asked }),
        Refusal::TooManyBookings => Kind::TooManyBookings(empty),
    }
}

fn from_wire(kind: Kind) -> Result<Refusal, DecodeError> {
    Ok(match kind {
        Kind::Internal(_) => Refusal::Internal,
        Kind::RequestMismatch(_) => Refusal::RequestMismatch,
        Kind::UnknownRules(version) => Refusal::UnknownRules { version },
        Kind::UnknownEvent(_) => Refusal::UnknownEvent,
        Kind::EventExists(_) => Refusal::EventExists,
        Kind::TooManyEvents(_) => Refusal::TooManyEvents,
        Kind::UnknownBooking(_) => Refusal::UnknownBooking,
        Kind::BookingExists(_) => Refusal::BookingExists,
        Kind::Invalid(invalid) => Refusal::Invalid { field: invalid.field, problem: invalid.problem },
        Kind::UnknownSeat(set) => Refusal::UnknownSeat { seats: seat_vec(set.seats) },
        Kind::UnknownSection(_) => Refusal::UnknownSection,
        Kind::NotOnSale(not) => Refusal::NotOnSale { opens_at: not.opens_at_ms.map(TimeMs) },
        Kind::LimitExceeded(limit) => Refusal::LimitExceeded {
            max: limit.max,
            per: if limit.per_buyer { LimitScope::Buyer } else { LimitScope::Booking },
        },
        Kind::HoldExpired(_) => Refusal::HoldExpired,
        Kind::WrongStatus(status) => Refusal::WrongStatus { status: booking::status_from_wire(status)? },
        Kind::PaymentUnderWay(_) => Refusal::PaymentUnderWay,
        Kind::ExtensionLimit(_) => Refusal::ExtensionLimit,
        Kind::SoldOut(_) => Refusal::SoldOut,
        Kind::NotEnoughSeats(free) => Refusal::NotEnoughSeats { free },
        Kind::SeatsTaken(taken) => Refusal::SeatsTaken {
            seats: seat_vec(taken.seats),
            alternatives: taken.alternatives.into_iter().map(|set| seat_vec(set.seats)).collect(),
        },
        Kind::PriceDiffers(differs) => Refusal::PriceDiffers { paid: differs.paid, asked: differs.asked },
        Kind::TooManyBookings(_) => Refusal::TooManyBookings,
    })
}
