//! From a booking's id to the booking, and from a command about it to the answer.

use super::view::{BookingView, from_ledger};
use crate::app::App;
use crate::boards::EventBoard;
use crate::gateway::{Ask, AskError, Reply};
use crate::http::REPLAYED;
use crate::problem::Problem;
use crate::refusals;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rowlock_engine::booking::Booking;
use rowlock_engine::command::CommandBody;
use rowlock_engine::ids::{BookingId, BuyerId, EventId, RequestId};
use rowlock_engine::ports::AppendError;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// An event with what its bookings are shown with.
#[derive(Clone)]
pub struct Sale {
    /// Its seats.
    pub event: Arc<EventBoard>,
    /// ISO 4217.
    pub currency: Arc<str>,
}

/// A booking and its event.
pub struct Found {
    /// The booking.
    pub booking: Booking,
    /// The event.
    pub sale: Sale,
}

/// The event, ready to be asked for seats.
///
/// # Errors
/// 404 when there is no such event, 503 when its partition is not restored yet.
pub async fn sale(app: &App, id: EventId) -> Result<Sale, Problem> {
    let unknown = || Problem::not_found(format!("there is no event {id}"));
    let facts = app.facts.facts(id).await?.ok_or_else(unknown)?;
    match app.boards.event(id) {
        Some(event) => Ok(Sale { event, currency: facts.currency }),
        None if app.is_serving(facts.partition) => Err(unknown()),
        None => Err(AskError::NotServing("being restored".to_owned()).into()),
    }
}

/// The booking with this id, whosever it is: from the boards, or else from the ledger.
///
/// # Errors
/// 404 when there is none, 503 while it may be in a partition that is being restored.
pub async fn find(app: &App, id: Uuid) -> Result<Found, Problem> {
    let booking = match app.boards.bookings.get(BookingId(id)) {
        Some(booking) => Some(booking),
        None => app.database.booking(BookingId(id)).await?.map(from_ledger),
    };
    let Some(booking) = booking else {
        // While a partition is being restored nobody can say that it has no such booking.
        let known = app.serves_all();
        return Err(if known { unknown(id) } else { AskError::NotServing("being restored".to_owned()).into() });
    };
    let sale = sale(app, booking.event).await?;
    Ok(Found { booking, sale })
}

/// The buyer's own booking with this id.
///
/// # Errors
/// 404 when there is none, or it is somebody else's.
pub async fn own(app: &App, id: Uuid, buyer: BuyerId) -> Result<Found, Problem> {
    let found = find(app, id).await?;
    if found.booking.buyer == buyer { Ok(found) } else { Err(unknown(id)) }
}

/// 404, whether there is no such booking or it is somebody else's.
pub fn unknown(id: Uuid) -> Problem {
    Problem::not_found(format!("there is no booking {id}"))
}

/// Appends a command about a booking of `sale` and answers with what became of it.
///
/// # Errors
/// The refusal, or why it could not be appended.
pub async fn ask(app: &App, sale: &Sale, request: Option<RequestId>, body: CommandBody) -> Result<Reply, AskError> {
    app.gateway.ask(Ask { partition: sale.event.partition, event: sale.event.id, request, body }).await
}

impl Found {
    /// Asks for a change of this booking and answers with the booking as it is then.
    ///
    /// # Errors
    /// The refusal, or why it could not be appended.
    pub async fn change(
        &self,
        app: &App,
        request: Option<RequestId>,
        body: CommandBody,
        location: &str,
    ) -> Result<Response, Problem> {
        match ask(app, &self.sale, request, body).await {
            Ok(reply) => answer(&reply, &self.sale, StatusCode::OK),
            Err(AskError::TimedOut(_)) => Ok(accepted(self.booking.id.0, self.booking.event, location)),
            Err(error) => Err(error.into()),
        }
    }
}

/// The answer that a reply makes: the booking, or the refusal.
///
/// # Errors
/// The refusal.
pub fn answer(reply: &Reply, sale: &Sale, done: StatusCode) -> Result<Response, Problem> {
    let map = &sale.event.map;
    let result = match reply.booking() {
        Ok(change) => Ok((done, Json(BookingView::new(&change.booking, map, &sale.currency))).into_response()),
        Err(refusal) if reply.is_repeated() => Ok(refusals::problem(refusal, Some(map)).into_response()),
        Err(refusal) => Err(refusals::problem(refusal, Some(map))),
    };
    result.map(|mut response| {
        if reply.is_repeated() {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    })
}

/// 202: it is under way, and what became of it can be fetched.
pub fn accepted(id: Uuid, event: EventId, location: &str) -> Response {
    let body = Json(json!({ "id": id, "event_id": event.0, "status": "processing" }));
    let location = HeaderValue::from_str(location).expect("paths are ASCII");
    (StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response()
}

/// Whether the command may have taken effect although nobody knows yet.
pub fn may_be_under_way(error: &AskError) -> bool {
    matches!(error, AskError::TimedOut(_) | AskError::Append(AppendError::Unknown(_)))
}
