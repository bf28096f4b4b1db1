//! A booking as the shard keeps it and as outcomes show it.

use crate::ids::{AreaId, BookingId, BuyerId, EventId, PaymentId, SeatId, TimeMs};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// Seats of one booking; up to four without a heap allocation.
pub type SeatList = SmallVec<[SeatId; 4]>;

/// Where a booking is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Seats are held until the deadline.
    PendingPayment,
    /// Seats are sold.
    Completed,
    /// Given back by the buyer.
    Cancelled,
    /// The deadline passed.
    Expired,
    /// Paid too late: the seats were gone and the money is given back.
    Failed,
}

impl Status {
    /// Whether the booking has seats in this state.
    #[must_use]
    pub fn is_living(self) -> bool {
        matches!(self, Self::PendingPayment | Self::Completed)
    }

    /// The name that the HTTP contract and the ledger use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PendingPayment => "pending_payment",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a booking has: named seats, or places of one area.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Allocation {
    /// Numbered seats.
    Seats(SeatList),
    /// Places in a general-admission area.
    Area {
        /// Which one.
        area: AreaId,
        /// How many places.
        quantity: u32,
    },
}

impl Allocation {
    /// Tickets in this allocation.
    #[must_use]
    pub fn quantity(&self) -> u32 {
        match self {
            Self::Seats(seats) => u32::try_from(seats.len()).expect("a booking's seats are capped"),
            Self::Area { quantity, .. } => *quantity,
        }
    }
}

/// One booking, whole: what outcomes carry and readers keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// The event.
    pub event: EventId,
    /// Who asked for it.
    pub buyer: BuyerId,
    /// The holder's name, where a program reserved for somebody.
    pub holder: Option<Box<str>>,
    /// Seats or places.
    pub allocation: Allocation,
    /// Minor units of the event's currency.
    pub total_price: u64,
    /// Where it is in its life.
    pub status: Status,
    /// When it was made, by shard time.
    pub created_at: TimeMs,
    /// When the hold ends; of no meaning once the booking has left `PendingPayment`.
    pub deadline: TimeMs,
    /// The payment under way, or the one that completed it.
    pub payment: Option<PaymentId>,
}
