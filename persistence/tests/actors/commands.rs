//! The commands that these tests give.

use rowlock_engine::booking::SeatList;
use rowlock_engine::command::{Command, CommandBody, Confirm, OpenSale, Reserve, SaleTerms, Wish};
use rowlock_engine::ids::{BookingId, BuyerId, CorrelationId, EventId, SeatId};
use rowlock_engine::seat_map::spec::{RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use std::sync::Arc;
use uuid::Uuid;

pub const EVENT: EventId = EventId(7);
const BUYER: BuyerId = BuyerId(1);

pub fn booking_id(n: u64) -> BookingId {
    BookingId(Uuid::from_u64_pair(0x0190_0000_0000_7000, n))
}

pub fn command(correlation: u64, body: CommandBody) -> Command {
    Command { event: EVENT, request: None, correlation: CorrelationId(correlation), body }
}

/// Ten rows of a hundred seats.
pub fn open_sale() -> CommandBody {
    let rows = RowsSpec { first_row: 1, count: 10, seats: 100, missing: vec![], accessible: vec![], companion: vec![] };
    let subsections = vec![SubsectionSpec { number: 1, rows: vec![rows] }];
    let section = SectionSpec { name: "A".into(), price: 2_500, focal_point: None, subsections };
    let seat_map = Arc::new(SeatMapSpec { sections: vec![section], areas: vec![] });
    let terms = SaleTerms {
        opens_at: None,
        hold_ms: 600_000,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: true,
        refunds: true,
    };
    CommandBody::OpenSale(OpenSale { seat_map, terms })
}

/// Booking `n` asks for seat `n`.
pub fn reserve(n: u64, hold_ms: Option<u64>) -> CommandBody {
    let wish = Wish::Named(SeatList::from_slice(&[SeatId(u32::try_from(n).unwrap())]));
    CommandBody::Reserve(Reserve { booking: booking_id(n), buyer: BUYER, holder: None, hold_ms, wish })
}

pub fn confirm(n: u64) -> CommandBody {
    CommandBody::Confirm(Confirm { booking: booking_id(n), buyer: BUYER, payment: None })
}
