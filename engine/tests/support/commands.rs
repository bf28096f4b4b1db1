//! Random commands over two small events: few seats and few buyers, so that they meet.

use proptest::prelude::*;
use rowlock_engine::command::*;
use rowlock_engine::ids::*;
use rowlock_engine::seat_map::spec::{AreaSpec, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::sync::Arc;
use uuid::Uuid;

const EVENTS: u64 = 2;
const BOOKINGS: u64 = 24;

pub fn booking(number: u64) -> BookingId {
    BookingId(Uuid::from_u64_pair(7, number))
}

fn payment(number: u64) -> PaymentId {
    PaymentId(Uuid::from_u64_pair(9, number))
}

/// Two sections of twelve and six seats, and an area of five places.
pub fn open_sale(terms: SaleTerms) -> CommandBody {
    let rows = |count, seats| RowsSpec {
        first_row: 1,
        count,
        seats,
        missing: vec![2],
        accessible: vec![1],
        companion: vec![3],
    };
    let section = |name: &str, price, count| SectionSpec {
        name: name.into(),
        price,
        focal_point: None,
        subsections: vec![SubsectionSpec { number: 1, rows: vec![rows(count, 6)] }],
    };
    let areas = vec![AreaSpec { name: "F".into(), price: 7, capacity: 5 }];
    let seat_map = Arc::new(SeatMapSpec { sections: vec![section("A", 30, 2), section("B", 20, 1)], areas });
    CommandBody::OpenSale(OpenSale { seat_map, terms })
}

pub fn terms() -> SaleTerms {
    SaleTerms {
        opens_at: None,
        hold_ms: 5_000,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: false,
        refunds: true,
    }
}

fn wish() -> impl Strategy<Value = Wish> {
    let named = proptest::collection::vec(0..20u32, 1..4)
        .prop_map(|seats| Wish::Named(seats.into_iter().map(SeatId).collect()));
    let best = (0..5u32, proptest::option::of(0..3u16), any::<(bool, bool)>()).prop_map(
        |(quantity, section, (adjacent_only, accessible))| {
            Wish::Best(BestAvailable { quantity, section, adjacent_only, accessible, ..BestAvailable::default() })
        },
    );
    let area = (0..2u16, 1..4u32).prop_map(|(area, quantity)| Wish::Area { area: AreaId(area), quantity });
    prop_oneof![3 => named, 4 => best, 1 => area]
}

fn body() -> impl Strategy<Value = CommandBody> {
    let ids = || (0..BOOKINGS, 0..3u64).prop_map(|(number, buyer)| (booking(number), BuyerId(buyer)));
    let seats = || {
        proptest::collection::vec(0..20u32, 1..4)
            .prop_map(|seats| SeatSet { seats: seats.into_iter().map(SeatId).collect() })
    };
    prop_oneof![
        1 => any::<bool>().prop_map(|released| CommandBody::AmendSale(AmendSale { accessible_released: Some(released), ..AmendSale::default() })),
        1 => (1..9u32).prop_map(|max| CommandBody::AmendSale(AmendSale { tickets_per_buyer_max: Some(Some(max)), ..AmendSale::default() })),
        1 => Just(CommandBody::CloseSale),
        16 => (ids(), wish()).prop_map(|((booking, buyer), wish)| CommandBody::Reserve(Reserve { booking, buyer, holder: None, hold_ms: None, wish })),
        2 => ids().prop_map(|(booking, buyer)| CommandBody::Extend(Extend { booking, buyer, hold_ms: None })),
        4 => (ids(), 0..4u64, 1..9_000u64).prop_map(|((booking, buyer), pay, timeout_ms)| CommandBody::BeginPayment(BeginPayment { booking, buyer, payment: payment(pay), timeout_ms })),
        1 => (ids(), 0..4u64).prop_map(|((booking, buyer), pay)| CommandBody::EndPayment(EndPayment { booking, buyer, payment: payment(pay) })),
        5 => (ids(), proptest::option::of(0..4u64)).prop_map(|((booking, buyer), pay)| CommandBody::Confirm(Confirm { booking, buyer, payment: pay.map(payment) })),
        4 => ids().prop_map(|(booking, buyer)| CommandBody::Cancel(Cancel { booking, buyer })),
        3 => (ids(), wish()).prop_map(|((booking, buyer), wish)| CommandBody::Exchange(Exchange { booking, buyer, wish })),
        2 => seats().prop_map(CommandBody::Block),
        2 => seats().prop_map(CommandBody::Unblock),
        2 => Just(CommandBody::Pulse),
        1 => (0..3u32).prop_map(CommandBody::SetRules),
    ]
}

/// Up to `most` commands with the log's stamps: mostly a little later, now and then much later, now and then earlier.
pub fn commands(most: usize) -> impl Strategy<Value = Vec<(u64, Command)>> {
    let request =
        proptest::option::of((0..6u128, 0..2u64).prop_map(|(key, fingerprint)| RequestId { key, fingerprint }));
    let step = prop_oneof![8 => 0..800i64, 1 => 4_000..90_000i64, 1 => -3_000..0i64];
    let one = (0..EVENTS, request, body(), step);
    proptest::collection::vec(one, 1..most).prop_map(|steps| {
        let command =
            |event, request, body| Command { event: EventId(event), request, correlation: CorrelationId(1), body };
        let mut at = 1_700_000_000_000i64;
        let mut all: Vec<_> =
            (0..EVENTS).map(|event| (at.cast_unsigned(), command(event, None, open_sale(terms())))).collect();
        for (event, request, body, step) in steps {
            at += step;
            all.push((at.cast_unsigned(), command(event, request, body)));
        }
        all
    })
}
