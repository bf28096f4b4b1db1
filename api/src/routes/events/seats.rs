//! GET /api/event/{id}/seats: every seat's state, from memory.

use crate::app::App;
use crate::boards::EventBoard;
use crate::boards::EventView as BoardView;
use crate::http::{Path, Query};
use crate::problem::{FieldError, Otherwise, Problem};
use crate::routes::bookings::target;
use crate::seating::CountsView;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rowlock_engine::ids::{AreaId, EventId, OutcomeNumber, SeatId};
use rowlock_engine::seat_map::{SeatMap, SeatState, SeatStates};
use serde::ser::{SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which seats.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub struct SeatsFilter {
    /// Only this section.
    pub section: Option<String>,
    /// Only this subsection of it.
    pub subsection: Option<u32>,
}

/// A seat and its state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeatView {
    /// Its label.
    #[schema(example = "A-1-3-4")]
    pub seat: String,
    /// Its state.
    #[schema(value_type = String, example = "available")]
    pub state: SeatState,
}

/// The seats of an event.
#[derive(Serialize, ToSchema)]
pub struct SeatsView<'a> {
    /// The event.
    pub event_id: u64,
    /// Counts changes; what streams resume after.
    pub version: u64,
    /// How many seats and places are in which state, over the whole event.
    pub counts: CountsView,
    /// Sections with numbered seats.
    pub sections: Vec<SectionSeats<'a>>,
    /// Areas without.
    pub general_admission: Vec<AreaSeats<'a>>,
}

/// A section.
#[derive(Serialize, ToSchema)]
pub struct SectionSeats<'a> {
    /// Its name.
    pub name: &'a str,
    /// Of each seat, in minor units.
    pub price: u64,
    /// Its subsections.
    pub subsections: Vec<SubsectionSeats<'a>>,
}

/// A subsection.
#[derive(Serialize, ToSchema)]
pub struct SubsectionSeats<'a> {
    /// From 1.
    pub number: u32,
    /// How many of its seats are in which state.
    pub counts: CountsView,
    /// Its rows, from the front.
    pub rows: Vec<RowSeats<'a>>,
}

/// A row: its seats' states in turn; `null` where no seat is.
#[derive(Serialize, ToSchema)]
pub struct RowSeats<'a> {
    /// From 1.
    pub row: u32,
    /// States of the positions 1, 2, 3, ….
    #[schema(value_type = Vec<Option<String>>, example = json!(["available", null, "sold"]))]
    pub seats: States<'a>,
}

/// The states of a row's positions, read while they are written.
pub struct States<'a> {
    map: &'a SeatMap,
    states: &'a SeatStates,
    first: SeatId,
    positions: u32,
}

/// A general-admission area.
#[derive(Serialize, ToSchema)]
pub struct AreaSeats<'a> {
    /// Its name.
    pub area: &'a str,
    /// How many places are in which state.
    pub counts: CountsView,
}

impl Serialize for States<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seats = serializer.serialize_seq(Some(self.positions as usize))?;
        for seat in (self.first.0..self.first.0 + self.positions).map(SeatId) {
            seats.serialize_element(&self.map.exists(seat).then(|| self.states.state(seat).as_str()))?;
        }
        seats.end()
    }
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
    let body = serde_json::to_vec(&SeatsView::new(&event, &view, &filter)?).expect("a view can be written as JSON");
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind), (header::ETAG, etag)], Body::from(body)).into_response())
}

fn etag(version: OutcomeNumber) -> String {
    format!("\"{version}\"")
}

impl<'a> SeatsView<'a> {
    /// The seats of `event` that `filter` lets through.
    ///
    /// # Errors
    /// 422 for a section that the event does not have.
    pub fn new(event: &'a EventBoard, view: &'a BoardView, filter: &SeatsFilter) -> Result<Self, Problem> {
        let (map, states) = (&*event.map, &view.states);
        check(map, filter)?;
        let is_wanted = |name: &str| filter.section.as_ref().is_none_or(|section| section == name);
        let sections = map.sections().filter(|section| is_wanted(section.name)).map(|section| SectionSeats {
            name: section.name,
            price: section.price,
            subsections: section
                .subsections()
                .filter(|subsection| filter.subsection.is_none_or(|number| number == subsection.number))
                .map(|subsection| SubsectionSeats {
                    number: subsection.number,
                    counts: states.counts(subsection.index).into(),
                    rows: subsection
                        .rows()
                        .map(|row| RowSeats {
                            row: row.number,
                            seats: States { map, states, first: row.first, positions: row.positions },
                        })
                        .collect(),
                })
                .collect(),
        });
        let areas = (0..map.area_count()).filter(|_| filter.section.is_none()).map(|area| {
            let area = AreaId(u16::try_from(area).expect("areas are capped"));
            AreaSeats { area: map.area_name(area), counts: states.area_counts(area).into() }
        });
        Ok(Self {
            event_id: event.id.0,
            version: view.version.0,
            counts: states.totals().into(),
            sections: sections.collect(),
            general_admission: areas.collect(),
        })
    }
}

fn check(map: &SeatMap, filter: &SeatsFilter) -> Result<(), Problem> {
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
