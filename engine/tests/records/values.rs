//! What commands and outcomes are made of, of any value that the types allow.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rowlock_engine::booking::{Allocation, Booking, Status};
use rowlock_engine::command::SaleTerms;
use rowlock_engine::ids::{AreaId, BookingId, BuyerId, EventId, PaymentId, SeatId, TimeMs};
use rowlock_engine::refusal::{LimitScope, Refusal};
use rowlock_engine::seat_map::spec::{AreaSpec, FocalPoint, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::sync::Arc;
use uuid::Uuid;

pub fn booking_id() -> impl Strategy<Value = BookingId> {
    any::<u128>().prop_map(|id| BookingId(Uuid::from_u128(id)))
}

pub fn payment() -> impl Strategy<Value = PaymentId> {
    any::<u128>().prop_map(|id| PaymentId(Uuid::from_u128(id)))
}

pub fn buyer() -> impl Strategy<Value = BuyerId> {
    any::<u64>().prop_map(BuyerId)
}

pub fn time() -> impl Strategy<Value = TimeMs> {
    any::<u64>().prop_map(TimeMs)
}

pub fn seats() -> impl Strategy<Value = Vec<SeatId>> {
    vec(any::<u32>().prop_map(SeatId), 0..8)
}

pub fn terms() -> impl Strategy<Value = SaleTerms> {
    (option::of(time()), any::<(u64, u32, Option<u32>, bool, bool)>()).prop_map(
        |(opens_at, (hold_ms, tickets_per_booking_max, tickets_per_buyer_max, accessible_released, refunds))| {
            SaleTerms {
                opens_at,
                hold_ms,
                tickets_per_booking_max,
                tickets_per_buyer_max,
                accessible_released,
                refunds,
            }
        },
    )
}

fn rows() -> impl Strategy<Value = RowsSpec> {
    let numbers = || vec(any::<u32>(), 0..3);
    (any::<(u32, u32, u32)>(), numbers(), numbers(), numbers()).prop_map(
        |((first_row, count, seats), missing, accessible, companion)| RowsSpec {
            first_row,
            count,
            seats,
            missing,
            accessible,
            companion,
        },
    )
}

fn section() -> impl Strategy<Value = SectionSpec> {
    let focal_point = option::of(any::<(u32, u32)>().prop_map(|(row, seat)| FocalPoint { row, seat }));
    let subsection = (any::<u32>(), vec(rows(), 0..3)).prop_map(|(number, rows)| SubsectionSpec { number, rows });
    (any::<String>(), any::<u64>(), focal_point, vec(subsection, 0..3))
        .prop_map(|(name, price, focal_point, subsections)| SectionSpec { name, price, focal_point, subsections })
}

/// Not only maps that build: the codec does not judge.
pub fn seat_map() -> impl Strategy<Value = Arc<SeatMapSpec>> {
    let area = any::<(String, u64, u32)>().prop_map(|(name, price, capacity)| AreaSpec { name, price, capacity });
    (vec(section(), 0..3), vec(area, 0..3)).prop_map(|(sections, areas)| Arc::new(SeatMapSpec { sections, areas }))
}

pub fn status() -> impl Strategy<Value = Status> {
    use Status::{Cancelled, Completed, Expired, Failed, PendingPayment};
    prop::sample::select(vec![PendingPayment, Completed, Cancelled, Expired, Failed])
}

pub fn allocation() -> impl Strategy<Value = Allocation> {
    prop_oneof![
        seats().prop_map(|seats| Allocation::Seats(seats.into())),
        any::<(u16, u32)>().prop_map(|(area, quantity)| Allocation::Area { area: AreaId(area), quantity }),
    ]
}

pub fn booking() -> impl Strategy<Value = Booking> {
    let holder = option::of(any::<String>().prop_map(String::into_boxed_str));
    let whose = (booking_id(), buyer(), holder);
    (whose, any::<(u64, u64)>(), allocation(), status(), time(), time(), option::of(payment())).prop_map(
        |((id, buyer, holder), (event, total_price), allocation, status, created_at, deadline, payment)| Booking {
            id,
            event: EventId(event),
            buyer,
            holder,
            allocation,
            total_price,
            status,
            created_at,
            deadline,
            payment,
        },
    )
}

fn plain_refusal() -> impl Strategy<Value = Refusal> {
    prop::sample::select(vec![
        Refusal::Internal,
        Refusal::RequestMismatch,
        Refusal::UnknownEvent,
        Refusal::EventExists,
        Refusal::TooManyEvents,
        Refusal::UnknownBooking,
        Refusal::BookingExists,
        Refusal::UnknownSection,
        Refusal::HoldExpired,
        Refusal::PaymentUnderWay,
        Refusal::ExtensionLimit,
        Refusal::SoldOut,
        Refusal::TooManyBookings,
    ])
}

pub fn refusal() -> impl Strategy<Value = Refusal> {
    let per = prop::sample::select(vec![LimitScope::Booking, LimitScope::Buyer]);
    prop_oneof![
        4 => plain_refusal(),
        1 => any::<u32>().prop_map(|version| Refusal::UnknownRules { version }),
        1 => any::<(String, String)>().prop_map(|(field, problem)| Refusal::Invalid { field, problem }),
        1 => seats().prop_map(|seats| Refusal::UnknownSeat { seats }),
        1 => option::of(time()).prop_map(|opens_at| Refusal::NotOnSale { opens_at }),
        1 => (any::<u32>(), per).prop_map(|(max, per)| Refusal::LimitExceeded { max, per }),
        1 => status().prop_map(|status| Refusal::WrongStatus { status }),
        1 => any::<u32>().prop_map(|free| Refusal::NotEnoughSeats { free }),
        2 => (seats(), vec(seats(), 0..4))
            .prop_map(|(seats, alternatives)| Refusal::SeatsTaken { seats, alternatives }),
        1 => any::<(u64, u64)>().prop_map(|(paid, asked)| Refusal::PriceDiffers { paid, asked }),
    ]
}
