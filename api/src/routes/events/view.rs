//! An event as the HTTP contract shows it.

use crate::http::time::rfc3339;
use crate::seating::{AreaLayout, CountsView, SectionLayout};
use rowlock_persistence::sql::EventRow;
use serde::Serialize;
use utoipa::ToSchema;

/// An event, as lists show it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventSummary {
    /// The id.
    pub id: u64,
    /// Whose event it is.
    pub seller_id: i64,
    /// What it is called.
    pub name: String,
    /// In the seller's words.
    pub description: String,
    /// Where it takes place.
    pub venue_name: String,
    /// When it begins.
    #[schema(format = DateTime)]
    pub starts_at: String,
    /// When the sale begins, if not at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub sale_opens_at: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// How long seats are held.
    pub hold_seconds: u32,
    /// Tickets of one booking.
    pub max_tickets_per_booking: u32,
    /// Tickets of one buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tickets_per_buyer: Option<u32>,
    /// `draft`, `on_sale` or `closed`.
    pub status: &'static str,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// An event, with its seats by subsection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// What lists show as well.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// Whether accessible and companion seats are sold like any other.
    pub accessible_released: bool,
    /// Whether completed bookings may be cancelled.
    pub refunds: bool,
    /// How many seats and places are in which state.
    pub counts: CountsView,
    /// Sections with numbered seats.
    pub sections: Vec<SectionLayout>,
    /// Areas without.
    pub general_admission: Vec<AreaLayout>,
}

impl From<EventRow> for EventSummary {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id.0,
            seller_id: row.seller.0,
            name: row.name,
            description: row.description,
            venue_name: row.venue_name,
            starts_at: rfc3339(row.starts_at),
            sale_opens_at: row.sale_opens_at.map(rfc3339),
            currency: row.currency,
            hold_seconds: row.hold_seconds,
            max_tickets_per_booking: row.max_tickets_per_booking,
            max_tickets_per_buyer: row.max_tickets_per_buyer,
            status: row.status.as_str(),
            created_at: rfc3339(row.created_at),
        }
    }
}
