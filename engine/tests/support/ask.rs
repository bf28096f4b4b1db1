//! Short ways to say what is asked.

use rowlock_engine::command::{
    AmendSale, BeginPayment, BestAvailable, Cancel, Command, CommandBody, Confirm, EndPayment, Exchange, Extend,
    OpenSale, Reserve, SaleTerms, SeatSet, Wish,
};
use rowlock_engine::ids::{AreaId, BookingId, BuyerId, CorrelationId, EventId, PaymentId, RequestId, SeatId};
use rowlock_engine::seat_map::spec::SeatMapSpec;
use std::sync::Arc;
use uuid::Uuid;

/// The buyer who asks unless another one is named.
pub const BUYER: BuyerId = BuyerId(7);
/// Somebody else.
pub const OTHER: BuyerId = BuyerId(8);
/// How long a payment may take.
pub const PAYMENT_MS: u64 = 30_000;

pub fn booking(n: u128) -> BookingId {
    BookingId(Uuid::from_u128(n))
}

pub fn payment(n: u128) -> PaymentId {
    PaymentId(Uuid::from_u128(n))
}

pub fn seats(ids: &[u32]) -> Vec<SeatId> {
    ids.iter().copied().map(SeatId).collect()
}

pub fn command(event: EventId, body: CommandBody) -> Command {
    Command { event, request: None, correlation: CorrelationId(0), body }
}

pub fn request(key: u128, fingerprint: u64) -> Option<RequestId> {
    Some(RequestId { key, fingerprint })
}

pub fn open_sale(spec: SeatMapSpec, terms: SaleTerms) -> CommandBody {
    CommandBody::OpenSale(OpenSale { seat_map: Arc::new(spec), terms })
}

pub fn amend(change: impl FnOnce(&mut AmendSale)) -> CommandBody {
    let mut amend = AmendSale::default();
    change(&mut amend);
    CommandBody::AmendSale(amend)
}

pub fn named(ids: &[u32]) -> Wish {
    Wish::Named(ids.iter().copied().map(SeatId).collect())
}

pub fn best(quantity: u32) -> Wish {
    Wish::Best(BestAvailable { quantity, ..BestAvailable::default() })
}

pub fn area(area: u16, quantity: u32) -> Wish {
    Wish::Area { area: AreaId(area), quantity }
}

pub fn reserve(id: u128, wish: Wish) -> CommandBody {
    reserve_for(BUYER, id, wish)
}

pub fn reserve_for(buyer: BuyerId, id: u128, wish: Wish) -> CommandBody {
    CommandBody::Reserve(Reserve { booking: booking(id), buyer, holder: None, hold_ms: None, wish })
}

pub fn extend(id: u128, hold_ms: Option<u64>) -> CommandBody {
    CommandBody::Extend(Extend { booking: booking(id), buyer: BUYER, hold_ms })
}

pub fn begin_payment(id: u128, paid_by: u128) -> CommandBody {
    begin_payment_within(id, paid_by, PAYMENT_MS)
}

pub fn begin_payment_within(id: u128, paid_by: u128, timeout_ms: u64) -> CommandBody {
    let payment = payment(paid_by);
    CommandBody::BeginPayment(BeginPayment { booking: booking(id), buyer: BUYER, payment, timeout_ms })
}

pub fn end_payment(id: u128, paid_by: u128) -> CommandBody {
    CommandBody::EndPayment(EndPayment { booking: booking(id), buyer: BUYER, payment: payment(paid_by) })
}

pub fn confirm(id: u128, paid_by: Option<u128>) -> CommandBody {
    CommandBody::Confirm(Confirm { booking: booking(id), buyer: BUYER, payment: paid_by.map(payment) })
}

pub fn cancel(id: u128) -> CommandBody {
    CommandBody::Cancel(Cancel { booking: booking(id), buyer: BUYER })
}

pub fn exchange(id: u128, wish: Wish) -> CommandBody {
    CommandBody::Exchange(Exchange { booking: booking(id), buyer: BUYER, wish })
}

pub fn block(ids: &[u32]) -> CommandBody {
    CommandBody::Block(SeatSet { seats: seats(ids) })
}

pub fn unblock(ids: &[u32]) -> CommandBody {
    CommandBody::Unblock(SeatSet { seats: seats(ids) })
}

/// The same command from another buyer.
pub fn from_buyer(buyer: BuyerId, mut body: CommandBody) -> CommandBody {
    *match &mut body {
        CommandBody::Reserve(body) => &mut body.buyer,
        CommandBody::Extend(body) => &mut body.buyer,
        CommandBody::BeginPayment(body) => &mut body.buyer,
        CommandBody::EndPayment(body) => &mut body.buyer,
        CommandBody::Confirm(body) => &mut body.buyer,
        CommandBody::Cancel(body) => &mut body.buyer,
        CommandBody::Exchange(body) => &mut body.buyer,
        body => panic!("{body:?} has no buyer"),
    } = buyer;
    body
}
