//! Confirmed bookings as the ledger keeps them.

use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, OutcomeNumber, PartitionId, PaymentId, TimeMs};
use serde::{Deserialize, Serialize};

/// A booking that was confirmed, and what became of it since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerBooking {
    /// Its id.
    pub id: BookingId,
    /// The event.
    pub event: EventId,
    /// Whose it is.
    pub buyer: BuyerId,
    /// The holder's name, where a program reserved for somebody.
    pub holder: Option<String>,
    /// Seats or places; a cancelled booking keeps those that it had.
    pub allocation: Allocation,
    /// Minor units of the event's currency.
    pub total_price: u64,
    /// The payment that completed it.
    pub payment: Option<PaymentId>,
    /// `Completed` or `Cancelled`.
    pub status: Status,
    /// When the seats were reserved.
    pub created_at: TimeMs,
    /// When they were sold.
    pub confirmed_at: TimeMs,
    /// When they were given back.
    pub cancelled_at: Option<TimeMs>,
    /// When the money was taken.
    pub captured_at: Option<TimeMs>,
    /// When the money was given back.
    pub refunded_at: Option<TimeMs>,
    /// The partition that sold them.
    pub partition: PartitionId,
    /// The number of the outcome that sold them.
    pub outcome: OutcomeNumber,
}

/// Which bookings a list has; what is `None` filters nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BookingFilter {
    /// Only those of this event.
    pub event: Option<EventId>,
    /// Only those in this state.
    pub status: Option<Status>,
}

/// Sums over the whole ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerTotals {
    /// Bookings that are completed.
    pub completed: u64,
    /// Bookings that were completed and then cancelled.
    pub cancelled: u64,
    /// Tickets of the completed ones.
    pub tickets: u64,
}
