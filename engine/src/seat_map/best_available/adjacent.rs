//! One group in one row: classes 1 and 2.

use super::search::{Search, aside, range};
use crate::booking::SeatList;
use crate::ids::SeatId;
use crate::seat_map::bits;
use crate::seat_map::free::{Fit, Pool};
use crate::seat_map::map::Focus;
use std::ops::Range;

/// A place for one group; the least is the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    distance: u64,
    first: u32,
}

/// What a group is made of, and how it is to lie.
#[derive(Clone, Copy)]
struct Group {
    fit: Fit,
    pool: Pool,
    /// At least one of its seats is accessible or a companion's.
    with_access: bool,
}

impl Search<'_> {
    /// One group, leaving no single seat alone if a section has such a place.
    pub(super) fn together(&self, pool: Pool, with_access: bool) -> Option<SeatList> {
        [Fit::Snug, Fit::Any].into_iter().find_map(|fit| {
            let group = Group { fit, pool, with_access };
            let place = self.parts().find_map(|part| self.in_rows(group, part.rows))?;
            Some((place.first..place.first + self.quantity).map(SeatId).collect())
        })
    }

    fn in_rows(&self, group: Group, mut rows: Range<usize>) -> Option<Place> {
        let mut best = None;
        while let Some(row) = self.next(group, rows.clone()) {
            let subsection = self.subsection(row);
            let all = range(&subsection.rows);
            rows.start = all.end;
            self.outward(group, all, self.focus(subsection), &mut best);
        }
        best
    }

    /// Rows of one subsection, away from the focal point on both sides until none can be nearer than what was found.
    fn outward(&self, group: Group, rows: Range<usize>, focus: Focus, best: &mut Option<Place>) {
        let is_settled = |best: &Option<Place>, row| best.is_some_and(|best| best.distance < self.depth(focus, row));
        let middle = rows.start + self.map.rows[rows.clone()].partition_point(|row| row.number < focus.row);
        let mut behind = middle..rows.end;
        while let Some(row) = self.next(group, behind.clone()) {
            if is_settled(best, row) {
                break;
            }
            self.in_row(group, row, focus, best);
            behind.start = row + 1;
        }
        let mut before = rows.start..middle;
        while let Some(row) = self.free.previous_row(self.map, group.pool, group.fit, self.quantity, before.clone()) {
            if is_settled(best, row) {
                break;
            }
            self.in_row(group, row, focus, best);
            before.end = row;
        }
    }

    fn next(&self, group: Group, rows: Range<usize>) -> Option<usize> {
        self.free.next_row(self.map, group.pool, group.fit, self.quantity, rows)
    }

    fn in_row(&self, group: Group, index: usize, focus: Focus, best: &mut Option<Place>) {
        let (map, row, size) = (self.map, self.map.rows[index], self.quantity);
        if group.with_access && !row.has_access {
            return;
        }
        let (depth, words) = (self.depth(focus, index), row.words());
        let mut before = 0;
        let mut word = self.free.word(map, group.pool, words.start);
        for (at, base) in words.clone().zip((0..).step_by(64)) {
            let after = if at + 1 < words.end { self.free.word(map, group.pool, at + 1) } else { 0 };
            let (any, snug) = bits::starts(before, word, after, size);
            let mut starts = if group.fit == Fit::Snug { snug } else { any };
            if group.with_access {
                let access_after = if at + 1 < words.end { map.access[at + 1] } else { 0 };
                starts &= bits::starts_with_any(map.access[at], access_after, size);
            }
            if let Some(bit) = nearest(starts, base, size, focus) {
                let distance = depth + aside(focus, base + bit, size);
                let place = Place { distance, first: row.first + base + bit };
                if best.is_none_or(|best| place < best) {
                    *best = Some(place);
                }
            }
            (before, word) = (word, after);
        }
    }
}

/// The start that puts the middle of the group nearest to the focal point; of two, the lower.
fn nearest(starts: u64, base: u32, size: u32, focus: Focus) -> Option<u32> {
    let wanted_twice = i32::from(focus.seat_twice) - size.cast_signed() + 1 - 2 * (base.cast_signed() + 1);
    bits::nearest(starts, wanted_twice)
}
