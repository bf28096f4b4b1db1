//! Events as sellers describe them; their seats live in the log.

use super::user::UserId;
use rowlock_engine::ids::{EventId, PartitionId, TimeMs};
use serde::{Deserialize, Serialize};

/// Where an event is in its life. It only moves forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Written down; the log does not know it yet.
    Draft,
    /// The log has its sale.
    OnSale,
    /// The sale is over, or never came to be.
    Closed,
}

impl EventStatus {
    /// The name that the HTTP contract and the database use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::OnSale => "on_sale",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Draft, Self::OnSale, Self::Closed].into_iter().find(|status| status.as_str() == name)
    }
}

/// An event to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Whose event it is.
    pub seller: UserId,
    /// What it is called.
    pub name: String,
    /// In the seller's words.
    pub description: String,
    /// Where it takes place.
    pub venue_name: String,
    /// When it begins.
    pub starts_at: TimeMs,
    /// When the sale begins, if not at once.
    pub sale_opens_at: Option<TimeMs>,
    /// ISO 4217.
    pub currency: String,
    /// How long seats are held.
    pub hold_seconds: u32,
    /// Tickets of one booking.
    pub max_tickets_per_booking: u32,
    /// Tickets of one buyer.
    pub max_tickets_per_buyer: Option<u32>,
    /// The seats, as JSON.
    pub seating_config: String,
    /// How many partitions there are; the event goes to the one that is its id modulo this.
    pub partitions: u16,
    /// When it was made.
    pub created_at: TimeMs,
}

/// An event, without its seats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// The id.
    pub id: EventId,
    /// Whose event it is.
    pub seller: UserId,
    /// What it is called.
    pub name: String,
    /// In the seller's words.
    pub description: String,
    /// Where it takes place.
    pub venue_name: String,
    /// When it begins.
    pub starts_at: TimeMs,
    /// When the sale begins, if not at once.
    pub sale_opens_at: Option<TimeMs>,
    /// ISO 4217.
    pub currency: String,
    /// How long seats are held.
    pub hold_seconds: u32,
    /// Tickets of one booking.
    pub max_tickets_per_booking: u32,
    /// Tickets of one buyer.
    pub max_tickets_per_buyer: Option<u32>,
    /// The partition of the command log that has its commands; never changes.
    pub partition: PartitionId,
    /// Where it is in its life.
    pub status: EventStatus,
    /// When it was made.
    pub created_at: TimeMs,
}

/// Changes to an event; what is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventAmendment {
    /// See [`EventRow::name`].
    pub name: Option<String>,
    /// See [`EventRow::description`].
    pub description: Option<String>,
    /// See [`EventRow::venue_name`].
    pub venue_name: Option<String>,
    /// See [`EventRow::starts_at`].
    pub starts_at: Option<TimeMs>,
    /// See [`EventRow::sale_opens_at`]; the inner `None` takes the date away.
    pub sale_opens_at: Option<Option<TimeMs>>,
    /// See [`EventRow::hold_seconds`].
    pub hold_seconds: Option<u32>,
    /// See [`EventRow::max_tickets_per_booking`].
    pub max_tickets_per_booking: Option<u32>,
    /// See [`EventRow::max_tickets_per_buyer`]; the inner `None` takes the limit away.
    pub max_tickets_per_buyer: Option<Option<u32>>,
}

impl EventAmendment {
    pub(crate) fn apply(self, event: &mut EventRow) {
        fn set<T>(field: &mut T, change: Option<T>) {
            if let Some(value) = change {
                *field = value;
            }
        }
        set(&mut event.name, self.name);
        set(&mut event.description, self.description);
        set(&mut event.venue_name, self.venue_name);
        set(&mut event.starts_at, self.starts_at);
        set(&mut event.sale_opens_at, self.sale_opens_at);
        set(&mut event.hold_seconds, self.hold_seconds);
        set(&mut event.max_tickets_per_booking, self.max_tickets_per_booking);
        set(&mut event.max_tickets_per_buyer, self.max_tickets_per_buyer);
    }
}

/// Which events a list has; what is `None` filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only this seller's.
    pub seller: Option<UserId>,
    /// Only those in this state; without it, all but drafts.
    pub status: Option<EventStatus>,
    /// Only those with this text in their name or their venue's, in any case.
    pub q: Option<String>,
}
