//! What became of commands: the records of the outcome log.

use crate::booking::{Allocation, Booking, Status};
use crate::command::SaleTerms;
use crate::ids::{BookingId, BuyerId, CorrelationId, EventId, Offset, OutcomeNumber, SeatId, TimeMs};
use crate::refusal::Refusal;
use crate::seat_map::spec::SeatMapSpec;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One numbered outcome of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its number: one more than the outcome before.
    pub number: OutcomeNumber,
    /// The command that it came from, or that brought the time of an expiry.
    pub offset: Offset,
    /// Shard time when it was decided.
    pub at: TimeMs,
    /// The event.
    pub event: EventId,
    /// The command's; `None` when nobody asked (an expiry).
    pub correlation: Option<CorrelationId>,
    /// What happened.
    pub body: OutcomeBody,
    /// The running hash of the partition's outcomes up to this one, its body included.
    pub hash: u64,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeBody {
    /// The state changed, or the command asked for what already was.
    Done(Change),
    /// The command was refused and nothing changed.
    Refused(Refused),
    /// The request was answered before; this is that answer. Changes nothing.
    Repeated(Box<Answer>),
}

/// A refusal, and whose it is when the command would have made a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The proposed booking and its buyer, for a refused reservation.
    pub booking: Option<(BookingId, BuyerId)>,
}

/// The first answer to a request, as it is given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It was done.
    Done(Change),
    /// It was refused.
    Refused(Refused),
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// An event's seats went on sale.
    SaleOpened {
        /// Its seats.
        seat_map: Arc<SeatMapSpec>,
        /// Its terms.
        terms: SaleTerms,
    },
    /// The terms are now these.
    SaleAmended {
        /// All of them.
        terms: SaleTerms,
    },
    /// The sale is over.
    SaleClosed,
    /// A booking came to be or changed.
    Booking(Box<BookingChange>),
    /// Seats went off sale.
    Blocked {
        /// Which.
        seats: Vec<SeatId>,
    },
    /// Seats came back on sale.
    Unblocked {
        /// Which.
        seats: Vec<SeatId>,
    },
    /// Another version of the rules is in force.
    RulesSet {
        /// Which.
        version: u32,
    },
}

/// What happened to a booking, and the booking after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingChange {
    /// What happened.
    pub kind: BookingChangeKind,
    /// The booking as it is now.
    pub booking: Booking,
    /// The status before; `None` for a new booking.
    pub before: Option<Status>,
    /// What it had before, when that became free.
    pub released: Option<Allocation>,
}

/// What can happen to a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BookingChangeKind {
    /// Seats were held.
    Reserved,
    /// The deadline moved.
    Extended,
    /// A payment began; the deadline is the payment's.
    PaymentBegun,
    /// The payment ended without money; the deadline is the hold's again.
    PaymentEnded,
    /// The seats are sold.
    Confirmed,
    /// It was completed or given up before, and the command asked for just that.
    Unchanged,
    /// Held or sold seats were given back.
    Cancelled,
    /// Other seats instead.
    Exchanged,
    /// The deadline passed.
    Expired,
    /// Paid too late; the money goes back.
    Failed,
}
