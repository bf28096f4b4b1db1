//! Seats and their states, as everybody sees them.

use super::seats::{SeatsFilter, check};
use crate::boards::EventBoard;
use crate::boards::EventView as BoardView;
use crate::problem::Problem;
use crate::seating::CountsView;
use rowlock_engine::ids::{AreaId, SeatId};
use rowlock_engine::seat_map::{SeatMap, SeatState, SeatStates};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

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
    /// Where a stream goes on from this: its `Last-Event-ID`.
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

/// How the states of a row are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A list of names.
    Names,
    /// A letter each, in one text: a seventh of the bytes.
    Letters,
}

/// The states of a row's positions, read while they are written.
pub struct States<'a> {
    map: &'a SeatMap,
    states: &'a SeatStates,
    first: SeatId,
    positions: u32,
    style: Style,
}

/// A general-admission area.
#[derive(Serialize, ToSchema)]
pub struct AreaSeats<'a> {
    /// Its name.
    pub area: &'a str,
    /// How many places are in which state.
    pub counts: CountsView,
}

impl States<'_> {
    /// The state of each position; none where no seat is.
    fn each(&self) -> impl Iterator<Item = Option<SeatState>> {
        let seats = (self.first.0..self.first.0 + self.positions).map(SeatId);
        seats.map(|seat| self.map.exists(seat).then(|| self.states.state(seat)))
    }
}

/// The first letter of its name; a dot where no seat is.
fn letter(state: Option<SeatState>) -> char {
    match state {
        Some(SeatState::Available) => 'a',
        Some(SeatState::Held) => 'h',
        Some(SeatState::Sold) => 's',
        Some(SeatState::Blocked) => 'b',
        None => '.',
    }
}

impl Serialize for States<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.style {
            Style::Names => serializer.collect_seq(self.each().map(|state| state.map(SeatState::as_str))),
            Style::Letters => serializer.serialize_str(&self.each().map(letter).collect::<String>()),
        }
    }
}

impl<'a> SeatsView<'a> {
    /// The seats of `event` that `filter` lets through.
    ///
    /// # Errors
    /// 422 for a section that the event does not have.
    pub fn new(
        event: &'a EventBoard,
        view: &'a BoardView,
        filter: &SeatsFilter,
        style: Style,
    ) -> Result<Self, Problem> {
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
                            seats: States { map, states, first: row.first, positions: row.positions, style },
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
