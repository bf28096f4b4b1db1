//! Confirm, extend, exchange and cancel a reservation.

use super::holder;
use crate::app::App;
use crate::auth::Program;
use crate::http::{IdempotencyKey, Json, Path, fingerprint};
use crate::problem::{Otherwise, Problem};
use crate::routes::bookings::change::NewSeats;
use crate::routes::bookings::view::BookingView;
use axum::extract::State;
use axum::response::Response;
use rowlock_engine::command::{Cancel, CommandBody, Confirm, Exchange, Extend};
use uuid::Uuid;

/// Sell what is held
#[utoipa::path(
    post, path = "/api/reservation/{id}/confirm", tag = "reservations",
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)), security(("api_key" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn confirm(
    State(app): State<App>,
    program: Program,
    key: Option<IdempotencyKey>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let found = holder::own(&app, id, &program).await?;
    let request = key.map(|key| key.request_id(&format!("confirm:{}", program.key.0), fingerprint(&id)));
    let confirm = Confirm { booking: found.booking.id, buyer: found.booking.buyer, payment: None };
    found.change(&app, request, CommandBody::Confirm(confirm), &location(id)).await
}

/// Ask for a later deadline
#[utoipa::path(
    post, path = "/api/reservation/{id}/extend", tag = "reservations",
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)), security(("api_key" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn extend(
    State(app): State<App>,
    program: Program,
    key: Option<IdempotencyKey>,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    let found = holder::own(&app, id, &program).await?;
    let request = key.map(|key| key.request_id(&format!("extend:program:{}", program.key.0), fingerprint(&id)));
    let extend = Extend { booking: found.booking.id, buyer: found.booking.buyer, hold_ms: None };
    found.change(&app, request, CommandBody::Extend(extend), &location(id)).await
}

/// New seats for the old ones, all or nothing
#[utoipa::path(
    post, path = "/api/reservation/{id}/exchange", tag = "reservations", request_body = NewSeats,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)), security(("api_key" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn exchange(
    State(app): State<App>,
    program: Program,
    key: Option<IdempotencyKey>,
    Path(id): Path<Uuid>,
    Json(new): Json<NewSeats>,
) -> Result<Response, Problem> {
    let found = holder::own(&app, id, &program).await?;
    let scope = format!("exchange:program:{}", program.key.0);
    let request = key.map(|key| key.request_id(&scope, fingerprint(&(id, &new))));
    let wish = new.wish(&found.booking, &found.sale.event.map)?;
    let exchange = Exchange { booking: found.booking.id, buyer: found.booking.buyer, wish };
    found.change(&app, request, CommandBody::Exchange(exchange), &location(id)).await
}

/// Give the seats back
#[utoipa::path(
    delete, path = "/api/reservation/{id}", tag = "reservations", params(("id" = Uuid, Path)),
    security(("api_key" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn cancel(State(app): State<App>, program: Program, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let found = holder::own(&app, id, &program).await?;
    let cancel = Cancel { booking: found.booking.id, buyer: found.booking.buyer };
    found.change(&app, None, CommandBody::Cancel(cancel), &location(id)).await
}

fn location(id: Uuid) -> String {
    format!("/api/reservation/{id}")
}
