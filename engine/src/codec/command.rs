//! Commands as records of the command log.

use super::scalars::{area_id, booking_id, payment_id, request_id, seat_list, seat_set, seat_vec};
use super::{DecodeError, RECORD_FORMAT, check_format, sale, wire};
use crate::command::{
    BeginPayment, BestAvailable, Cancel, Command, CommandBody, Confirm, EndPayment, Exchange, Extend, Reserve, SeatSet,
    Wish,
};
use crate::ids::{BuyerId, CorrelationId, EventId};
use bytes::Bytes;
use prost::Message;
use wire::command_record::Body;

/// The record of `command`.
#[must_use]
pub fn encode_command(command: &Command) -> Bytes {
    let record = wire::CommandRecord {
        format: RECORD_FORMAT,
        event: command.event.0,
        correlation: command.correlation.0,
        request: command.request.map(Into::into),
        body: Some(body_to_wire(&command.body)),
    };
    record.encode_to_vec().into()
}

/// The command in a record.
///
/// # Errors
/// `DecodeError` when the bytes are no record, or one of a format that this build does not know.
pub fn decode_command(bytes: &[u8]) -> Result<Command, DecodeError> {
    let record = wire::CommandRecord::decode(bytes)?;
    check_format(record.format)?;
    Ok(Command {
        event: EventId(record.event),
        request: record.request.map(request_id).transpose()?,
        correlation: CorrelationId(record.correlation),
        body: body_from_wire(record.body.ok_or(DecodeError::Missing("body"))?)?,
    })
}

fn body_to_wire(body: &CommandBody) -> Body {
    match body {
        CommandBody::OpenSale(open) => Body::OpenSale(sale::open_to_wire(&open.seat_map, &open.terms)),
        CommandBody::AmendSale(amend) => Body::AmendSale(sale::amend_to_wire(amend)),
        CommandBody::CloseSale => Body::CloseSale(wire::Empty {}),
        CommandBody::Reserve(reserve) => Body::Reserve(reserve_to_wire(reserve)),
        CommandBody::Extend(extend) => Body::Extend(wire::Extend {
            booking: Some(extend.booking.into()),
            buyer: extend.buyer.0,
            hold_ms: extend.hold_ms,
        }),
        CommandBody::BeginPayment(begin) => Body::BeginPayment(wire::BeginPayment {
            booking: Some(begin.booking.into()),
            buyer: begin.buyer.0,
            payment: Some(begin.payment.into()),
            timeout_ms: begin.timeout_ms,
        }),
        CommandBody::EndPayment(end) => Body::EndPayment(wire::EndPayment {
            booking: Some(end.booking.into()),
            buyer: end.buyer.0,
            payment: Some(end.payment.into()),
        }),
        CommandBody::Confirm(confirm) => Body::Confirm(wire::Confirm {
            booking: Some(confirm.booking.into()),
            buyer: confirm.buyer.0,
            payment: confirm.payment.map(Into::into),
        }),
        CommandBody::Cancel(cancel) => {
            Body::Cancel(wire::Cancel { booking: Some(cancel.booking.into()), buyer: cancel.buyer.0 })
        }
        CommandBody::Exchange(exchange) => Body::Exchange(wire::Exchange {
            booking: Some(exchange.booking.into()),
            buyer: exchange.buyer.0,
            wish: Some(wish_to_wire(&exchange.wish)),
        }),
        CommandBody::Block(set) => Body::Block(seat_set(&set.seats)),
        CommandBody::Unblock(set) => Body::Unblock(seat_set(&set.seats)),
        CommandBody::Pulse => Body::Pulse(wire::Empty {}),
        CommandBody::SetRules(version) => Body::SetRules(*version),
    }
}

fn reserve_to_wire(reserve: &Reserve) -> wire::Reserve {
    wire::Reserve {
        booking: Some(reserve.booking.into()),
        buyer: reserve.buyer.0,
        holder: reserve.holder.as_deref().map(str::to_owned),
        hold_ms: reserve.hold_ms,
        wish: Some(wish_to_wire(&reserve.wish)),
    }
}

fn wish_to_wire(wish: &Wish) -> wire::Wish {
    use wire::wish::Kind;
    let kind = match wish {
        Wish::Named(seats) => Kind::Named(seat_set(seats)),
        Wish::Best(best) => Kind::Best(wire::BestAvailable {
            quantity: best.quantity,
            section: best.section.map(u32::from),
            subsection: best.subsection,
            max_price: best.max_price,
            adjacent_only: best.adjacent_only,
            accessible: best.accessible,
        }),
        Wish::Area { area, quantity } => Kind::Area(wire::AreaPlaces { area: area.0.into(), quantity: *quantity }),
    };
    wire::Wish { kind: Some(kind) }
}

fn body_from_wire(body: Body) -> Result<CommandBody, DecodeError> {
    Ok(match body {
        Body::OpenSale(open) => CommandBody::OpenSale(sale::open_from_wire(open)?),
        Body::AmendSale(amend) => CommandBody::AmendSale(sale::amend_from_wire(amend)),
        Body::CloseSale(_) => CommandBody::CloseSale,
        Body::Reserve(reserve) => CommandBody::Reserve(reserve_from_wire(reserve)?),
        Body::Extend(extend) => CommandBody::Extend(Extend {
            booking: booking_id(extend.booking)?,
            buyer: BuyerId(extend.buyer),
            hold_ms: extend.hold_ms,
        }),
        Body::BeginPayment(begin) => CommandBody::BeginPayment(BeginPayment {
            booking: booking_id(begin.booking)?,
            buyer: BuyerId(begin.buyer),
            payment: payment_id(begin.payment.ok_or(DecodeError::Missing("payment"))?),
            timeout_ms: begin.timeout_ms,
        }),
        Body::EndPayment(end) => CommandBody::EndPayment(EndPayment {
            booking: booking_id(end.booking)?,
            buyer: BuyerId(end.buyer),
            payment: payment_id(end.payment.ok_or(DecodeError::Missing("payment"))?),
        }),
        Body::Confirm(confirm) => CommandBody::Confirm(Confirm {
            booking: booking_id(confirm.booking)?,
            buyer: BuyerId(confirm.buyer),
            payment: confirm.payment.map(payment_id),
        }),
        Body::Cancel(cancel) => {
            CommandBody::Cancel(Cancel { booking: booking_id(cancel.booking)?, buyer: BuyerId(cancel.buyer) })
        }
        Body::Exchange(exchange) => CommandBody::Exchange(Exchange {
            booking: booking_id(exchange.booking)?,
            buyer: BuyerId(exchange.buyer),
            wish: wish_from_wire(exchange.wish)?,
        }),
        Body::Block(set) => CommandBody::Block(SeatSet { seats: seat_vec(set.seats) }),
        Body::Unblock(set) => CommandBody::Unblock(SeatSet { seats: seat_vec(set.seats) }),
        Body::Pulse(_) => CommandBody::Pulse,
        Body::SetRules(version) => CommandBody::SetRules(version),
    })
}

fn reserve_from_wire(reserve: wire::Reserve) -> Result<Reserve, DecodeError> {
    Ok(Reserve {
        booking: booking_id(reserve.booking)?,
        buyer: BuyerId(reserve.buyer),
        holder: reserve.holder.map(String::into_boxed_str),
        hold_ms: reserve.hold_ms,
        wish: wish_from_wire(reserve.wish)?,
    })
}

fn wish_from_wire(wish: Option<wire::Wish>) -> Result<Wish, DecodeError> {
    use wire::wish::Kind;
    let kind = wish.and_then(|wish| wish.kind).ok_or(DecodeError::Missing("wish"))?;
    Ok(match kind {
        Kind::Named(set) => Wish::Named(seat_list(&set)),
        Kind::Best(best) => Wish::Best(BestAvailable {
            quantity: best.quantity,
            section: best.section.map(section_index).transpose()?,
            subsection: best.subsection,
            max_price: best.max_price,
            adjacent_only: best.adjacent_only,
            accessible: best.accessible,
        }),
        Kind::Area(places) => Wish::Area { area: area_id(places.area)?, quantity: places.quantity },
    })
}

fn section_index(value: u32) -> Result<u16, DecodeError> {
    u16::try_from(value).map_err(|_| DecodeError::OutOfRange { field: "section", value: value.into() })
}
