//! Any command and any outcome.

mod values;

use proptest::option;
use proptest::prelude::*;
use rowlock_engine::command::{
    AmendSale, BeginPayment, BestAvailable, Cancel, Command, CommandBody, Confirm, EndPayment, Exchange, Extend,
    OpenSale, Reserve, SeatSet, Wish,
};
use rowlock_engine::ids::{AreaId, CorrelationId, EventId, Offset, OutcomeNumber, RequestId};
use rowlock_engine::outcome::{Answer, BookingChange, BookingChangeKind, Change, Outcome, OutcomeBody, Refused};
use values::{allocation, booking, booking_id, buyer, payment, refusal, seat_map, seats, status, terms, time};

pub fn command() -> impl Strategy<Value = Command> {
    let request = option::of(any::<(u128, u64)>().prop_map(|(key, fingerprint)| RequestId { key, fingerprint }));
    (any::<u64>(), request, any::<u64>(), body()).prop_map(|(event, request, correlation, body)| Command {
        event: EventId(event),
        request,
        correlation: CorrelationId(correlation),
        body,
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    let best = any::<(u32, Option<u16>, Option<u32>, Option<u64>, bool, bool)>().prop_map(
        |(quantity, section, subsection, max_price, adjacent_only, accessible)| {
            Wish::Best(BestAvailable { quantity, section, subsection, max_price, adjacent_only, accessible })
        },
    );
    prop_oneof![
        seats().prop_map(|seats| Wish::Named(seats.into())),
        best,
        any::<(u16, u32)>().prop_map(|(area, quantity)| Wish::Area { area: AreaId(area), quantity }),
    ]
}

fn amend() -> impl Strategy<Value = AmendSale> {
    let opens_at = option::of(option::of(time()));
    (opens_at, any::<(Option<u64>, Option<u32>, Option<Option<u32>>, Option<bool>, Option<bool>)>()).prop_map(
        |(opens_at, (hold_ms, tickets_per_booking_max, tickets_per_buyer_max, accessible_released, refunds))| {
            AmendSale {
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

fn body() -> impl Strategy<Value = CommandBody> {
    let holder = option::of(any::<String>().prop_map(String::into_boxed_str));
    let reserve = (booking_id(), buyer(), holder, any::<Option<u64>>(), wish()).prop_map(
        |(booking, buyer, holder, hold_ms, wish)| {
            CommandBody::Reserve(Reserve { booking, buyer, holder, hold_ms, wish })
        },
    );
    prop_oneof![
        (seat_map(), terms()).prop_map(|(seat_map, terms)| CommandBody::OpenSale(OpenSale { seat_map, terms })),
        amend().prop_map(CommandBody::AmendSale),
        Just(CommandBody::CloseSale),
        reserve,
        (booking_id(), buyer(), any::<Option<u64>>())
            .prop_map(|(booking, buyer, hold_ms)| CommandBody::Extend(Extend { booking, buyer, hold_ms })),
        (booking_id(), buyer(), payment(), any::<u64>()).prop_map(|(booking, buyer, payment, timeout_ms)| {
            CommandBody::BeginPayment(BeginPayment { booking, buyer, payment, timeout_ms })
        }),
        (booking_id(), buyer(), payment()).prop_map(|(booking, buyer, payment)| CommandBody::EndPayment(EndPayment {
            booking,
            buyer,
            payment
        })),
        (booking_id(), buyer(), option::of(payment()))
            .prop_map(|(booking, buyer, payment)| CommandBody::Confirm(Confirm { booking, buyer, payment })),
        (booking_id(), buyer()).prop_map(|(booking, buyer)| CommandBody::Cancel(Cancel { booking, buyer })),
        (booking_id(), buyer(), wish()).prop_map(|(booking, buyer, wish)| CommandBody::Exchange(Exchange {
            booking,
            buyer,
            wish
        })),
        seats().prop_map(|seats| CommandBody::Block(SeatSet { seats })),
        seats().prop_map(|seats| CommandBody::Unblock(SeatSet { seats })),
        Just(CommandBody::Pulse),
        any::<u32>().prop_map(CommandBody::SetRules),
    ]
}

fn kind() -> impl Strategy<Value = BookingChangeKind> {
    use BookingChangeKind as Kind;
    prop::sample::select(vec![
        Kind::Reserved,
        Kind::Extended,
        Kind::PaymentBegun,
        Kind::PaymentEnded,
        Kind::Confirmed,
        Kind::Unchanged,
        Kind::Cancelled,
        Kind::Exchanged,
        Kind::Expired,
        Kind::Failed,
    ])
}

fn change() -> impl Strategy<Value = Change> {
    let booking = (kind(), booking(), option::of(status()), option::of(allocation())).prop_map(
        |(kind, booking, before, released)| {
            Change::Booking(Box::new(BookingChange { kind, booking, before, released }))
        },
    );
    prop_oneof![
        2 => (seat_map(), terms()).prop_map(|(seat_map, terms)| Change::SaleOpened { seat_map, terms }),
        1 => terms().prop_map(|terms| Change::SaleAmended { terms }),
        1 => Just(Change::SaleClosed),
        6 => booking,
        1 => seats().prop_map(|seats| Change::Blocked { seats }),
        1 => seats().prop_map(|seats| Change::Unblocked { seats }),
        1 => any::<u32>().prop_map(|version| Change::RulesSet { version }),
    ]
}

fn refused() -> impl Strategy<Value = Refused> {
    (refusal(), option::of((booking_id(), buyer()))).prop_map(|(refusal, booking)| Refused { refusal, booking })
}

fn outcome_body() -> impl Strategy<Value = OutcomeBody> {
    let answer = prop_oneof![change().prop_map(Answer::Done), refused().prop_map(Answer::Refused)];
    prop_oneof![
        change().prop_map(OutcomeBody::Done),
        refused().prop_map(OutcomeBody::Refused),
        answer.prop_map(|answer| OutcomeBody::Repeated(Box::new(answer))),
    ]
}

pub fn outcome() -> impl Strategy<Value = Outcome> {
    (any::<(u64, u64, u64, Option<u64>, u64)>(), time(), outcome_body()).prop_map(
        |((number, offset, event, correlation, hash), at, body)| Outcome {
            number: OutcomeNumber(number),
            offset: Offset(offset),
            at,
            event: EventId(event),
            correlation: correlation.map(CorrelationId),
            body,
            hash,
        },
    )
}
