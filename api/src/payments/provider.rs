//! The port to whoever moves the money.

use rowlock_engine::booking::Booking;
use rowlock_engine::ids::{BookingId, BuyerId, EventId, PaymentId, TimeMs};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;
use utoipa::ToSchema;

/// What a payment is for. The provider keeps all of it, so that a payment can be settled from its books alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The payment.
    pub payment: PaymentId,
    /// The booking that is paid for.
    pub booking: BookingId,
    /// Its event.
    pub event: EventId,
    /// Whose booking it is.
    pub buyer: BuyerId,
    /// Minor units.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
}

impl Order {
    /// The whole price of `booking`.
    pub fn new(payment: PaymentId, booking: &Booking, currency: &str) -> Self {
        let Booking { id, event, buyer, total_price, .. } = *booking;
        Self { payment, booking: id, event, buyer, amount: total_price, currency: currency.to_owned() }
    }
}

/// How the buyer pays. The simulated provider behaves as the name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Approved at once.
    SimApprove,
    /// Declined at once.
    SimDecline,
    /// Approved after a few seconds, before the payment's deadline.
    SimSlow,
    /// Approved only after the payment's deadline.
    SimLate,
    /// Approved at once, and told twice.
    SimTwice,
}

/// What the provider says of an authorization. The first one stands, however often it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The money is set aside.
    Approved {
        /// Since when.
        at: TimeMs,
    },
    /// There is no money, and never will be under this payment's id.
    Declined,
}

/// A verdict on its way here: told at least once, perhaps late, perhaps more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What was to be paid for.
    pub order: Order,
    /// What the provider says.
    pub verdict: Verdict,
}

/// Where the money of a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MoneyState {
    /// Set aside.
    Authorized,
    /// Taken.
    Captured,
    /// Was set aside, and let go.
    Voided,
    /// Was taken, and given back.
    Refunded,
    /// Never set aside.
    Declined,
}

impl MoneyState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Authorized, Self::Captured, Self::Voided, Self::Refunded, Self::Declined];

    /// The name in the provider's books.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Voided => "voided",
            Self::Refunded => "refunded",
            Self::Declined => "declined",
        }
    }
}

impl fmt::Display for MoneyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why the provider did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It could not be reached, or failed; the same may be asked again.
    #[error("the payment provider: {0}")]
    Unavailable(String),
    /// The money is elsewhere, so that this can never be done.
    #[error("payment {} is {state}", payment.0)]
    NotPossible {
        /// The payment.
        payment: PaymentId,
        /// Where its money is.
        state: MoneyState,
    },
    /// It has no such payment.
    #[error("the payment provider does not know payment {}", .0.0)]
    Unknown(PaymentId),
    /// The payment's id stands for another order.
    #[error("payment {} was made for another order", .0.0)]
    OtherOrder(PaymentId),
}

/// Moves money. Every call may be repeated: what was done stays done, and is answered the same way again.
pub trait PaymentProvider: Send + Sync + 'static {
    /// Asks for the money to be set aside until `deadline`. The verdict comes as a [`Notice`].
    ///
    /// # Errors
    /// `OtherOrder` or `Unavailable`; after the latter a verdict may come all the same.
    fn authorize(
        &self,
        order: &Order,
        method: PaymentMethod,
        deadline: TimeMs,
    ) -> impl Future<Output = Result<(), ProviderError>> + Send;

    /// Takes the money that was set aside.
    ///
    /// # Errors
    /// `NotPossible` when it is not set aside any more.
    fn capture(&self, payment: PaymentId) -> impl Future<Output = Result<(), ProviderError>> + Send;

    /// Lets the money go that was set aside. Done, too, when there is none, and when it was refunded.
    ///
    /// # Errors
    /// `NotPossible` when it is captured: then a refund is due.
    fn void(&self, payment: PaymentId) -> impl Future<Output = Result<(), ProviderError>> + Send;

    /// Gives back what was taken. Done, too, when the money was let go before it was taken.
    ///
    /// # Errors
    /// `NotPossible` when it is still set aside: then it is to be voided.
    fn refund(&self, payment: PaymentId) -> impl Future<Output = Result<(), ProviderError>> + Send;

    /// Payments approved before `before` whose money is still set aside, the oldest first. Each comes with
    /// the time of its approval.
    ///
    /// # Errors
    /// `Unavailable`.
    fn open(
        &self,
        before: TimeMs,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(Order, TimeMs)>, ProviderError>> + Send;
}
