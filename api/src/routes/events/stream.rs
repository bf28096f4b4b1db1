//! GET /api/event/{id}/stream: the seats as they change.

use super::seats::{SeatView, SeatsFilter, SeatsView};
use crate::app::App;
use crate::boards::event::Changes;
use crate::boards::{EventBoard, EventView};
use crate::http::Path;
use crate::problem::{Otherwise, Problem};
use crate::routes::bookings::target;
use crate::routes::sse;
use crate::seating::CountsView;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::Event;
use rowlock_engine::ids::{EventId, OutcomeNumber};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// Changes are gathered this long, so that a rush makes ten events a second and not thousands.
const GATHER: Duration = Duration::from_millis(100);

/// Seats that changed, and the counts after it.
#[derive(Serialize)]
struct SeatsChanged {
    changed: Vec<SeatView>,
    counts: CountsView,
}

/// The seats as they change
///
/// Server-sent events: `snapshot` (as GET …/seats), then `seats` {changed: [{seat, state}], counts}. `id:` is a cursor;
/// whoever comes back with it as `Last-Event-ID` misses nothing and gets nothing twice.
#[utoipa::path(
    get, path = "/api/event/{id}/stream", tag = "events",
    params(("id" = u64, Path), ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, description = "the events", content_type = "text/event-stream", body = String), Otherwise)
)]
pub async fn stream(State(app): State<App>, Path(id): Path<u64>, headers: HeaderMap) -> Result<Response, Problem> {
    let event = target::sale(&app, EventId(id)).await?.event;
    let permit = sse::permit(&app)?;
    let cursor = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).map(OutcomeNumber);
    let follower = Follower { moved: event.subscribe(), event, cursor };
    let events = futures::stream::unfold(follower, Follower::next);
    Ok(sse::respond(&app, permit, events))
}

/// A reader and how far it has come.
struct Follower {
    event: Arc<EventBoard>,
    moved: tokio::sync::watch::Receiver<OutcomeNumber>,
    cursor: Option<OutcomeNumber>,
}

impl Follower {
    /// Waits for what the reader has not seen.
    async fn next(mut self) -> Option<(Event, Self)> {
        let Some(cursor) = self.cursor else { return Some(self.snapshot()) };
        loop {
            match self.event.changes_after(cursor) {
                None => return Some(self.snapshot()),
                Some(changes) if changes.view.version == cursor => {
                    self.moved.changed().await.ok()?;
                    tokio::time::sleep(GATHER).await;
                }
                Some(changes) => return Some(self.changed(changes)),
            }
        }
    }

    fn snapshot(self) -> (Event, Self) {
        let view: EventView = self.event.view();
        let seats = SeatsView::new(&self.event, &view, &SeatsFilter::default());
        let seats = seats.unwrap_or_else(|_| unreachable!("no filter names an unknown section"));
        let event = sse::event("snapshot", Some(view.version.0), &seats);
        (event, Self { cursor: Some(view.version), ..self })
    }

    fn changed(self, changes: Changes) -> (Event, Self) {
        let label = |seat| self.event.map.label(seat).to_string();
        let changed = changes.seats.into_iter().map(|(seat, state)| SeatView { seat: label(seat), state }).collect();
        let body = SeatsChanged { changed, counts: changes.view.states.totals().into() };
        let event = sse::event("seats", Some(changes.view.version.0), &body);
        (event, Self { cursor: Some(changes.view.version), ..self })
    }
}
