//! POST /api/event: a row in the database first, then the sale in the log; a crash in between is made good at the next start.

use super::read::show;
use super::view::EventView;
use crate::app::App;
use crate::auth::{Caller, Seller};
use crate::gateway::Ask;
use crate::http::idempotency::once;
use crate::http::time::{Timestamp, now};
use crate::http::{self, EVENT_BODY_BYTES_MAX, IdempotencyKey, Json, fingerprint};
use crate::problem::{Otherwise, Problem};
use crate::refusals;
use crate::seating::SeatingConfig;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use rowlock_engine::command::{CommandBody, OpenSale, SaleTerms};
use rowlock_engine::ids::{EventId, RequestId};
use rowlock_engine::limits::{HOLD_MS_MAX, TICKETS_PER_BOOKING_MAX};
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::spec::SeatMapSpec;
use rowlock_persistence::sql::{EventRow, EventStatus, NewEvent};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Drafts that one start looks at.
const DRAFTS_MAX: u32 = 10_000;
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
/// What is wrong with it, or why it could not be done; what is written down is opened at the next start.
pub async fn put_on_sale(app: &App, seller: Caller, new: NewSale) -> Result<EventView, Problem> {
    let spec = new.seating_config.spec().map_err(|error| Problem::invalid(vec![error]))?;
    let row = app.database.create_event(row(app, seller, new)).await?;
    open(app, &row, spec).await?;
    show(app, EventRow { status: EventStatus::OnSale, ..row })
}

/// Opens the sale of an event that is written down, once: the engine knows the request again.
async fn open(app: &App, row: &EventRow, seat_map: Arc<SeatMapSpec>) -> Result<(), Problem> {
    let terms = SaleTerms {
        opens_at: row.sale_opens_at,
        hold_ms: u64::from(row.hold_seconds) * 1000,
        tickets_per_booking_max: row.max_tickets_per_booking,
        tickets_per_buyer_max: row.max_tickets_per_buyer,
        accessible_released: false,
        refunds: true,
    };
    let body = CommandBody::OpenSale(OpenSale { seat_map, terms });
    let request = Some(RequestId { key: opening_key(row.id), fingerprint: 0 });
    let reply = app.gateway.ask(Ask { partition: row.partition, event: row.id, request, body }).await?;
    match reply.change() {
        // An opening that is older than the engine's memory of requests.
        Ok(_) | Err(Refusal::EventExists) => {
            app.database.set_event_status(row.id, EventStatus::OnSale).await?;
            Ok(())
        }
        Err(refusal) => {
            app.database.set_event_status(row.id, EventStatus::Closed).await?;
            Err(refusals::problem(refusal, None))
        }
    }
}

/// Opens what was written down and not opened before the process ended.
///
/// # Errors
/// What the database says; a draft that cannot be opened is logged and left.
pub async fn finish_drafts(app: &App) -> Result<(), Problem> {
    for row in app.database.draft_events(DRAFTS_MAX).await? {
        let config = app.database.seating_config(row.id).await?.unwrap_or_default();
        let spec = serde_json::from_str::<SeatingConfig>(&config).ok().and_then(|config| config.spec().ok());
        let Some(spec) = spec else {
            tracing::error!(event = %row.id, "a draft's seats cannot be read; it is left as a draft");
            continue;
        };
        if let Err(problem) = open(app, &row, spec).await {
            tracing::error!(event = %row.id, ?problem, "a draft could not be put on sale");
        }
    }
    Ok(())
}

/// The same for every try to open this event; no requester can make it.
fn opening_key(event: EventId) -> u128 {
    (u128::from(u64::MAX) << 64) | u128::from(event.0)
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
