//! Extend, exchange and cancel a booking.

use super::target;
use super::view::BookingView;
use super::wish::{Best, seats};
use crate::app::App;
use crate::auth::Buyer;
use crate::http::{IdempotencyKey, Json, Path, fingerprint};
use crate::problem::{FieldError, Otherwise, Problem};
use axum::extract::State;
use axum::response::Response;
use rowlock_engine::booking::{Allocation, Booking};
use rowlock_engine::command::{Cancel, CommandBody, Exchange, Extend, Wish};
use rowlock_engine::seat_map::SeatMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is wanted instead: either seats, or as many as `quantity` of the best.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct NewSeats {
    /// Labels.
    #[serde(default)]
    pub seats: Option<Vec<String>>,
    /// Tickets; in the same area for a general-admission booking.
    #[serde(flatten)]
    pub best: Option<Best>,
}

impl NewSeats {
    /// The engine's words for it.
    ///
    /// # Errors
    /// 422 when it names neither or both, or seats that the event does not have.
    pub fn wish(&self, booking: &Booking, map: &SeatMap) -> Result<Wish, Problem> {
        match (&self.seats, &self.best, &booking.allocation) {
            (Some(labels), None, _) => Ok(Wish::Named(seats(map, labels)?)),
            (None, Some(best), Allocation::Area { area, .. }) if best.is_plain() => {
                Ok(Wish::Area { area: *area, quantity: best.quantity })
            }
            (None, Some(best), _) => best.wish(map),
            _ => Err(Problem::invalid(vec![FieldError::new("seats", "give either seats or quantity")])),
        }
    }
}

/// The only change of state that a buyer may ask for by PATCH.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelledOnly {
    /// Seats are given back.
    Cancelled,
}

/// Body of PATCH.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub struct StatusPatch {
    /// `cancelled`.
    pub status: CancelledOnly,
}

/// Ask for a later deadline, at most twice the event's hold
#[utoipa::path(
    post, path = "/api/booking/{id}/extend", tag = "bookings",
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn extend(
    State(app): State<App>,
    Buyer(caller): Buyer,
    key: Option<IdempotencyKey>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let found = target::own(&app, id, caller.id.as_buyer()).await?;
    let request = key.map(|key| key.request_id(&format!("extend:{}", caller.id), fingerprint(&id)));
    let extend = Extend { booking: found.booking.id, buyer: found.booking.buyer, hold_ms: None };
    found.change(&app, request, CommandBody::Extend(extend), &location(id)).await
}

/// New seats for the old ones, all or nothing
#[utoipa::path(
    post, path = "/api/booking/{id}/exchange", tag = "bookings", request_body = NewSeats,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn exchange(
    State(app): State<App>,
    Buyer(caller): Buyer,
    key: Option<IdempotencyKey>,
    Path(id): Path<Uuid>,
    Json(new): Json<NewSeats>,
) -> Result<Response, Problem> {
    let found = target::own(&app, id, caller.id.as_buyer()).await?;
    let request = key.map(|key| key.request_id(&format!("exchange:{}", caller.id), fingerprint(&(id, &new))));
    let wish = new.wish(&found.booking, &found.sale.event.map)?;
    let exchange = Exchange { booking: found.booking.id, buyer: found.booking.buyer, wish };
    found.change(&app, request, CommandBody::Exchange(exchange), &location(id)).await
}

/// Give the seats back; what was paid is refunded while the event allows it
#[utoipa::path(
    delete, path = "/api/booking/{id}", tag = "bookings", params(("id" = Uuid, Path)),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn cancel(State(app): State<App>, Buyer(caller): Buyer, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let found = target::own(&app, id, caller.id.as_buyer()).await?;
    let cancel = Cancel { booking: found.booking.id, buyer: found.booking.buyer };
    // The state alone makes it idempotent: a second one changes nothing.
    found.change(&app, None, CommandBody::Cancel(cancel), &location(id)).await
}

/// Give the seats back, by PATCH
#[utoipa::path(
    patch, path = "/api/booking/{id}", tag = "bookings", params(("id" = Uuid, Path)), request_body = StatusPatch,
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn patch(
    state: State<App>,
    buyer: Buyer,
    id: Path<Uuid>,
    Json(patch): Json<StatusPatch>,
) -> Result<Response, Problem> {
    let StatusPatch { status: CancelledOnly::Cancelled } = patch;
    cancel(state, buyer, id).await
}

fn location(id: Uuid) -> String {
    format!("/api/booking/{id}")
}
