//! A seat map as the seller describes it: the `seating_config` in full, already free of shorthand.

use serde::{Deserialize, Serialize};

/// Sections with numbered seats, and general-admission areas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatMapSpec {
    /// Sections in the seller's order.
    pub sections: Vec<SectionSpec>,
    /// Areas without numbered seats.
    pub areas: Vec<AreaSpec>,
}

/// One section: one price, one focal point, subsections numbered from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionSpec {
    /// Unique in the event, without `-`, at most `NAME_BYTES_MAX` bytes.
    pub name: String,
    /// Minor units.
    pub price: u64,
    /// What "best" is near to; the middle of the front row unless given.
    pub focal_point: Option<FocalPoint>,
    /// Subsections, in order of their numbers.
    pub subsections: Vec<SubsectionSpec>,
}

/// A place in a section, by row and seat number, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FocalPoint {
    /// Row number.
    pub row: u32,
    /// Seat number.
    pub seat: u32,
}

/// One subsection: its number and its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubsectionSpec {
    /// From 1, unique in the section.
    pub number: u32,
    /// Runs of like rows, in order from the front.
    pub rows: Vec<RowsSpec>,
}

/// One row, or several that are alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsSpec {
    /// Number of the first of these rows, from 1.
    pub first_row: u32,
    /// How many rows are like this.
    pub count: u32,
    /// Positions in each row, numbered from 1, missing ones included.
    pub seats: u32,
    /// Positions where no seat is (aisles, pillars).
    pub missing: Vec<u32>,
    /// Seats for people who ask for an accessible one.
    pub accessible: Vec<u32>,
    /// Seats beside accessible ones, for those who come along.
    pub companion: Vec<u32>,
}

/// A general-admission area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaSpec {
    /// Unique in the event, sections included.
    pub name: String,
    /// Minor units.
    pub price: u64,
    /// Places.
    pub capacity: u32,
}
