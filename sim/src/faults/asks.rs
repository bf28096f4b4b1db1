//! What clients ask for: small halls that fill up, and bookings that meet each other.

use super::swarm::Swarm;
use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use rowlock_engine::command::{
    AmendSale, BeginPayment, BestAvailable, Cancel, Command, CommandBody, Confirm, EndPayment, Exchange, Extend,
    OpenSale, Reserve, SaleTerms, SeatSet, Wish,
};
use rowlock_engine::ids::{AreaId, BookingId, BuyerId, CorrelationId, EventId, PaymentId, RequestId, SeatId};
use rowlock_engine::seat_map::spec::{AreaSpec, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::sync::Arc;
use uuid::Uuid;

/// Positions of the hall, missing seats included.
const POSITIONS: u32 = 24;

/// A booking that somebody has asked for.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub event: EventId,
    pub booking: BookingId,
    pub buyer: BuyerId,
}

/// Two sections, with missing seats and seats for access, and a general-admission area.
fn hall() -> SeatMapSpec {
    let rows = |count, seats| RowsSpec {
        first_row: 1,
        count,
        seats,
        missing: Vec::new(),
        accessible: Vec::new(),
        companion: Vec::new(),
    };
    let mixed = RowsSpec { missing: vec![4], accessible: vec![1], companion: vec![2], ..rows(2, 6) };
    let section = |name: &str, price, subsections: Vec<Vec<RowsSpec>>| SectionSpec {
        name: name.to_owned(),
        price,
        focal_point: None,
        subsections: (1..).zip(subsections).map(|(number, rows)| SubsectionSpec { number, rows }).collect(),
    };
    SeatMapSpec {
        sections: vec![
            section("A", 1_000, vec![vec![mixed], vec![rows(1, 4)]]),
            section("B", 500, vec![vec![rows(2, 4)]]),
        ],
        areas: vec![AreaSpec { name: "FLOOR".to_owned(), price: 300, capacity: 6 }],
    }
}

/// Opens a sale.
pub fn open(event: u64, call: u32, swarm: &Swarm, chance: &mut ChaCha8Rng) -> Command {
    let open = OpenSale { seat_map: Arc::new(hall()), terms: terms(swarm, chance) };
    command(EventId(event), call, CommandBody::OpenSale(open))
}

fn terms(swarm: &Swarm, chance: &mut ChaCha8Rng) -> SaleTerms {
    SaleTerms {
        opens_at: None,
        hold_ms: swarm.hold_ms,
        tickets_per_booking_max: chance.random_range(2..=6),
        tickets_per_buyer_max: chance.random_bool(0.4).then(|| chance.random_range(3..=10)),
        accessible_released: chance.random(),
        refunds: chance.random_bool(0.8),
    }
}

/// Anything that a client may ask for.
pub fn any(call: u32, known: &[Known], swarm: &Swarm, chance: &mut ChaCha8Rng) -> Command {
    let is_odd = chance.random_range(0..100) < swarm.odd;
    let of_booking = !known.is_empty() && chance.random_bool(0.55);
    let mut made = match known.choose(chance).filter(|_| of_booking) {
        Some(known) => command(known.event, call, about(known, call, is_odd, swarm, chance)),
        None if is_odd => command(EventId(chance.random_range(1..=swarm.events + 1)), call, of_sale(swarm, chance)),
        None => {
            let ask = reserve(call, known, swarm, chance);
            command(EventId(chance.random_range(1..=swarm.events)), call, CommandBody::Reserve(ask))
        }
    };
    if chance.random_bool(0.25) {
        made.request = None;
    }
    made
}

fn command(event: EventId, call: u32, body: CommandBody) -> Command {
    let request =
        Some(RequestId { key: u128::from(call) * 0x9e37_79b9_7f4a_7c15_1234_5678, fingerprint: u64::from(call) });
    Command { event, request, correlation: CorrelationId(call.into()), body }
}

fn reserve(call: u32, known: &[Known], swarm: &Swarm, chance: &mut ChaCha8Rng) -> Reserve {
    let again = known.choose(chance).filter(|_| chance.random_range(0..300) < swarm.odd);
    Reserve {
        booking: again.map_or(BookingId(Uuid::from_u128(call.into())), |known| known.booking),
        buyer: BuyerId(chance.random_range(1..=swarm.buyers)),
        holder: chance.random_bool(0.1).then(|| "guest".into()),
        hold_ms: chance.random_bool(0.1).then(|| chance.random_range(500..20_000)),
        wish: wish(swarm, chance),
    }
}

fn wish(swarm: &Swarm, chance: &mut ChaCha8Rng) -> Wish {
    let is_odd = chance.random_range(0..300) < swarm.odd;
    match chance.random_range(0..10) {
        0..4 => {
            let first = chance.random_range(0..POSITIONS + u32::from(is_odd));
            let count = chance.random_range(1..=4);
            Wish::Named((first..POSITIONS.min(first + count).max(first + 1)).map(SeatId).collect())
        }
        4..9 => Wish::Best(BestAvailable {
            quantity: chance.random_range(u32::from(!is_odd)..=5),
            section: chance.random_bool(0.4).then(|| chance.random_range(0..2 + u16::from(is_odd))),
            subsection: None,
            max_price: chance.random_bool(0.2).then_some(600),
            adjacent_only: chance.random_bool(0.2),
            accessible: chance.random_bool(0.15),
        }),
        _ => Wish::Area { area: AreaId(u16::from(is_odd)), quantity: chance.random_range(1..=3) },
    }
}

fn about(known: &Known, call: u32, is_odd: bool, swarm: &Swarm, chance: &mut ChaCha8Rng) -> CommandBody {
    let Known { booking, .. } = *known;
    let buyer = if is_odd { BuyerId(known.buyer.0 + 1) } else { known.buyer };
    // One payment for each booking in most cases, so that beginning and confirming meet.
    let other = if chance.random_bool(0.1) { u128::from(call) << 64 } else { 1 << 100 };
    let payment = PaymentId(Uuid::from_u128(booking.0.as_u128() | other));
    match chance.random_range(0..20) {
        0..6 => {
            let timeout_ms = [900, 5_000, 60_000][chance.random_range(0..3)];
            CommandBody::BeginPayment(BeginPayment { booking, buyer, payment, timeout_ms })
        }
        6..12 => {
            let payment = chance.random_bool(0.8).then_some(payment);
            CommandBody::Confirm(Confirm { booking, buyer, payment })
        }
        12..14 => CommandBody::EndPayment(EndPayment { booking, buyer, payment }),
        14..17 => CommandBody::Cancel(Cancel { booking, buyer }),
        17..19 => CommandBody::Exchange(Exchange { booking, buyer, wish: wish(swarm, chance) }),
        _ => {
            let hold_ms = chance.random_bool(0.5).then(|| chance.random_range(900..60_000));
            CommandBody::Extend(Extend { booking, buyer, hold_ms })
        }
    }
}

/// What sellers ask for.
fn of_sale(swarm: &Swarm, chance: &mut ChaCha8Rng) -> CommandBody {
    let seats = |chance: &mut ChaCha8Rng| {
        let first = chance.random_range(0..POSITIONS - 2);
        SeatSet { seats: (first..first + chance.random_range(1..=2)).map(SeatId).collect() }
    };
    match chance.random_range(0..12) {
        0..3 => CommandBody::Block(seats(chance)),
        3..6 => CommandBody::Unblock(seats(chance)),
        6..8 => CommandBody::SetRules(chance.random_range(1..=2)),
        8 => CommandBody::CloseSale,
        9 => CommandBody::OpenSale(OpenSale { seat_map: Arc::new(hall()), terms: terms(swarm, chance) }),
        _ => {
            let terms = terms(swarm, chance);
            CommandBody::AmendSale(AmendSale {
                hold_ms: Some(terms.hold_ms),
                tickets_per_buyer_max: Some(terms.tickets_per_buyer_max),
                accessible_released: Some(terms.accessible_released),
                refunds: Some(terms.refunds),
                ..AmendSale::default()
            })
        }
    }
}
