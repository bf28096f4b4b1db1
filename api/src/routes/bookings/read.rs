//! GET /api/booking and /api/booking/{id}: boards and ledger together, the boards being newer.

use super::target::{self, Sale, unknown};
use super::view::{BookingView, from_ledger};
use crate::app::App;
use crate::auth::Buyer;
use crate::boards::bookings::matches;
use crate::http::{PageQuery, PageView, Path, Query};
use crate::problem::{Otherwise, Problem};
use crate::refusals;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rowlock_engine::booking::{Booking, Status};
use rowlock_engine::ids::{BookingId, BuyerId, EventId};
use rowlock_persistence::sql::BookingFilter;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A booking's state, as a filter.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusFilter {
    /// Held.
    PendingPayment,
    /// Sold.
    Completed,
    /// Given back.
    Cancelled,
    /// Not paid in time.
    Expired,
    /// Paid too late.
    Failed,
}

impl From<StatusFilter> for Status {
    fn from(filter: StatusFilter) -> Self {
        match filter {
            StatusFilter::PendingPayment => Self::PendingPayment,
            StatusFilter::Completed => Self::Completed,
            StatusFilter::Cancelled => Self::Cancelled,
            StatusFilter::Expired => Self::Expired,
            StatusFilter::Failed => Self::Failed,
        }
    }
}

/// Which bookings a list has.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
pub struct ListFilter {
    /// Only those of this event.
    #[param(format = "uint64")]
    pub event_id: Option<u64>,
    /// Only those in this state.
    #[param(inline)]
    pub status: Option<StatusFilter>,
}

/// One's own bookings, the newest first
#[utoipa::path(
    get, path = "/api/booking", tag = "bookings", params(ListFilter, PageQuery),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "a page of bookings", body = PageView<BookingView>),
        Otherwise,
    )
)]
pub async fn list(
    State(app): State<App>,
    Buyer(caller): Buyer,
    Query(filter): Query<ListFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageView<BookingView>>, Problem> {
    let before = page.cursor.as_deref().map(parse_cursor).transpose()?;
    let mut bookings = newest(&app, caller.id.as_buyer(), &filter, before, page.limit()).await?;
    let more = bookings.len() > page.limit() as usize;
    bookings.truncate(page.limit() as usize);
    let next_cursor = bookings.last().filter(|_| more).map(|last| last.id.0.simple().to_string());
    let mut sales: HashMap<EventId, Sale> = HashMap::new();
    let mut items = Vec::with_capacity(bookings.len());
    for booking in &bookings {
        let sale = match sales.entry(booking.event) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(target::sale(&app, booking.event).await?),
        };
        items.push(BookingView::new(booking, &sale.event.map, &sale.currency));
    }
    Ok(Json(PageView { items, next_cursor }))
}

/// One booking
///
/// Of a reservation that was answered with 202 it says `processing` or, with the `problem`, `refused`.
#[utoipa::path(
    get, path = "/api/booking/{id}", tag = "bookings", params(("id" = Uuid, Path)),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView),
        Otherwise,
    )
)]
pub async fn get(State(app): State<App>, Buyer(caller): Buyer, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    show(&app, id, |buyer, _| buyer == caller.id.as_buyer()).await
}

/// One booking, or what is known of a reservation that is under way, if `is_own` says so of its buyer and holder.
///
/// # Errors
/// 404 when there is none, or it is somebody else's.
pub async fn show(app: &App, id: Uuid, is_own: impl Fn(BuyerId, Option<&str>) -> bool) -> Result<Response, Problem> {
    if app.boards.bookings.get(BookingId(id)).is_none()
        && let Some(pending) = app.boards.unanswered.get(BookingId(id))
    {
        if !is_own(pending.buyer, pending.holder.as_deref()) {
            return Err(unknown(id));
        }
        let mut body = json!({ "id": id, "event_id": pending.event.0, "status": "processing" });
        if let Some(refusal) = &pending.refusal {
            let event = app.boards.event(pending.event);
            body["status"] = "refused".into();
            body["problem"] = refusals::problem(refusal, event.as_ref().map(|event| &*event.map)).to_json();
        }
        return Ok((StatusCode::OK, Json(body)).into_response());
    }
    let found = target::find(app, id).await?;
    if !is_own(found.booking.buyer, found.booking.holder.as_deref()) {
        return Err(unknown(id));
    }
    Ok(Json(BookingView::new(&found.booking, &found.sale.event.map, &found.sale.currency)).into_response())
}

/// The newest bookings before `before`, one more than `limit` when there are more.
async fn newest(
    app: &App,
    buyer: BuyerId,
    filter: &ListFilter,
    before: Option<BookingId>,
    limit: u32,
) -> Result<Vec<Booking>, Problem> {
    let (event, status) = (filter.event_id.map(EventId), filter.status.map(Status::from));
    // The boards first: what leaves them in between is in the ledger by then.
    let on_board = app.boards.bookings.of(buyer);
    let recorded = app.database.bookings_of(buyer, BookingFilter { event, status }, before, limit + 1).await?;
    let newer = |row: &Booking| !on_board.iter().any(|booking| booking.id == row.id);
    let mut bookings: Vec<Booking> = recorded.into_iter().map(from_ledger).filter(newer).collect();
    let fits = |booking: &&Booking| matches(booking, event, status) && before.is_none_or(|before| booking.id < before);
    bookings.extend(on_board.iter().filter(fits).cloned());
    bookings.sort_unstable_by_key(|booking| std::cmp::Reverse(booking.id));
    bookings.truncate(limit as usize + 1);
    Ok(bookings)
}

fn parse_cursor(text: &str) -> Result<BookingId, Problem> {
    let bad = |_| Problem::new(StatusCode::BAD_REQUEST, "bad_cursor", "the cursor is not one that this list gave out");
    Uuid::try_parse(text).map(BookingId).map_err(bad)
}
