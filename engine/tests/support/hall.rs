//! A small hall with one of everything, and the terms it is sold on.

use rowlock_engine::command::SaleTerms;
use rowlock_engine::seat_map::spec::{AreaSpec, RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};

/// An accessible seat.
pub const ACCESSIBLE: u32 = 0;
/// A position without a seat.
pub const MISSING: u32 = 3;
/// Ordinary seats of the hall, in order.
pub const ORDINARY_SEATS: [u32; 14] = [2, 4, 5, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
/// The hall's positions, missing seats included.
pub const POSITIONS: u32 = 20;

/// Section A, subsection 1: rows 1 and 2 of six (seats 0 to 5 and 6 to 11), the first two of each for access, the fourth
/// missing; subsection 2: row 1 of four (12 to 15). Section B, cheaper: one row of four (16 to 19). Areas of 5 and 3 places.
pub fn hall() -> SeatMapSpec {
    let mixed = RowsSpec { missing: vec![4], accessible: vec![1], companion: vec![2], ..rows(2, 6) };
    SeatMapSpec {
        sections: vec![
            section("A", 1000, vec![subsection(1, vec![mixed]), subsection(2, vec![rows(1, 4)])]),
            section("B", 500, vec![subsection(1, vec![rows(1, 4)])]),
        ],
        areas: vec![area("FLOOR", 300, 5), area("PIT", 200, 3)],
    }
}

pub fn section(name: &str, price: u64, subsections: Vec<SubsectionSpec>) -> SectionSpec {
    SectionSpec { name: name.to_owned(), price, focal_point: None, subsections }
}

pub fn subsection(number: u32, rows: Vec<RowsSpec>) -> SubsectionSpec {
    SubsectionSpec { number, rows }
}

/// Rows from 1, all seats there and ordinary.
pub fn rows(count: u32, seats: u32) -> RowsSpec {
    RowsSpec { first_row: 1, count, seats, missing: Vec::new(), accessible: Vec::new(), companion: Vec::new() }
}

pub fn area(name: &str, price: u64, capacity: u32) -> AreaSpec {
    AreaSpec { name: name.to_owned(), price, capacity }
}

/// A map of one section with rows of plain seats.
pub fn plain(count: u32, seats: u32) -> SeatMapSpec {
    SeatMapSpec { sections: vec![section("A", 1000, vec![subsection(1, vec![rows(count, seats)])])], areas: Vec::new() }
}

/// On sale at once, holds of a minute, four tickets a booking, refunds.
pub fn terms() -> SaleTerms {
    SaleTerms {
        opens_at: None,
        hold_ms: 60_000,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: false,
        refunds: true,
    }
}
