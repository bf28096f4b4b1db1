//! Random command sequences in a world so small that everything meets everything.

use super::ask;
use super::hall::{POSITIONS, hall, terms};
use proptest::collection::{btree_set, vec};
use proptest::option::{of, weighted};
use proptest::prelude::*;
use rowlock_engine::command::{
    AmendSale, BeginPayment, BestAvailable, Cancel, Command, CommandBody, Confirm, EndPayment, Exchange, Extend,
    OpenSale, Reserve, SaleTerms, SeatSet, Wish,
};
use rowlock_engine::ids::{
    AreaId, BookingId, BuyerId, CorrelationId, EventId, Offset, PaymentId, RequestId, SeatId, TimeMs,
};
use rowlock_engine::limits::HOLD_MS_MIN;
use rowlock_engine::ports::Record;
use std::sync::Arc;

/// A command, and how the log's clock moved before it.
#[derive(Clone, Debug)]
pub struct Step {
    /// Milliseconds; stamps may go back.
    pub moved: i64,
    pub command: Command,
}

/// A sequence of about `most` steps that starts with two sales.
pub fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let few = prop_oneof![12 => step().prop_map(|step| vec![step]), 1 => life()];
    (open(1), open(2), vec(few, 1..most))
        .prop_map(|(first, second, rest)| [first, second].into_iter().chain(rest.into_iter().flatten()).collect())
}

/// A booking that goes its way from reservation to a payment that may come late, and the rest of the world beside it.
fn life() -> impl Strategy<Value = Vec<Step>> {
    let waits = prop_oneof![0i64..20_000, 40_000i64..70_000];
    (booking(), wish(), vec(body(), 0..3), waits, vec(reserve(), 0..4), any::<bool>()).prop_map(
        |(booking, wish, meanwhile, wait, rivals, ends)| {
            let (buyer, payment) = (ask::BUYER, ask::payment(1));
            let first = Reserve { booking, buyer, holder: None, hold_ms: None, wish };
            let begin = BeginPayment { booking, buyer, payment, timeout_ms: 30_000 };
            let pulse = Step { moved: wait, command: ask::command(EventId(1), CommandBody::Pulse) };
            let end = ends.then_some(CommandBody::EndPayment(EndPayment { booking, buyer, payment }));
            let confirm = CommandBody::Confirm(Confirm { booking, buyer, payment: Some(payment) });
            let at_once = |body| Step { moved: 0, command: ask::command(EventId(1), body) };
            let before = [CommandBody::Reserve(first), CommandBody::BeginPayment(begin)];
            let after = rivals.into_iter().map(CommandBody::Reserve).chain(end).chain([confirm]);
            let before = before.into_iter().chain(meanwhile).map(at_once);
            before.chain([pulse]).chain(after.map(at_once)).collect()
        },
    )
}

/// The records that a log would make of these steps.
pub fn records(steps: &[Step]) -> Vec<Record> {
    let mut now = 1_000_000_i64;
    let record = |(step, offset): (&Step, u64)| {
        now += step.moved;
        let command = Command { correlation: CorrelationId(offset), ..step.command.clone() };
        let at = TimeMs(now.unsigned_abs());
        Record { offset: Offset(offset), at, payload: rowlock_engine::codec::encode_command(&command) }
    };
    steps.iter().zip(0..).map(record).collect()
}

fn open(event: u64) -> impl Strategy<Value = Step> {
    terms_strategy().prop_map(move |terms| {
        let terms = SaleTerms { opens_at: None, tickets_per_booking_max: 4, ..terms };
        Step { moved: 0, command: ask::command(EventId(event), ask::open_sale(hall(), terms)) }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let event = prop_oneof![24 => Just(1u64), 5 => Just(2), 1 => Just(3)];
    let request = (0..40u128, 0..8u8).prop_map(|(key, odd)| RequestId { key, fingerprint: u64::from(odd == 0) });
    (moved(), event, weighted(0.3, request), body()).prop_map(|(moved, event, request, body)| {
        let command = Command { event: EventId(event), request, correlation: CorrelationId(0), body };
        Step { moved, command }
    })
}

fn moved() -> impl Strategy<Value = i64> {
    prop_oneof![
        80 => 0i64..300,
        12 => 500i64..8_000,
        8 => -5_000i64..0,
        3 => 60_000i64..900_000,
        2 => 80_000_000i64..100_000_000,
    ]
}

fn terms_strategy() -> impl Strategy<Value = SaleTerms> {
    (5_000u64..60_000, 1u32..5, of(1u32..9), any::<bool>(), any::<bool>()).prop_map(
        |(hold_ms, per_booking, per_buyer, accessible_released, refunds)| SaleTerms {
            hold_ms,
            tickets_per_booking_max: per_booking,
            tickets_per_buyer_max: per_buyer,
            accessible_released,
            refunds,
            ..terms()
        },
    )
}

fn body() -> impl Strategy<Value = CommandBody> {
    prop_oneof![
        12 => reserve().prop_map(CommandBody::Reserve),
        6 => exchange().prop_map(CommandBody::Exchange),
        4 => (booking(), buyer(), of(500u64..120_000))
            .prop_map(|(booking, buyer, hold_ms)| CommandBody::Extend(Extend { booking, buyer, hold_ms })),
        7 => begin_payment().prop_map(CommandBody::BeginPayment),
        4 => (booking(), buyer(), payment())
            .prop_map(|(booking, buyer, payment)| CommandBody::EndPayment(EndPayment { booking, buyer, payment })),
        7 => (booking(), buyer(), weighted(0.8, payment()))
            .prop_map(|(booking, buyer, payment)| CommandBody::Confirm(Confirm { booking, buyer, payment })),
        4 => (booking(), buyer()).prop_map(|(booking, buyer)| CommandBody::Cancel(Cancel { booking, buyer })),
        3 => Just(CommandBody::Pulse),
        2 => seat_set().prop_map(CommandBody::Block),
        2 => seat_set().prop_map(CommandBody::Unblock),
        2 => amend().prop_map(CommandBody::AmendSale),
        1 => (0u32..3).prop_map(CommandBody::SetRules),
        1 => terms_strategy().prop_map(|terms| CommandBody::OpenSale(OpenSale { seat_map: Arc::new(hall()), terms })),
        1 => prop_oneof![1 => Just(CommandBody::CloseSale), 4 => Just(CommandBody::Pulse)],
    ]
}

fn reserve() -> impl Strategy<Value = Reserve> {
    let hold_ms = of(prop_oneof![20 => HOLD_MS_MIN..60_000, 1 => Just(5)]);
    (booking(), buyer(), of(Just("guest".into())), hold_ms, wish())
        .prop_map(|(booking, buyer, holder, hold_ms, wish)| Reserve { booking, buyer, holder, hold_ms, wish })
}

fn exchange() -> impl Strategy<Value = Exchange> {
    (booking(), buyer(), wish()).prop_map(|(booking, buyer, wish)| Exchange { booking, buyer, wish })
}

fn begin_payment() -> impl Strategy<Value = BeginPayment> {
    (booking(), buyer(), payment(), 500u64..60_000).prop_map(|(booking, buyer, payment, timeout_ms)| BeginPayment {
        booking,
        buyer,
        payment,
        timeout_ms,
    })
}

/// Any wish, most of them sensible.
pub fn wish() -> impl Strategy<Value = Wish> {
    let seat = prop_oneof![30 => 0..POSITIONS, 1 => Just(POSITIONS)];
    let named = btree_set(seat, 1..4).prop_map(|seats| Wish::Named(seats.into_iter().map(SeatId).collect()));
    let area = (prop_oneof![10 => 0u16..2, 1 => Just(2)], 0u32..4)
        .prop_map(|(area, quantity)| Wish::Area { area: AreaId(area), quantity });
    prop_oneof![4 => named, 5 => best(5).prop_map(Wish::Best), 2 => area]
}

/// A wish for the best seats, of fewer than `quantity`.
pub fn best(quantity: u32) -> impl Strategy<Value = BestAvailable> {
    let price = prop_oneof![Just(400u64), Just(500), Just(1_000)];
    (1..quantity, of(0u16..3), of(1u32..3), of(price), any::<bool>(), any::<bool>()).prop_map(
        |(quantity, section, subsection, max_price, adjacent_only, accessible)| BestAvailable {
            quantity,
            section,
            subsection: subsection.filter(|_| section.is_some()),
            max_price,
            adjacent_only,
            accessible,
        },
    )
}

fn booking() -> impl Strategy<Value = BookingId> {
    (1u128..8).prop_map(ask::booking)
}

/// Bookings belong to whoever asks first, so one buyer in most cases.
fn buyer() -> impl Strategy<Value = BuyerId> {
    prop_oneof![12 => Just(ask::BUYER), 1 => Just(ask::OTHER)]
}

fn payment() -> impl Strategy<Value = PaymentId> {
    prop_oneof![5 => Just(1u128), 1 => Just(2)].prop_map(ask::payment)
}

fn seat_set() -> impl Strategy<Value = SeatSet> {
    vec(0..POSITIONS, 1..4).prop_map(|seats| SeatSet { seats: seats.into_iter().map(SeatId).collect() })
}

fn amend() -> impl Strategy<Value = AmendSale> {
    (terms_strategy(), of(of(900_000u64..1_010_000)), any::<bool>()).prop_map(|(terms, opens_at, limits)| AmendSale {
        opens_at: opens_at.map(|at| at.map(TimeMs)),
        hold_ms: Some(terms.hold_ms),
        tickets_per_booking_max: None,
        tickets_per_buyer_max: limits.then_some(terms.tickets_per_buyer_max),
        accessible_released: Some(terms.accessible_released),
        refunds: Some(terms.refunds),
    })
}
