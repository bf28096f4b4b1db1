//! What all streams of server-sent events share.

use crate::app::App;
use crate::problem::Problem;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Streams that may be open at once, of all kinds.
pub const STREAMS_MAX: usize = 10_000;
/// A comment is sent this often, so that nobody on the way takes the connection for dead.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);

/// The right to open one more stream.
///
/// # Errors
/// 503 when as many are open as may be.
pub fn permit(app: &App) -> Result<OwnedSemaphorePermit, Problem> {
    app.streams.clone().try_acquire_owned().map_err(|_| Problem::overloaded("too many streams are open"))
}

/// Answers with `events` until the service stops; the permit goes with them.
pub fn respond(
    app: &App,
    permit: OwnedSemaphorePermit,
    events: impl futures::Stream<Item = Event> + Send + 'static,
) -> Response {
    let events = events.take_until(app.stopping.clone().cancelled_owned()).map(move |event| {
        let _held_as_long_as_the_stream = &permit;
        Ok::<_, Infallible>(event)
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE_INTERVAL)).into_response()
}

/// An event of this name with `body` as JSON.
pub fn event(name: &str, body: &impl Serialize) -> Event {
    Event::default().event(name).json_data(body).expect("a view can be written as JSON")
}

/// An event of this name and id with what is JSON already.
pub fn text_event(name: &str, id: u64, text: &str) -> Event {
    Event::default().event(name).id(id.to_string()).data(text)
}
