//! Where a wish may look.

use crate::command::BestAvailable;
use crate::seat_map::free::{FreeSeats, Pool};
use crate::seat_map::map::{Focus, SeatMap, Subsection};
use std::ops::Range;

/// How deep a row is, in half seats.
const ROW_DEPTH: u64 = 4;

/// A wish's quantity and filters, and the seats they apply to.
#[derive(Clone)]
pub(super) struct Search<'a> {
    pub(super) map: &'a SeatMap,
    pub(super) free: &'a FreeSeats,
    pub(super) quantity: u32,
    sections: Range<usize>,
    subsection: Option<u32>,
    max_price: u64,
    focus: Option<Focus>,
}

/// What of a section the filters let through.
#[derive(Clone)]
pub(super) struct Part {
    section: usize,
    subsection: Option<usize>,
    /// Indices of its rows.
    pub(super) rows: Range<usize>,
}

impl<'a> Search<'a> {
    pub(super) fn new(map: &'a SeatMap, free: &'a FreeSeats, wish: &BestAvailable, focus: Option<Focus>) -> Self {
        let all = map.sections.len();
        let sections = match wish.section {
            None => 0..all,
            Some(section) => usize::from(section).min(all)..(usize::from(section) + 1).min(all),
        };
        let max_price = wish.max_price.unwrap_or(u64::MAX);
        Self { map, free, quantity: wish.quantity, sections, subsection: wish.subsection, max_price, focus }
    }

    /// The same search for another number of seats.
    pub(super) fn of_quantity(&self, quantity: u32) -> Self {
        Self { quantity, ..self.clone() }
    }

    /// What the filters let through, in the sections' order.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part> {
        self.sections.clone().filter_map(|index| {
            let section = &self.map.sections[index];
            if section.price > self.max_price {
                return None;
            }
            let Some(number) = self.subsection else {
                return Some(Part { section: index, subsection: None, rows: range(&section.rows) });
            };
            let subsection = self.map.subsection_index(index.try_into().expect("sections are capped"), number)?;
            let rows = range(&self.map.subsections[subsection].rows);
            Some(Part { section: index, subsection: Some(subsection), rows })
        })
    }

    /// Free seats in a part.
    pub(super) fn fitting_in(&self, part: &Part, pool: Pool) -> u32 {
        match part.subsection {
            Some(subsection) => self.free.in_subsection(subsection, pool),
            None => self.free.in_section(part.section, pool),
        }
    }

    /// Free seats that the filters let through.
    pub(super) fn fitting(&self, pool: Pool) -> u32 {
        self.parts().map(|part| self.fitting_in(&part, pool)).sum()
    }

    pub(super) fn subsection(&self, row: usize) -> &'a Subsection {
        &self.map.subsections[usize::from(self.map.rows[row].subsection)]
    }

    pub(super) fn focus(&self, subsection: &Subsection) -> Focus {
        self.focus.unwrap_or(subsection.focus)
    }

    /// The square of how far a row is from the focal point: no group in it is nearer.
    pub(super) fn depth(&self, focus: Focus, row: usize) -> u64 {
        let depth = ROW_DEPTH * u64::from(self.map.rows[row].number.abs_diff(focus.row));
        depth * depth
    }
}

/// The square of how far aside of the focal point a group's middle is; `at` counts its first seat from 0.
pub(super) fn aside(focus: Focus, at: u32, size: u32) -> u64 {
    let middle_twice = 2 * (at + 1) + size - 1;
    let aside = u64::from(middle_twice.abs_diff(u32::from(focus.seat_twice)));
    aside * aside
}

pub(super) fn range(indices: &Range<u32>) -> Range<usize> {
    indices.start as usize..indices.end as usize
}
