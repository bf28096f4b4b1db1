//! GET /api/event/{id}/seats: every seat's state, from memory.

use super::seats_view::{SeatsView, Style};
use crate::app::App;
use crate::http::{Path, Query};
use crate::problem::{FieldError, Otherwise, Problem};
use crate::routes::bookings::target;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rowlock_engine::ids::{EventId, OutcomeNumber};
use rowlock_engine::seat_map::SeatMap;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which seats.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub struct SeatsFilter {
    /// Only this section.
    pub section: Option<String>,
    /// Only this subsection of it.
    pub subsection: Option<u32>,
}

/// Every seat's state
#[utoipa::path(
    get, path = "/api/event/{id}/seats", tag = "events", params(("id" = u64, Path), SeatsFilter),
    responses((status = 200, description = "the seats", body = SeatsView), (status = 304, description = "nothing changed"), Otherwise)
)]
pub async fn seats(
    State(app): State<App>,
    Path(id): Path<u64>,
    Query(filter): Query<SeatsFilter>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let event = target::sale(&app, EventId(id)).await?.event;
    let etag = etag(event.version());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    if known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let view = event.view();
    let etag = HeaderValue::try_from(self::etag(view.version)).expect("a number is ASCII");
    let body = serde_json::to_vec(&SeatsView::new(&event, &view, &filter, Style::Names)?)
        .expect("a view can be written as JSON");
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind), (header::ETAG, etag)], Body::from(body)).into_response())
}

fn etag(version: OutcomeNumber) -> String {
    format!("\"{version}\"")
}

/// Whether the event has what is asked for.
///
/// # Errors
/// 422 naming what it does not have.
pub(super) fn check(map: &SeatMap, filter: &SeatsFilter) -> Result<(), Problem> {
    let unknown = |field: &str, message: String| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_section", message.clone())
            .with_errors(vec![FieldError::new(field, message)])
    };
    match (&filter.section, filter.subsection) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(unknown("subsection", "a subsection needs its section".to_owned())),
        (Some(name), subsection) => {
            let section = map.section_index(name);
            let section = section.ok_or_else(|| unknown("section", format!("the event has no section {name:?}")))?;
            match subsection {
                Some(number) if !map.has_subsection(section, number) => {
                    Err(unknown("subsection", format!("section {name:?} has no subsection {number}")))
                }
                _ => Ok(()),
            }
        }
    }
}
