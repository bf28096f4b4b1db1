//! The identifiers that records carry. Each is its own type, so that none can stand in for another.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id! {
    /// One partition of the command log: the only shard identity there is.
    PartitionId(u16)
}
number_id! {
    /// The place of a record in its partition of the command log, from 0.
    Offset(u64)
}
number_id! {
    /// A performance on sale.
    EventId(u64)
}
number_id! {
    /// Whoever holds seats: a user's id, or a hash that a program's key and its holder's name make.
    BuyerId(u64)
}
number_id! {
    /// A seat's index in its event's seat map; positions of missing seats count too.
    SeatId(u32)
}
number_id! {
    /// A general-admission area's index in its event's seat map.
    AreaId(u16)
}
number_id! {
    /// The number of an outcome in its partition: 1, 2, 3, …; 0 stands before the first.
    OutcomeNumber(u64)
}
number_id! {
    /// Ties an outcome to the call that waits for it; means nothing to the rules.
    CorrelationId(u64)
}
number_id! {
    /// Milliseconds since the Unix epoch, as the log stamped them.
    TimeMs(u64)
}

impl OutcomeNumber {
    /// The number that follows this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Offset {
    /// The offset that follows this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl TimeMs {
    /// This instant and `ms` milliseconds, at most the end of time.
    #[must_use]
    pub fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// A booking's id, a `UUIDv7` that whoever asks for the booking makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BookingId(pub Uuid);

impl fmt::Display for BookingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A payment's id at the payment provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PaymentId(pub Uuid);

/// What makes a command idempotent: who asked (the requester's own key, hashed with the requester) and
/// what was asked (a digest of the request, so that one key with two bodies is noticed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId {
    /// Hash of requester and key.
    pub key: u128,
    /// Digest of what was asked.
    pub fingerprint: u64,
}
