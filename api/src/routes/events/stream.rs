//! GET /api/event/{id}/stream: the seats as they change.

use super::seats::SeatsFilter;
use super::seats_view::{AreaSeats, SeatView, SeatsView, Style};
use crate::app::App;
use crate::boards::{After, Changes, EventBoard};
use crate::http::Path;
use crate::problem::{Otherwise, Problem};
use crate::routes::bookings::target;
use crate::routes::sse;
use crate::seating::CountsView;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::Event;
use rowlock_engine::ids::{AreaId, EventId, OutcomeNumber};
use rowlock_engine::seat_map::SeatMap;
use serde::Serialize;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::time::Instant;

/// Changes are gathered this long, so that a rush makes ten events a second and not thousands.
const GATHER: Duration = Duration::from_millis(100);
/// How often a reader with a cursor that lies ahead looks whether its partition has been restored.
const RESTORED_POLL: Duration = Duration::from_millis(100);

/// Readers look at the same moments, counted from here: so they come to share what is written for them.
static FIRST_LOOK: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Seats that changed, and the counts after it.
#[derive(Serialize)]
struct SeatsChanged<'a> {
    changed: Vec<SeatView>,
    counts: CountsView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    general_admission: Vec<AreaSeats<'a>>,
}

/// The seats as they change
///
/// Server-sent events: `snapshot` (as GET …/seats, but the `seats` of a row are one text with a letter for each
/// position: `a`vailable, `h`eld, `s`old, `b`locked, `.` where no seat is), then `seats` {changed: [{seat, state}],
/// counts, general_admission}, at most ten a second. `id:` is a cursor; whoever comes back with it as `Last-Event-ID`
/// misses nothing and gets nothing twice. The `version` of GET …/seats is such a cursor, too.
#[utoipa::path(
    get, path = "/api/event/{id}/stream", tag = "events",
    params(("id" = u64, Path), ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, description = "the events", content_type = "text/event-stream", body = String), Otherwise)
)]
pub async fn stream(State(app): State<App>, Path(id): Path<u64>, headers: HeaderMap) -> Result<Response, Problem> {
    let event = target::sale(&app, EventId(id)).await?.event;
    let permit = sse::permit(&app)?;
    let cursor = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).map(OutcomeNumber);
    let follower = Follower { app: app.clone(), moved: event.subscribe(), event, cursor, has_sent: false };
    let events = futures::stream::unfold(follower, Follower::next);
    Ok(sse::respond(&app, permit, events))
}

/// A reader and how far it has come.
struct Follower {
    app: App,
    event: Arc<EventBoard>,
    moved: tokio::sync::watch::Receiver<OutcomeNumber>,
    cursor: Option<OutcomeNumber>,
    has_sent: bool,
}

impl Follower {
    /// Waits for what the reader has not seen.
    async fn next(mut self) -> Option<(Event, Self)> {
        let Some(cursor) = self.cursor else { return Some(self.snapshot()) };
        if self.has_sent {
            next_look().await;
        }
        loop {
            match self.event.frame_after(cursor, render) {
                After::Changed(frame) => {
                    let event = sse::text_event("seats", frame.to.0, &frame.text);
                    return Some((event, self.at(frame.to)));
                }
                After::Forgotten => return Some(self.snapshot()),
                After::Nothing => {
                    self.moved.changed().await.ok()?;
                    next_look().await;
                }
                // After a restart outcomes are replayed first: a snapshot would take the reader back in time.
                After::Ahead if !self.app.is_serving(self.event.partition) => tokio::time::sleep(RESTORED_POLL).await,
                After::Ahead => return Some(self.snapshot()),
            }
        }
    }

    fn snapshot(self) -> (Event, Self) {
        let view = self.event.view();
        let seats = SeatsView::new(&self.event, &view, &SeatsFilter::default(), Style::Letters);
        let seats = seats.unwrap_or_else(|_| unreachable!("no filter names an unknown section"));
        let text = serde_json::to_string(&seats).expect("a view can be written as JSON");
        (sse::text_event("snapshot", view.version.0, &text), self.at(view.version))
    }

    fn at(self, cursor: OutcomeNumber) -> Self {
        Self { cursor: Some(cursor), has_sent: true, ..self }
    }
}

async fn next_look() {
    let first = *FIRST_LOOK;
    let looks = first.elapsed().as_millis() / GATHER.as_millis() + 1;
    tokio::time::sleep_until(first + GATHER * u32::try_from(looks).unwrap_or(u32::MAX)).await;
}

fn render(map: &SeatMap, changes: &Changes) -> String {
    let view = |(seat, state)| SeatView { seat: map.label(seat).to_string(), state };
    let areas = changes.areas.iter().zip(0..);
    let body = SeatsChanged {
        changed: changes.seats.iter().copied().map(view).collect(),
        counts: changes.totals.into(),
        general_admission: areas
            .map(|(counts, area)| AreaSeats { area: map.area_name(AreaId(area)), counts: (*counts).into() })
            .collect(),
    };
    serde_json::to_string(&body).expect("a view can be written as JSON")
}
