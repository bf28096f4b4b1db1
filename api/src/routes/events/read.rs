//! GET /api/event and /api/event/{id}.

use super::view::{EventSummary, EventView};
use crate::app::App;
use crate::gateway::AskError;
use crate::http::{Json, PageQuery, PageView, Path, Query};
use crate::problem::{Otherwise, Problem};
use crate::seating::layout;
use axum::extract::State;
use rowlock_engine::ids::EventId;
use rowlock_persistence::sql::{EventFilter, EventRow, EventStatus, UserId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// An event's state, as a filter.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusFilter {
    /// On sale, or to be.
    OnSale,
    /// The sale is over.
    Closed,
}

/// Which events a list has.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct ListFilter {
    /// Only this seller's.
    pub seller_id: Option<i64>,
    /// Only those in this state.
    #[param(inline)]
    pub status: Option<StatusFilter>,
    /// Only those with this text in their name or their venue's.
    pub q: Option<String>,
}

/// Events, the newest first
#[utoipa::path(
    get, path = "/api/event", tag = "events", params(ListFilter, PageQuery),
    responses((status = 200, description = "a page of events", body = PageView<EventSummary>), Otherwise)
)]
pub async fn list(
    State(app): State<App>,
    Query(filter): Query<ListFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<PageView<EventSummary>>, Problem> {
    let status = filter.status.map(|status| match status {
        StatusFilter::OnSale => EventStatus::OnSale,
        StatusFilter::Closed => EventStatus::Closed,
    });
    let filter = EventFilter { seller: filter.seller_id.map(UserId), status, q: filter.q };
    let found = app.database.list_events(&filter, page.cursor.as_deref(), page.limit()).await?;
    let items = found.items.into_iter().map(EventSummary::from).collect();
    Ok(Json(PageView { items, next_cursor: found.next }))
}

/// One event, with counts
#[utoipa::path(
    get, path = "/api/event/{id}", tag = "events", params(("id" = u64, Path)),
    responses((status = 200, description = "the event", body = EventView), Otherwise)
)]
pub async fn get(State(app): State<App>, Path(id): Path<u64>) -> Result<Json<EventView>, Problem> {
    let row = app.event_rows.row(EventId(id)).await?;
    let row = row.filter(|row| row.status != EventStatus::Draft);
    let row = row.ok_or_else(|| Problem::not_found(format!("there is no event {id}")))?;
    Ok(Json(show(&app, row)?))
}

/// An event of the database with its seats from the boards.
///
/// # Errors
/// 503 while its partition is being restored, 404 for one that never came to be.
pub fn show(app: &App, row: EventRow) -> Result<EventView, Problem> {
    let Some(event) = app.boards.event(row.id) else {
        let never = app.is_serving(row.partition);
        let not_there = || Problem::not_found(format!("there is no event {}", row.id));
        return Err(if never { not_there() } else { AskError::NotServing("being restored".to_owned()).into() });
    };
    let view = event.view();
    let (sections, general_admission) = layout(&event.map, &view.states);
    Ok(EventView {
        summary: row.into(),
        accessible_released: view.terms.accessible_released,
        refunds: view.terms.refunds,
        counts: view.states.totals().into(),
        sections,
        general_admission,
    })
}
