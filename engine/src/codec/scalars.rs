//! Ids and seats between their types and the wire.

use super::{DecodeError, wire};
use crate::booking::SeatList;
use crate::ids::{AreaId, BookingId, PaymentId, RequestId, SeatId};
use uuid::Uuid;

impl From<u128> for wire::Wide {
    fn from(value: u128) -> Self {
        Self { high: (value >> 64) as u64, low: value as u64 }
    }
}

impl From<wire::Wide> for u128 {
    fn from(wide: wire::Wide) -> Self {
        (u128::from(wide.high) << 64) | u128::from(wide.low)
    }
}

impl From<BookingId> for wire::Wide {
    fn from(id: BookingId) -> Self {
        id.0.as_u128().into()
    }
}

impl From<PaymentId> for wire::Wide {
    fn from(id: PaymentId) -> Self {
        id.0.as_u128().into()
    }
}

pub(super) fn booking_id(wide: Option<wire::Wide>) -> Result<BookingId, DecodeError> {
    let wide = wide.ok_or(DecodeError::Missing("booking"))?;
    Ok(BookingId(Uuid::from_u128(wide.into())))
}

pub(super) fn payment_id(wide: wire::Wide) -> PaymentId {
    PaymentId(Uuid::from_u128(wide.into()))
}

impl From<RequestId> for wire::Request {
    fn from(request: RequestId) -> Self {
        Self { key: Some(request.key.into()), fingerprint: request.fingerprint }
    }
}

pub(super) fn request_id(request: wire::Request) -> Result<RequestId, DecodeError> {
    let key = request.key.ok_or(DecodeError::Missing("request.key"))?.into();
    Ok(RequestId { key, fingerprint: request.fingerprint })
}

pub(super) fn seat_set(seats: &[SeatId]) -> wire::SeatSet {
    wire::SeatSet { seats: seats.iter().map(|seat| seat.0).collect() }
}

pub(super) fn seat_list(set: &wire::SeatSet) -> SeatList {
    set.seats.iter().copied().map(SeatId).collect()
}

pub(super) fn seat_vec(seats: Vec<u32>) -> Vec<SeatId> {
    seats.into_iter().map(SeatId).collect()
}

pub(super) fn area_id(value: u32) -> Result<AreaId, DecodeError> {
    u16::try_from(value).map(AreaId).map_err(|_| DecodeError::OutOfRange { field: "area", value: value.into() })
}
