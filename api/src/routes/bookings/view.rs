//! A booking as the HTTP contract shows it.

use crate::http::time::rfc3339;
use rowlock_engine::booking::{Allocation, Booking, Status};
use rowlock_engine::seat_map::SeatMap;
use rowlock_persistence::sql::LedgerBooking;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookingView {
    /// `UUIDv7`.
    pub id: Uuid,
    /// The event.
    pub event_id: u64,
    /// Where it is in its life.
    #[schema(example = "pending_payment")]
    pub status: &'static str,
    /// Labels of numbered seats.
    #[schema(example = json!(["A-1-3-4", "A-1-3-5"]))]
    pub seats: Vec<String>,
    /// The general-admission area, instead of seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// Tickets.
    pub quantity: u32,
    /// Minor units.
    pub total_price: u64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When the hold ends; only while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// The payment under way, or the one that completed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Uuid>,
    /// Whom a program reserved for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}

impl BookingView {
    /// `booking` of an event with this seat map and currency.
    pub fn new(booking: &Booking, map: &SeatMap, currency: &str) -> Self {
        let (seats, area) = match &booking.allocation {
            Allocation::Seats(seats) => (seats.iter().map(|seat| map.label(*seat).to_string()).collect(), None),
            Allocation::Area { area, .. } => (Vec::new(), Some(map.area_name(*area).to_owned())),
        };
        let pending = booking.status == Status::PendingPayment;
        Self {
            id: booking.id.0,
            event_id: booking.event.0,
            status: booking.status.as_str(),
            seats,
            area,
            quantity: booking.allocation.quantity(),
            total_price: booking.total_price,
            currency: currency.to_owned(),
            created_at: rfc3339(booking.created_at),
            expires_at: pending.then(|| rfc3339(booking.deadline)),
            payment_id: booking.payment.map(|payment| payment.0),
            holder: booking.holder.as_deref().map(str::to_owned),
        }
    }
}

/// A row of the ledger as a booking.
pub fn from_ledger(row: LedgerBooking) -> Booking {
    Booking {
        id: row.id,
        event: row.event,
        buyer: row.buyer,
        holder: row.holder.map(String::into_boxed_str),
        allocation: row.allocation,
        total_price: row.total_price,
        status: row.status,
        created_at: row.created_at,
        deadline: row.confirmed_at,
        payment: row.payment,
    }
}
