//! House seats: taken off sale, and put back.

use super::own;
use super::seats_view::SeatView;
use crate::app::App;
use crate::auth::{Caller, Seller};
use crate::http::{IdempotencyKey, Json, Path, REPLAYED, Valid, fingerprint};
use crate::problem::{Otherwise, Problem};
use crate::refusals;
use crate::routes::bookings::target::ask;
use crate::routes::bookings::wish::seats;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use garde::Validate;
use rowlock_engine::command::{CommandBody, SeatSet};
use rowlock_engine::limits::SEATS_PER_BLOCK_MAX;
use rowlock_engine::outcome::Change;
use rowlock_engine::seat_map::SeatState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Seats that the seller names.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Seats {
    /// Labels.
    #[garde(length(min = 1, max = SEATS_PER_BLOCK_MAX))]
    #[schema(example = json!(["A-1-1-1"]))]
    pub seats: Vec<String>,
    /// Why; for the log.
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    pub reason: String,
}

/// What became of the seats.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// The event.
    pub event_id: u64,
    /// Seats that were not in this state before.
    pub changed: Vec<SeatView>,
}

/// Take seats off sale
#[utoipa::path(
    post, path = "/api/event/{id}/seats/block", tag = "events", request_body = Seats,
    params(("id" = u64, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = []), ("cookie" = [])), responses((status = 200, description = "the seats that changed", body = Changed), Otherwise)
)]
pub async fn block(
    State(app): State<App>,
    Seller(caller): Seller,
    key: Option<IdempotencyKey>,
    Path(id): Path<u64>,
    Valid(named): Valid<Seats>,
) -> Result<Response, Problem> {
    set(&app, caller, key, id, named, SeatState::Blocked).await
}

/// Put seats back on sale
#[utoipa::path(
    post, path = "/api/event/{id}/seats/unblock", tag = "events", request_body = Seats,
    params(("id" = u64, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = []), ("cookie" = [])), responses((status = 200, description = "the seats that changed", body = Changed), Otherwise)
)]
pub async fn unblock(
    State(app): State<App>,
    Seller(caller): Seller,
    key: Option<IdempotencyKey>,
    Path(id): Path<u64>,
    Valid(named): Valid<Seats>,
) -> Result<Response, Problem> {
    set(&app, caller, key, id, named, SeatState::Available).await
}

async fn set(
    app: &App,
    caller: Caller,
    key: Option<IdempotencyKey>,
    id: u64,
    named: Seats,
    to: SeatState,
) -> Result<Response, Problem> {
    let sale = own(app, id, caller).await?;
    let request = key.map(|key| key.request_id(&format!("{to}:{}", caller.id), fingerprint(&(id, &named))));
    let set = SeatSet { seats: seats(&sale.event.map, &named.seats)?.into_vec() };
    let body = if to == SeatState::Blocked { CommandBody::Block(set) } else { CommandBody::Unblock(set) };
    let reply = ask(app, &sale, request, body).await?;
    let mut response = match reply.change() {
        Ok(Change::Blocked { seats } | Change::Unblocked { seats }) => {
            tracing::info!(event = id, seats = seats.len(), state = %to, reason = named.reason, "house seats");
            let view = |seat| SeatView { seat: sale.event.map.label(seat).to_string(), state: to };
            let changed = seats.iter().copied().map(view).collect();
            Json(Changed { event_id: id, changed }).into_response()
        }
        Ok(other) => return Err(Problem::internal(&format!("seats were to be set, the answer is {other:?}"))),
        Err(refusal) => refusals::problem(refusal, Some(&sale.event.map)).into_response(),
    };
    if reply.is_repeated() {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
