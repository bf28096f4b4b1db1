//! Outcomes as records of the outcome log.

use super::refusal::{refused_from_wire, refused_to_wire};
use super::scalars::{seat_set, seat_vec};
use super::{DecodeError, RECORD_FORMAT, booking, check_format, sale, wire};
use crate::ids::{CorrelationId, EventId, Offset, OutcomeNumber, TimeMs};
use crate::outcome::{Answer, Change, Outcome, OutcomeBody};
use bytes::Bytes;
use prost::Message;
use wire::outcome_record::Body;

/// The record of `outcome`.
#[must_use]
pub fn encode_outcome(outcome: &Outcome) -> Bytes {
    to_wire(outcome).encode_to_vec().into()
}

/// Appends the record of `outcome` to `buffer` as if it had no hash.
pub(super) fn encode_without_hash(outcome: &Outcome, buffer: &mut Vec<u8>) {
    let record = wire::OutcomeRecord { hash: 0, ..to_wire(outcome) };
    record.encode(buffer).expect("a vector has room");
}

/// The outcome in a record.
///
/// # Errors
/// `DecodeError` when the bytes are no record, or one of a format that this build does not know.
pub fn decode_outcome(bytes: &[u8]) -> Result<Outcome, DecodeError> {
    let record = wire::OutcomeRecord::decode(bytes)?;
    check_format(record.format)?;
    Ok(Outcome {
        number: OutcomeNumber(record.number),
        offset: Offset(record.offset),
        at: TimeMs(record.at_ms),
        event: EventId(record.event),
        correlation: record.correlation.map(CorrelationId),
        body: body_from_wire(record.body.ok_or(DecodeError::Missing("body"))?)?,
        hash: record.hash,
    })
}

fn to_wire(outcome: &Outcome) -> wire::OutcomeRecord {
    wire::OutcomeRecord {
        format: RECORD_FORMAT,
        number: outcome.number.0,
        offset: outcome.offset.0,
        at_ms: outcome.at.0,
        event: outcome.event.0,
        correlation: outcome.correlation.map(|correlation| correlation.0),
        body: Some(match &outcome.body {
            OutcomeBody::Done(change) => Body::Done(change_to_wire(change)),
            OutcomeBody::Refused(refused) => Body::Refused(refused_to_wire(refused)),
            OutcomeBody::Repeated(answer) => Body::Repeated(answer_to_wire(answer)),
        }),
        hash: outcome.hash,
    }
}

fn body_from_wire(body: Body) -> Result<OutcomeBody, DecodeError> {
    Ok(match body {
        Body::Done(change) => OutcomeBody::Done(change_from_wire(change)?),
        Body::Refused(refused) => OutcomeBody::Refused(refused_from_wire(refused)?),
        Body::Repeated(answer) => OutcomeBody::Repeated(Box::new(answer_from_wire(answer)?)),
    })
}

fn answer_to_wire(answer: &Answer) -> wire::Answer {
    use wire::answer::Body;
    wire::Answer {
        body: Some(match answer {
            Answer::Done(change) => Body::Done(change_to_wire(change)),
            Answer::Refused(refused) => Body::Refused(refused_to_wire(refused)),
        }),
    }
}

fn answer_from_wire(answer: wire::Answer) -> Result<Answer, DecodeError> {
    use wire::answer::Body;
    Ok(match answer.body.ok_or(DecodeError::Missing("answer"))? {
        Body::Done(change) => Answer::Done(change_from_wire(change)?),
        Body::Refused(refused) => Answer::Refused(refused_from_wire(refused)?),
    })
}

fn change_to_wire(change: &Change) -> wire::Change {
    use wire::change::Kind;
    let kind = match change {
        Change::SaleOpened { seat_map, terms } => Kind::SaleOpened(sale::open_to_wire(seat_map, terms)),
        Change::SaleAmended { terms } => Kind::SaleAmended(sale::terms_to_wire(terms)),
        Change::SaleClosed => Kind::SaleClosed(wire::Empty {}),
        Change::Booking(change) => Kind::Booking(booking::change_to_wire(change)),
        Change::Blocked { seats } => Kind::Blocked(seat_set(seats)),
        Change::Unblocked { seats } => Kind::Unblocked(seat_set(seats)),
        Change::RulesSet { version } => Kind::RulesSet(*version),
    };
    wire::Change { kind: Some(kind) }
}

fn change_from_wire(change: wire::Change) -> Result<Change, DecodeError> {
    use wire::change::Kind;
    Ok(match change.kind.ok_or(DecodeError::Missing("change"))? {
        Kind::SaleOpened(open) => {
            let open = sale::open_from_wire(open)?;
            Change::SaleOpened { seat_map: open.seat_map, terms: open.terms }
        }
        Kind::SaleAmended(terms) => Change::SaleAmended { terms: sale::terms_from_wire(terms) },
        Kind::SaleClosed(_) => Change::SaleClosed,
        Kind::Booking(change) => Change::Booking(Box::new(booking::change_from_wire(change)?)),
        Kind::Blocked(set) => Change::Blocked { seats: seat_vec(set.seats) },
        Kind::Unblocked(set) => Change::Unblocked { seats: seat_vec(set.seats) },
        Kind::RulesSet(version) => Change::RulesSet { version },
    })
}
