//! A walk through the layout, for whoever shows it.

use crate::ids::SeatId;
use crate::seat_map::map::{Row, SeatMap, Section, Subsection};

/// A section of a map.
#[derive(Clone, Copy, Debug)]
pub struct SectionView<'a> {
    map: &'a SeatMap,
    section: &'a Section,
    /// Its index in the event.
    pub index: u16,
    /// Its name.
    pub name: &'a str,
    /// Price of each of its seats, in minor units.
    pub price: u64,
}

/// A subsection of a section.
#[derive(Clone, Copy, Debug)]
pub struct SubsectionView<'a> {
    map: &'a SeatMap,
    subsection: &'a Subsection,
    /// Its index in the event, which counts of states go by.
    pub index: usize,
    /// Its number in the section, from 1.
    pub number: u32,
}

/// A row of a subsection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowView {
    /// As the seller numbers it, from 1.
    pub number: u32,
    /// The first position; the others follow it.
    pub first: SeatId,
    /// Positions, missing seats included.
    pub positions: u32,
}

impl SeatMap {
    /// Sections in the seller's order.
    pub fn sections(&self) -> impl ExactSizeIterator<Item = SectionView<'_>> {
        let count = u16::try_from(self.sections.len()).expect("sections are capped");
        (0..count).map(|index| {
            let section = &self.sections[usize::from(index)];
            SectionView { map: self, section, index, name: self.section_name(index), price: section.price }
        })
    }
}

impl<'a> SectionView<'a> {
    /// Subsections in the order of their numbers.
    pub fn subsections(self) -> impl ExactSizeIterator<Item = SubsectionView<'a>> {
        let range = self.section.subsections.start as usize..self.section.subsections.end as usize;
        range.map(move |index| {
            let subsection = &self.map.subsections[index];
            SubsectionView { map: self.map, subsection, index, number: subsection.number }
        })
    }
}

impl<'a> SubsectionView<'a> {
    /// Rows from the front.
    pub fn rows(self) -> impl ExactSizeIterator<Item = RowView> + 'a {
        let range = self.subsection.rows.start as usize..self.subsection.rows.end as usize;
        self.map.rows[range].iter().map(|&Row { number, first, seats, .. }| RowView {
            number: u32::from(number),
            first: SeatId(first),
            positions: u32::from(seats),
        })
    }
}
