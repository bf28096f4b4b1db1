//! PATCH /api/event/{id} and its close.

use super::create::HOLD_SECONDS_MAX;
use super::own;
use super::read::show;
use super::view::EventView;
use crate::app::App;
use crate::auth::Seller;
use crate::http::idempotency::once;
use crate::http::time::Timestamp;
use crate::http::{IdempotencyKey, Json, Path, Valid, fingerprint};
use crate::problem::{Otherwise, Problem};
use crate::refusals;
use crate::routes::bookings::target::{Sale, ask};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use garde::Validate;
use rowlock_engine::command::{AmendSale, CommandBody};
use rowlock_engine::ids::EventId;
use rowlock_engine::limits::TICKETS_PER_BOOKING_MAX;
use rowlock_persistence::sql::{EventAmendment, EventStatus};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// What is to change; what is left out stays. `null` takes a date or a limit away.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Amendment {
    /// What it is called.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    pub name: Option<String>,
    /// In the seller's words.
    #[garde(inner(length(chars, max = 10_000)))]
    pub description: Option<String>,
    /// Where it takes place.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    pub venue_name: Option<String>,
    /// When it begins.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// When the sale begins.
    #[serde(deserialize_with = "some")]
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sale_opens_at: Option<Option<Timestamp>>,
    /// How long seats are held from now on.
    #[garde(inner(range(min = 1, max = HOLD_SECONDS_MAX)))]
    pub hold_seconds: Option<u32>,
    /// Tickets of one booking.
    #[garde(inner(range(min = 1, max = TICKETS_PER_BOOKING_MAX)))]
    pub max_tickets_per_booking: Option<u32>,
    /// Tickets of one buyer.
    #[serde(deserialize_with = "some")]
    #[garde(inner(inner(range(min = 1))))]
    #[schema(value_type = Option<u32>)]
    pub max_tickets_per_buyer: Option<Option<u32>>,
    /// Whether accessible and companion seats are sold like any other.
    #[garde(skip)]
    pub accessible_released: Option<bool>,
    /// Whether completed bookings may be cancelled.
    #[garde(skip)]
    pub refunds: Option<bool>,
}

/// What is there is `Some`, be it `null`.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Change an event
#[utoipa::path(
    patch, path = "/api/event/{id}", tag = "events", params(("id" = u64, Path)), request_body = Amendment,
    security(("bearer" = []), ("cookie" = [])), responses((status = 200, description = "the event", body = EventView), Otherwise)
)]
pub async fn amend(
    State(app): State<App>,
    Seller(caller): Seller,
    Path(id): Path<u64>,
    Valid(amendment): Valid<Amendment>,
) -> Result<Json<EventView>, Problem> {
    let sale = own(&app, id, caller).await?;
    let terms = amendment.terms();
    if terms != AmendSale::default() {
        command(&app, &sale, CommandBody::AmendSale(terms)).await?;
    }
    let amended = app.database.amend_event(EventId(id), amendment.row()).await;
    app.event_rows.changed(EventId(id));
    let row = amended?.ok_or_else(|| Problem::not_found(format!("there is no event {id}")))?;
    Ok(Json(show(&app, row)?))
}

/// End the sale
///
/// What is held may still be paid for.
#[utoipa::path(
    post, path = "/api/event/{id}/close", tag = "events",
    params(("id" = u64, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = []), ("cookie" = [])), responses((status = 200, description = "the event", body = EventView), Otherwise)
)]
pub async fn close(
    State(app): State<App>,
    Seller(caller): Seller,
    key: Option<IdempotencyKey>,
    Path(id): Path<u64>,
) -> Result<Response, Problem> {
    let sale = own(&app, id, caller).await?;
    let scope = format!("close:{id}:{}", caller.id);
    once(&app.clone(), &scope, key, fingerprint(&id), async move {
        command(&app, &sale, CommandBody::CloseSale).await?;
        let closed = app.database.set_event_status(EventId(id), EventStatus::Closed).await;
        app.event_rows.changed(EventId(id));
        closed?;
        let row = app.database.event(EventId(id)).await?;
        let row = row.ok_or_else(|| Problem::not_found(format!("there is no event {id}")))?;
        Ok(Json(show(&app, row)?).into_response())
    })
    .await
}

async fn command(app: &App, sale: &Sale, body: CommandBody) -> Result<(), Problem> {
    let reply = ask(app, sale, None, body).await?;
    reply.change().map(drop).map_err(|refusal| refusals::problem(refusal, Some(&sale.event.map)))
}

impl Amendment {
    /// What of it is the engine's business.
    fn terms(&self) -> AmendSale {
        AmendSale {
            opens_at: self.sale_opens_at.map(|at| at.map(|at| at.0)),
            hold_ms: self.hold_seconds.map(|seconds| u64::from(seconds) * 1000),
            tickets_per_booking_max: self.max_tickets_per_booking,
            tickets_per_buyer_max: self.max_tickets_per_buyer,
            accessible_released: self.accessible_released,
            refunds: self.refunds,
        }
    }

    /// What of it the database keeps.
    fn row(self) -> EventAmendment {
        EventAmendment {
            name: self.name,
            description: self.description,
            venue_name: self.venue_name,
            starts_at: self.starts_at.map(|at| at.0),
            sale_opens_at: self.sale_opens_at.map(|at| at.map(|at| at.0)),
            hold_seconds: self.hold_seconds,
            max_tickets_per_booking: self.max_tickets_per_booking,
            max_tickets_per_buyer: self.max_tickets_per_buyer,
        }
    }
}
