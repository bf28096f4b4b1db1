//! What is asked of the seats: the records of the command log.

use crate::booking::SeatList;
use crate::ids::{AreaId, BookingId, BuyerId, CorrelationId, EventId, PaymentId, RequestId, SeatId, TimeMs};
use crate::seat_map::spec::SeatMapSpec;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One record of the command log, decoded: what is asked, by whom, and how the answer finds its way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The event whose seats are meant; the record's key. Pulses and rules have none that matters.
    pub event: EventId,
    /// Given when the requester may repeat itself; none where the state alone makes it idempotent.
    pub request: Option<RequestId>,
    /// Copied into the outcome.
    pub correlation: CorrelationId,
    /// What is asked.
    pub body: CommandBody,
}

/// The commands, one variant and one file of `commands/` each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandBody {
    /// Puts an event's seats on sale.
    OpenSale(OpenSale),
    /// Changes the terms of a sale.
    AmendSale(AmendSale),
    /// Ends a sale: living holds may still be paid for.
    CloseSale,
    /// Asks for seats.
    Reserve(Reserve),
    /// Asks for a later deadline.
    Extend(Extend),
    /// A payment starts: the hold now follows the payment's own deadline.
    BeginPayment(BeginPayment),
    /// The payment failed: the hold goes back to its own deadline.
    EndPayment(EndPayment),
    /// Seats become sold.
    Confirm(Confirm),
    /// Gives seats back, held or sold.
    Cancel(Cancel),
    /// New seats for the old ones, all or nothing.
    Exchange(Exchange),
    /// Takes free seats off sale.
    Block(SeatSet),
    /// Puts blocked seats back on sale.
    Unblock(SeatSet),
    /// Carries nothing but the passing of time.
    Pulse,
    /// Switches to another version of the rules.
    SetRules(u32),
}

/// The terms of a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleTerms {
    /// Reservations are refused before this.
    pub opens_at: Option<TimeMs>,
    /// How long a hold lasts, in milliseconds.
    pub hold_ms: u64,
    /// Tickets of one booking.
    pub tickets_per_booking_max: u32,
    /// Living tickets of one buyer, over all bookings.
    pub tickets_per_buyer_max: Option<u32>,
    /// Whether accessible and companion seats are sold like any other.
    pub accessible_released: bool,
    /// Whether confirmed bookings may be cancelled.
    pub refunds: bool,
}

/// Puts an event's seats on sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSale {
    /// Its seats.
    pub seat_map: Arc<SeatMapSpec>,
    /// Its terms.
    pub terms: SaleTerms,
}

/// Changes the terms of a sale; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AmendSale {
    /// See [`SaleTerms::opens_at`]; the inner `None` takes the date away.
    pub opens_at: Option<Option<TimeMs>>,
    /// See [`SaleTerms::hold_ms`]; holds that live keep their deadline.
    pub hold_ms: Option<u64>,
    /// See [`SaleTerms::tickets_per_booking_max`].
    pub tickets_per_booking_max: Option<u32>,
    /// See [`SaleTerms::tickets_per_buyer_max`]; the inner `None` takes the limit away.
    pub tickets_per_buyer_max: Option<Option<u32>>,
    /// See [`SaleTerms::accessible_released`].
    pub accessible_released: Option<bool>,
    /// See [`SaleTerms::refunds`].
    pub refunds: Option<bool>,
}

/// Asks for seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// The id that the booking will have.
    pub booking: BookingId,
    /// Who asks.
    pub buyer: BuyerId,
    /// Whom a program reserves for.
    pub holder: Option<Box<str>>,
    /// A hold shorter or longer than the event's own, in milliseconds (programs only).
    pub hold_ms: Option<u64>,
    /// Which seats.
    pub wish: Wish,
}

/// Which seats are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Just these.
    Named(SeatList),
    /// The engine chooses.
    Best(BestAvailable),
    /// Places of an area.
    Area {
        /// Which one.
        area: AreaId,
        /// How many places.
        quantity: u32,
    },
}

/// A request for the best seats there are, with its filters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BestAvailable {
    /// How many seats.
    pub quantity: u32,
    /// Index of the section in the seat map; any when `None`.
    pub section: Option<u16>,
    /// Number of the subsection, from 1; needs a section.
    pub subsection: Option<u32>,
    /// Highest price of one ticket, in minor units.
    pub max_price: Option<u64>,
    /// Refuse rather than split the group.
    pub adjacent_only: bool,
    /// Accessible and companion seats are wanted.
    pub accessible: bool,
}

/// Asks for a later deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extend {
    /// Which booking.
    pub booking: BookingId,
    /// Whose booking it must be.
    pub buyer: BuyerId,
    /// By how much from now, in milliseconds; the event's hold unless given.
    pub hold_ms: Option<u64>,
}

/// A payment starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeginPayment {
    /// Which booking.
    pub booking: BookingId,
    /// Whose booking it must be.
    pub buyer: BuyerId,
    /// The payment.
    pub payment: PaymentId,
    /// How long the provider has, in milliseconds.
    pub timeout_ms: u64,
}

/// A payment ended without money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndPayment {
    /// Which booking.
    pub booking: BookingId,
    /// Whose booking it must be.
    pub buyer: BuyerId,
    /// The payment.
    pub payment: PaymentId,
}

/// Seats become sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// Which booking.
    pub booking: BookingId,
    /// Whose booking it must be.
    pub buyer: BuyerId,
    /// The payment behind it; none when a program confirms.
    pub payment: Option<PaymentId>,
}

/// Gives seats back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// Which booking.
    pub booking: BookingId,
    /// Whose booking it must be.
    pub buyer: BuyerId,
}

/// New seats for the old ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Which booking.
    pub booking: BookingId,
    /// Whose booking it must be.
    pub buyer: BuyerId,
    /// What is wanted instead; the old seats count as free.
    pub wish: Wish,
}

/// Seats that the seller names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatSet {
    /// At most `SEATS_PER_BLOCK_MAX`.
    pub seats: Vec<SeatId>,
}
