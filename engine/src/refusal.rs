//! Refusals: values, in their written order of precedence. The first that applies is the answer.

use crate::ids::{SeatId, TimeMs};
use serde::{Deserialize, Serialize};

/// Why a command was not carried out. Variants stand in order of precedence: when several apply, the
/// one that stands first here is given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// The decision panicked; the state is as it was.
    #[error("an internal fault stopped the decision; nothing was changed")]
    Internal,
    /// The request id was used before for something else.
    #[error("this request id was used before with another request")]
    RequestMismatch,
    /// The rules version is not one this build knows.
    #[error("rules version {version} is not known")]
    UnknownRules {
        /// The version that was asked for.
        version: u32,
    },
    /// No such event in this partition.
    #[error("no such event")]
    UnknownEvent,
    /// `open_sale` for an event that has one.
    #[error("the event is already on sale")]
    EventExists,
    /// The partition has as many events as it may.
    #[error("the partition has as many events as it can carry")]
    TooManyEvents,
    /// No such booking, or it is somebody else's.
    #[error("no such booking")]
    UnknownBooking,
    /// A booking with the proposed id exists.
    #[error("a booking with this id exists")]
    BookingExists,
    /// The seat map, the sale's terms or the command's numbers are not valid.
    #[error("{field}: {problem}")]
    Invalid {
        /// Which part of the command.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A seat that the event does not have.
    #[error("the event has no such seat")]
    UnknownSeat {
        /// The seats that do not exist.
        seats: Vec<SeatId>,
    },
    /// A section, subsection or area that the event does not have.
    #[error("the event has no such section or area")]
    UnknownSection,
    /// The sale has not begun or is over.
    #[error("the event is not on sale")]
    NotOnSale {
        /// When it opens, if it will.
        opens_at: Option<TimeMs>,
    },
    /// More tickets than one booking or one buyer may have.
    #[error("at most {max} tickets a {per}")]
    LimitExceeded {
        /// The limit.
        max: u32,
        /// What the limit is for: `booking` or `buyer`.
        per: LimitScope,
    },
    /// The hold ended before this came.
    #[error("the hold has expired")]
    HoldExpired,
    /// The booking is not in a state that allows this.
    #[error("the booking is {status}")]
    WrongStatus {
        /// The state it is in.
        status: crate::booking::Status,
    },
    /// A payment is under way, with its own id.
    #[error("another payment is under way for this booking")]
    PaymentUnderWay,
    /// The hold is as long as it may become.
    #[error("the hold cannot be extended any further")]
    ExtensionLimit,
    /// Nobody has any seat left to give: nothing that was asked for is free.
    #[error("sold out")]
    SoldOut,
    /// Fewer seats are free than were asked for, or not together as was demanded.
    #[error("only {free} fitting seats are free")]
    NotEnoughSeats {
        /// How many are free under the same filters.
        free: u32,
    },
    /// Named seats that are not free.
    #[error("seats are taken")]
    SeatsTaken {
        /// The ones that are lost.
        seats: Vec<SeatId>,
        /// Up to `ALTERNATIVES_MAX` sets of as many seats, free when this was decided.
        alternatives: Vec<Vec<SeatId>>,
    },
    /// A paid booking can be exchanged only for seats of the same total.
    #[error("the booking is paid with {paid}, the new seats cost {asked}")]
    PriceDiffers {
        /// Minor units that were paid.
        paid: u64,
        /// Minor units that the new seats cost.
        asked: u64,
    },
    /// The partition remembers as many bookings as it may.
    #[error("the partition has as many bookings as it can carry")]
    TooManyBookings,
}

/// What a ticket limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LimitScope {
    /// The tickets of one booking.
    Booking,
    /// The living tickets of one buyer for this event.
    Buyer,
}

impl std::fmt::Display for LimitScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Booking => "booking",
            Self::Buyer => "buyer",
        })
    }
}
