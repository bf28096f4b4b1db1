//! GET /api/booking/stream: one's own bookings as they change.

use super::target;
use super::view::{BookingView, from_ledger};
use crate::app::App;
use crate::auth::Buyer;
use crate::boards::streams::Changed;
use crate::problem::{Otherwise, Problem};
use crate::routes::sse;
use axum::extract::State;
use axum::response::Response;
use axum::response::sse::Event;
use rowlock_engine::booking::Booking;
use rowlock_engine::ids::{BookingId, BuyerId, OutcomeNumber};
use rowlock_persistence::sql::{BookingFilter, PAGE_MAX};
use std::collections::{HashMap, VecDeque};
use tokio::sync::mpsc;

/// One's own bookings as they change
///
/// Server-sent events `booking`: first the current state, the newest booking first (all that are pending or ended
/// lately, and the newest that are completed), then each change. A reader that falls behind is cut off, and gets the
/// current state when it comes back.
#[utoipa::path(
    get, path = "/api/booking/stream", tag = "bookings", security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "the events", content_type = "text/event-stream", body = String), Otherwise)
)]
pub async fn stream(State(app): State<App>, Buyer(caller): Buyer) -> Result<Response, Problem> {
    let permit = sse::permit(&app)?;
    let buyer = caller.id.as_buyer();
    // Followed before the current state is read, so that nothing is lost in between.
    let changes = app.boards.bookings.streams.open(buyer);
    let changes = changes.ok_or_else(|| Problem::overloaded("too many streams are open"))?;
    let (current, shown) = current(&app, buyer).await?;
    let follower = Follower { app: app.clone(), current, shown, changes };
    let events = futures::stream::unfold(follower, Follower::next);
    Ok(sse::respond(&app, permit, events))
}

/// The buyer's bookings, the newest first, and the outcomes that those on the board come from.
async fn current(app: &App, buyer: BuyerId) -> Result<(VecDeque<Booking>, HashMap<BookingId, OutcomeNumber>), Problem> {
    // The board first: what leaves it in between is in the ledger by then.
    let on_board = app.boards.bookings.numbered(buyer);
    let recorded = app.database.bookings_of(buyer, BookingFilter::default(), None, PAGE_MAX).await?;
    let shown: HashMap<_, _> = on_board.iter().map(|(number, booking)| (booking.id, *number)).collect();
    let recorded = recorded.into_iter().map(from_ledger).filter(|booking| !shown.contains_key(&booking.id));
    let mut bookings: Vec<_> = on_board.into_iter().map(|(_, booking)| booking).chain(recorded).collect();
    bookings.sort_unstable_by_key(|booking| std::cmp::Reverse(booking.id));
    Ok((bookings.into(), shown))
}

struct Follower {
    app: App,
    current: VecDeque<Booking>,
    /// What the current state has seen already of bookings that have not changed since.
    shown: HashMap<BookingId, OutcomeNumber>,
    changes: mpsc::Receiver<Changed>,
}

impl Follower {
    async fn next(mut self) -> Option<(Event, Self)> {
        let booking = match self.current.pop_front() {
            Some(booking) => booking,
            None => self.change().await?,
        };
        let sale = target::sale(&self.app, booking.event).await.ok()?;
        let view = BookingView::new(&booking, &sale.event.map, &sale.currency);
        Some((sse::event("booking", &view), self))
    }

    /// The next change that the current state did not have.
    async fn change(&mut self) -> Option<Booking> {
        loop {
            let (number, booking) = self.changes.recv().await?;
            match self.shown.get(&booking.id) {
                Some(shown) if number <= *shown => {}
                _ => {
                    self.shown.remove(&booking.id);
                    return Some(booking);
                }
            }
        }
    }
}
