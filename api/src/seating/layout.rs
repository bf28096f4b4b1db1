//! How the layout of an event is shown: sections, subsections, rows.

use rowlock_engine::seat_map::spec::RowsSpec;
use rowlock_engine::seat_map::{Counts, SeatMap, SeatStates};
use serde::Serialize;
use utoipa::ToSchema;

/// A section, with its subsections.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SectionLayout {
    /// Its name.
    pub name: String,
    /// Of each seat, in minor units.
    pub price: u64,
    /// Its subsections.
    pub subsections: Vec<SubsectionLayout>,
}

/// A subsection, with its rows and how many of its seats are in which state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubsectionLayout {
    /// From 1.
    pub number: u32,
    /// How many seats are in which state.
    pub counts: CountsView,
    /// Runs of like rows.
    pub rows: Vec<RowLayout>,
}

/// Rows that are alike.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowLayout {
    /// Number of the first of them.
    pub first_row: u32,
    /// How many.
    pub count: u32,
    /// Positions of each, missing ones included.
    pub seats: u32,
    /// Positions without a seat.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<u32>,
    /// Accessible seats.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accessible: Vec<u32>,
    /// Seats beside accessible ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companion: Vec<u32>,
}

/// A general-admission area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaLayout {
    /// Its name.
    pub area: String,
    /// Of each place, in minor units.
    pub price: u64,
    /// How many places are in which state.
    pub counts: CountsView,
}

/// How many seats or places are in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountsView {
    /// All of them.
    pub total: u32,
    /// For sale.
    pub available: u32,
    /// Set aside for buyers.
    pub held: u32,
    /// Paid for.
    pub sold: u32,
    /// Taken off sale.
    pub blocked: u32,
}

impl From<Counts> for CountsView {
    fn from(counts: Counts) -> Self {
        let Counts { total, available, held, sold, blocked } = counts;
        Self { total, available, held, sold, blocked }
    }
}

/// Sections and areas of a map, with the counts of these states.
pub fn layout(map: &SeatMap, states: &SeatStates) -> (Vec<SectionLayout>, Vec<AreaLayout>) {
    let sections = map.sections().zip(&map.spec().sections).map(|(section, spec)| SectionLayout {
        name: section.name.to_owned(),
        price: section.price,
        subsections: section
            .subsections()
            .zip(&spec.subsections)
            .map(|(subsection, spec)| SubsectionLayout {
                number: subsection.number,
                counts: states.counts(subsection.index).into(),
                rows: spec.rows.iter().map(row).collect(),
            })
            .collect(),
    });
    let areas = map.spec().areas.iter().zip(0..).map(|(area, index)| AreaLayout {
        area: area.name.clone(),
        price: area.price,
        counts: states.area_counts(rowlock_engine::ids::AreaId(index)).into(),
    });
    (sections.collect(), areas.collect())
}

fn row(rows: &RowsSpec) -> RowLayout {
    RowLayout {
        first_row: rows.first_row,
        count: rows.count,
        seats: rows.seats,
        missing: rows.missing.clone(),
        accessible: rows.accessible.clone(),
        companion: rows.companion.clone(),
    }
}
