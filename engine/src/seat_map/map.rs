//! The layout of an event's seats: immutable, and shared by all who look at the event.

use crate::ids::{AreaId, SeatId};
use crate::seat_map::label::SeatLabel;
use crate::seat_map::spec::{AreaSpec, SeatMapSpec};
use std::ops::Range;
use std::sync::Arc;
use thiserror::Error;

/// What is wrong with a [`SeatMapSpec`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {problem}")]
pub struct SeatMapError {
    /// Path in the spec, such as `sections[0].subsections[1].rows[0].missing`.
    pub field: String,
    /// What is wrong there.
    pub problem: String,
}

/// A row: a run of positions, and a run of words in every bit set over seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The first position's seat id.
    pub(crate) first: u32,
    /// The first word's index.
    pub(crate) word: u32,
    /// As the seller numbers it, from 1.
    pub(crate) number: u16,
    /// Positions, missing ones included.
    pub(crate) seats: u16,
    /// Index of the subsection.
    pub(crate) subsection: u16,
    /// Whether it has accessible or companion seats.
    pub(crate) has_access: bool,
}

impl Row {
    /// Its words in a bit set over seats.
    pub(crate) fn words(self) -> Range<usize> {
        let first = self.word as usize;
        first..first + usize::from(self.seats).div_ceil(64)
    }
}

/// A place that distances are measured from: a row number, and twice a seat number, so that the middle of an even row has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Focus {
    pub(crate) row: u16,
    pub(crate) seat_twice: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subsection {
    pub(crate) section: u16,
    pub(crate) number: u32,
    /// Indices of its rows.
    pub(crate) rows: Range<u32>,
    pub(crate) focus: Focus,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// Minor units.
    pub(crate) price: u64,
    /// Indices of its subsections.
    pub(crate) subsections: Range<u32>,
    /// Indices of its rows.
    pub(crate) rows: Range<u32>,
}

/// The layout of an event's seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatMap {
    pub(crate) spec: Arc<SeatMapSpec>,
    pub(crate) sections: Vec<Section>,
    pub(crate) subsections: Vec<Subsection>,
    pub(crate) rows: Vec<Row>,
    /// The row of each position.
    pub(crate) row_of: Vec<u16>,
    /// Bit set over seats: not missing.
    pub(crate) present: Vec<u64>,
    /// Bit set over seats: accessible or companion.
    pub(crate) access: Vec<u64>,
    /// Bit set over rows: has accessible or companion seats.
    pub(crate) access_rows: Vec<u64>,
    /// Sections in the order of their names.
    pub(crate) by_name: Vec<u16>,
}

impl SeatMap {
    /// Lays out a map, or says what is wrong with it.
    ///
    /// # Errors
    /// The first field, in the spec's order, that breaks a rule or a cap of [`crate::limits`].
    pub fn build(spec: Arc<SeatMapSpec>) -> Result<Self, SeatMapError> {
        crate::seat_map::build::build(spec)
    }

    /// What it was built from.
    #[must_use]
    pub fn spec(&self) -> &Arc<SeatMapSpec> {
        &self.spec
    }

    /// Positions of all rows, missing seats included: seat ids are below this.
    #[must_use]
    pub fn positions(&self) -> u32 {
        u32::try_from(self.row_of.len()).expect("positions are capped")
    }

    /// Whether there is such a seat.
    #[must_use]
    pub fn exists(&self, seat: SeatId) -> bool {
        seat.0 < self.positions() && self.has_bit(&self.present, seat)
    }

    /// Whether it is an accessible or a companion seat.
    ///
    /// # Panics
    /// If the id is not below [`SeatMap::positions`].
    #[must_use]
    pub fn is_reserved_for_access(&self, seat: SeatId) -> bool {
        self.has_bit(&self.access, seat)
    }

    /// The seat's name.
    ///
    /// # Panics
    /// If the id is not below [`SeatMap::positions`].
    #[must_use]
    pub fn label(&self, seat: SeatId) -> SeatLabel<'_> {
        let row = self.row(seat);
        let subsection = &self.subsections[usize::from(row.subsection)];
        SeatLabel {
            section: self.section_name(subsection.section),
            subsection: subsection.number,
            row: u32::from(row.number),
            seat: seat.0 - row.first + 1,
        }
    }

    /// The seat of that name.
    #[must_use]
    pub fn seat(&self, label: &str) -> Option<SeatId> {
        let label = SeatLabel::parse(label)?;
        let subsection = self.subsection_index(self.section_index(label.section)?, label.subsection)?;
        let range = &self.subsections[subsection].rows;
        let rows = &self.rows[range.start as usize..range.end as usize];
        let row = rows[rows.binary_search_by_key(&label.row, |row| u32::from(row.number)).ok()?];
        // Checked before it is added to: a label may say any number.
        let at = Some(label.seat - 1).filter(|at| *at < u32::from(row.seats))?;
        let seat = SeatId(row.first + at);
        self.exists(seat).then_some(seat)
    }

    /// The section of that name.
    #[must_use]
    pub fn section_index(&self, name: &str) -> Option<u16> {
        let place = self.by_name.binary_search_by_key(&name, |&section| self.section_name(section)).ok()?;
        Some(self.by_name[place])
    }

    /// The name of a section.
    ///
    /// # Panics
    /// If there is no such section.
    #[must_use]
    pub fn section_name(&self, section: u16) -> &str {
        &self.spec.sections[usize::from(section)].name
    }

    /// Whether the section exists and has a subsection of that number.
    #[must_use]
    pub fn has_subsection(&self, section: u16, number: u32) -> bool {
        self.subsection_index(section, number).is_some()
    }

    /// How many subsections all sections have; their indices are below this.
    #[must_use]
    pub fn subsection_count(&self) -> usize {
        self.subsections.len()
    }

    /// The price of a seat, in minor units.
    ///
    /// # Panics
    /// If the id is not below [`SeatMap::positions`].
    #[must_use]
    pub fn price(&self, seat: SeatId) -> u64 {
        let subsection = &self.subsections[usize::from(self.row(seat).subsection)];
        self.sections[usize::from(subsection.section)].price
    }

    /// The area of that name.
    #[must_use]
    pub fn area(&self, name: &str) -> Option<AreaId> {
        let index = self.spec.areas.iter().position(|area| area.name == name)?;
        Some(AreaId(u16::try_from(index).expect("areas are capped")))
    }

    /// The name of an area.
    ///
    /// # Panics
    /// If there is no such area.
    #[must_use]
    pub fn area_name(&self, area: AreaId) -> &str {
        &self.area_spec(area).name
    }

    /// The price of a place in an area, in minor units.
    ///
    /// # Panics
    /// If there is no such area.
    #[must_use]
    pub fn area_price(&self, area: AreaId) -> u64 {
        self.area_spec(area).price
    }

    /// The places of an area.
    ///
    /// # Panics
    /// If there is no such area.
    #[must_use]
    pub fn area_capacity(&self, area: AreaId) -> u32 {
        self.area_spec(area).capacity
    }

    /// How many areas there are; area ids are below this.
    #[must_use]
    pub fn area_count(&self) -> usize {
        self.spec.areas.len()
    }

    fn area_spec(&self, area: AreaId) -> &AreaSpec {
        &self.spec.areas[usize::from(area.0)]
    }

    pub(crate) fn row(&self, seat: SeatId) -> Row {
        self.rows[usize::from(self.row_of[seat.0 as usize])]
    }

    pub(crate) fn subsection_index(&self, section: u16, number: u32) -> Option<usize> {
        let range = &self.sections.get(usize::from(section))?.subsections;
        let subsections = &self.subsections[range.start as usize..range.end as usize];
        let place = subsections.binary_search_by_key(&number, |subsection| subsection.number).ok()?;
        Some(range.start as usize + place)
    }

    fn has_bit(&self, bits: &[u64], seat: SeatId) -> bool {
        let row = self.row(seat);
        let at = seat.0 - row.first;
        bits[(row.word + at / 64) as usize] >> (at % 64) & 1 == 1
    }
}
