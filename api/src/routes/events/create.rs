//! POST /api/event: a row in the database first, then the sale in the log.

use super::opening::open_new;
use super::read::show;
use super::view::EventView;
use crate::app::App;
use crate::auth::{Caller, Seller};
use crate::http::idempotency::once;
use crate::http::time::{Timestamp, now};
use crate::http::{self, EVENT_BODY_BYTES_MAX, IdempotencyKey, Json, fingerprint};
use crate::problem::{Otherwise, Problem};
use crate::seating::SeatingConfig;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use rowlock_engine::limits::{HOLD_MS_MAX, TICKETS_PER_BOOKING_MAX};
use rowlock_persistence::sql::{EventRow, EventStatus, NewEvent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest hold that an event may have.
pub(super) const HOLD_SECONDS_MAX: u32 = (HOLD_MS_MAX / 1000) as u32;

/// An event to be put on sale.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewSale {
    /// What it is called.
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
    /// In the seller's words.
    #[serde(default)]
    #[garde(length(chars, max = 10_000))]
    pub description: String,
    /// Where it takes place.
    #[garde(length(chars, min = 1, max = 200))]
    pub venue_name: String,
    /// When it begins.
    #[garde(skip)]
    #[schema(value_type = String, format = DateTime, example = "2030-06-01T19:30:00Z")]
    pub starts_at: Timestamp,
    /// When the sale begins; at once unless given.
    #[serde(default)]
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sale_opens_at: Option<Timestamp>,
    /// ISO 4217.
    #[garde(pattern("^[A-Z]{3}$"))]
    #[schema(example = "EUR")]
    pub currency: String,
    /// How long seats are held.
    #[serde(default = "hold_seconds")]
    #[garde(range(min = 1, max = HOLD_SECONDS_MAX))]
    pub hold_seconds: u32,
    /// Tickets of one booking.
    #[serde(default = "max_tickets_per_booking")]
    #[garde(range(min = 1, max = TICKETS_PER_BOOKING_MAX))]
    pub max_tickets_per_booking: u32,
    /// Tickets of one buyer, over all bookings.
    #[serde(default)]
    #[garde(inner(range(min = 1)))]
    pub max_tickets_per_buyer: Option<u32>,
    /// The seats.
    #[garde(skip)]
    pub seating_config: SeatingConfig,
}

fn hold_seconds() -> u32 {
    600
}

fn max_tickets_per_booking() -> u32 {
    4
}

/// Put an event on sale
#[utoipa::path(
    post, path = "/api/event", tag = "events", request_body = NewSale,
    params(("Idempotency-Key" = Option<String>, Header)), security(("bearer" = []), ("cookie" = [])),
    responses((status = 201, description = "the event", body = EventView), Otherwise)
)]
pub async fn create(
    State(app): State<App>,
    Seller(caller): Seller,
    key: Option<IdempotencyKey>,
    request: Request,
) -> Result<Response, Problem> {
    let new: NewSale = http::read(request, EVENT_BODY_BYTES_MAX).await?;
    http::check(&new)?;
    let scope = format!("event:{}", caller.id);
    once(&app.clone(), &scope, key, fingerprint(&new), async move {
        let view = put_on_sale(&app, caller, new).await?;
        let location = HeaderValue::try_from(format!("/api/event/{}", view.summary.id)).expect("a path is ASCII");
        Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(view)).into_response())
    })
    .await
}

/// Writes the event down, then opens its sale.
///
/// # Errors
/// What is wrong with it, or why it could not be done; what may be in the log is opened at the next start.
pub async fn put_on_sale(app: &App, seller: Caller, new: NewSale) -> Result<EventView, Problem> {
    let spec = new.seating_config.spec().map_err(|error| Problem::invalid(vec![error]))?;
    let row = app.database.create_event(row(app, seller, new)).await?;
    open_new(app, &row, spec).await?;
    show(app, EventRow { status: EventStatus::OnSale, ..row })
}

fn row(app: &App, seller: Caller, new: NewSale) -> NewEvent {
    NewEvent {
        seller: seller.id,
        seating_config: serde_json::to_string(&new.seating_config).expect("a config that was read can be written"),
        name: new.name,
        description: new.description,
        venue_name: new.venue_name,
        starts_at: new.starts_at.0,
        sale_opens_at: new.sale_opens_at.map(|at| at.0),
        currency: new.currency,
        hold_seconds: new.hold_seconds,
        max_tickets_per_booking: new.max_tickets_per_booking,
        max_tickets_per_buyer: new.max_tickets_per_buyer,
        partitions: app.config.partitions,
        created_at: now(),
    }
}
