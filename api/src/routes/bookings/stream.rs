//! GET /api/booking/stream: one's own bookings as they change.

use super::target;
use super::view::BookingView;
use crate::app::App;
use crate::auth::Buyer;
use crate::problem::{Otherwise, Problem};
use crate::routes::sse;
use axum::extract::State;
use axum::response::Response;
use axum::response::sse::Event;
use rowlock_engine::booking::Booking;
use std::collections::VecDeque;
use tokio::sync::mpsc;

/// One's own bookings as they change
///
/// Server-sent events `booking`: first every booking that is pending, ended lately or just confirmed, then each
/// change. A reader that falls behind is cut off, and gets the current state when it comes back.
#[utoipa::path(
    get, path = "/api/booking/stream", tag = "bookings", security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "the events", content_type = "text/event-stream", body = String), Otherwise)
)]
pub async fn stream(State(app): State<App>, Buyer(caller): Buyer) -> Result<Response, Problem> {
    let permit = sse::permit(&app)?;
    let buyer = caller.id.as_buyer();
    // Followed before the current state is read: what changes in between comes twice rather than never.
    let changes = app.boards.bookings.streams.open(buyer);
    let changes = changes.ok_or_else(|| Problem::overloaded("too many streams are open"))?;
    let current = app.boards.bookings.of(buyer).into();
    let follower = Follower { app: app.clone(), current, changes };
    let events = futures::stream::unfold(follower, Follower::next);
    Ok(sse::respond(&app, permit, events))
}

struct Follower {
    app: App,
    current: VecDeque<Booking>,
    changes: mpsc::Receiver<Booking>,
}

impl Follower {
    async fn next(mut self) -> Option<(Event, Self)> {
        let booking = match self.current.pop_front() {
            Some(booking) => booking,
            None => self.changes.recv().await?,
        };
        let sale = target::sale(&self.app, booking.event).await.ok()?;
        let view = BookingView::new(&booking, &sale.event.map, &sale.currency);
        Some((sse::event("booking", None, &view), self))
    }
}
