//! POST /api/booking: the path that everything is built around.

use super::target::{self, Sale, accepted, answer, may_be_under_way};
use super::view::BookingView;
use super::wish::Selection;
use crate::app::App;
use crate::auth::Buyer;
use crate::boards::unanswered::Pending;
use crate::gateway::Ask;
use crate::http::time::now;
use crate::http::{IdempotencyKey, Json, PreferAsync, fingerprint};
use crate::problem::{Otherwise, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use rowlock_engine::command::{CommandBody, Reserve, Wish};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, RequestId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Asks for seats of an event.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct NewBooking {
    /// The event.
    pub event_id: u64,
    /// Which seats.
    #[serde(flatten)]
    pub selection: Selection,
}

/// Hold seats
///
/// Held until `expires_at`; pay before that. With `Prefer: respond-async`, or when the outcome takes too long,
/// 202 with `Location`, where the booking or the refusal can be fetched.
#[utoipa::path(
    post, path = "/api/booking", tag = "bookings", request_body = NewBooking,
    params(("Idempotency-Key" = Option<String>, Header), ("Prefer" = Option<String>, Header)),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 201, description = "the seats are held", body = BookingView),
        (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn create(
    State(app): State<App>,
    Buyer(caller): Buyer,
    key: Option<IdempotencyKey>,
    prefer_async: PreferAsync,
    Json(new): Json<NewBooking>,
) -> Result<Response, Problem> {
    let sale = target::sale(&app, EventId(new.event_id)).await?;
    let wish = new.selection.wish(&sale.event.map)?;
    let request = key.map(|key| key.request_id(&format!("booking:{}", caller.id), fingerprint(&new)));
    let hold = Hold { buyer: caller.id.as_buyer(), holder: None, hold_ms: None, wish, location: "/api/booking" };
    reserve(&app, &sale, request, hold, prefer_async.0).await
}

/// What a booking or a reservation asks for.
pub struct Hold {
    /// Whose it will be.
    pub buyer: BuyerId,
    /// Whom a program reserves for.
    pub holder: Option<Box<str>>,
    /// A hold of another length than the event's, in milliseconds.
    pub hold_ms: Option<u64>,
    /// Which seats.
    pub wish: Wish,
    /// Where it can be fetched, without its id.
    pub location: &'static str,
}

/// Sends a reservation to the event's partition and answers with what became of it.
///
/// # Errors
/// The refusal, or why it could not be appended.
pub async fn reserve(
    app: &App,
    sale: &Sale,
    request: Option<RequestId>,
    hold: Hold,
    respond_async: bool,
) -> Result<Response, Problem> {
    let (partition, event, buyer) = (sale.event.partition, sale.event.id, hold.buyer);
    let request_key = request.map(|request| request.key);
    // A retry of what was answered with 202 must lead to the same place.
    let proposed = request_key.and_then(|key| app.boards.unanswered.proposed(key));
    let id = proposed.unwrap_or_else(|| BookingId(Uuid::now_v7()));
    let reserve = Reserve { booking: id, buyer, holder: hold.holder.clone(), hold_ms: hold.hold_ms, wish: hold.wish };
    let ask = Ask { partition, event, request, body: CommandBody::Reserve(reserve) };
    let under_way = || {
        let pending = Pending { buyer, holder: hold.holder, event, refusal: None };
        app.boards.unanswered.accept(now(), id, request_key, pending);
        accepted(id.0, event, &format!("{}/{id}", hold.location))
    };
    if respond_async {
        app.gateway.tell(ask).await?;
        return Ok(under_way());
    }
    match app.gateway.ask(ask).await {
        Ok(reply) => answer(&reply, sale, StatusCode::CREATED),
        Err(error) if may_be_under_way(&error) => Ok(under_way()),
        Err(error) => Err(error.into()),
    }
}
