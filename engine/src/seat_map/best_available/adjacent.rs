//! One group in one row: classes 1 and 2.

use super::search::{Search, aside, range};
use crate::booking::SeatList;
use crate::ids::SeatId;
use crate::seat_map::bits;
use crate::seat_map::free::Pool;
use crate::seat_map::map::Focus;
use std::ops::Range;

/// A place for one group; the least is the best.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    distance: u64,
    first: u32,
}

/// The best places found so far.
#[derive(Default)]
struct Found {
    /// Leaves no single seat alone.
    snug: Option<Place>,
    any: Option<Place>,
}

impl Found {
    /// Whether nothing at this distance or farther can change the choice.
    fn is_settled(&self, distance: u64) -> bool {
        self.snug.is_some_and(|place| place.distance < distance)
    }
}

fn keep_best(best: &mut Option<Place>, place: Place) {
    if best.is_none_or(|best| place < best) {
        *best = Some(place);
    }
}

/// What a group is made of.
#[derive(Clone, Copy)]
struct Group {
    pool: Pool,
    /// At least one of its seats is accessible or a companion's.
    with_access: bool,
}

impl Search<'_> {
    /// One group, leaving no single seat alone if a section has such a place.
    pub(super) fn together(&self, pool: Pool, with_access: bool) -> Option<SeatList> {
        let mut second = None;
        for part in self.parts() {
            let found = self.in_rows(Group { pool, with_access }, part.rows);
            if let Some(place) = found.snug {
                return Some(self.group(place));
            }
            second = second.or(found.any);
        }
        second.map(|place| self.group(place))
    }

    fn group(&self, place: Place) -> SeatList {
        (place.first..place.first + self.quantity).map(SeatId).collect()
    }

    fn in_rows(&self, group: Group, mut rows: Range<usize>) -> Found {
        let mut found = Found::default();
        while let Some(row) = self.next(group, rows.clone()) {
            let subsection = self.subsection(row);
            let all = range(&subsection.rows);
            rows.start = all.end;
            self.outward(group, all, self.focus(subsection), &mut found);
        }
        found
    }

    /// Rows of one subsection, away from the focal point on both sides until none can be nearer than what was found.
    fn outward(&self, group: Group, rows: Range<usize>, focus: Focus, found: &mut Found) {
        let middle = rows.start + self.map.rows[rows.clone()].partition_point(|row| row.number < focus.row);
        let mut behind = middle..rows.end;
        while let Some(row) = self.next(group, behind.clone()) {
            if found.is_settled(self.depth(focus, row)) {
                break;
            }
            self.in_row(group, row, focus, found);
            behind.start = row + 1;
        }
        let mut before = rows.start..middle;
        while let Some(row) = self.free.previous_row(self.map, group.pool, self.quantity, before.clone()) {
            if found.is_settled(self.depth(focus, row)) {
                break;
            }
            self.in_row(group, row, focus, found);
            before.end = row;
        }
    }

    fn next(&self, group: Group, rows: Range<usize>) -> Option<usize> {
        self.free.next_row(self.map, group.pool, self.quantity, rows)
    }

    fn in_row(&self, group: Group, index: usize, focus: Focus, found: &mut Found) {
        let (map, row, size) = (self.map, self.map.rows[index], self.quantity);
        if group.with_access && !row.has_access {
            return;
        }
        let (depth, words) = (self.depth(focus, index), row.words());
        let mut before = 0;
        let mut word = self.free.word(map, group.pool, words.start);
        for (at, base) in words.clone().zip((0..).step_by(64)) {
            let after = if at + 1 < words.end { self.free.word(map, group.pool, at + 1) } else { 0 };
            let (mut any, mut snug) = bits::starts(before, word, after, size);
            if group.with_access {
                let access_after = if at + 1 < words.end { map.access[at + 1] } else { 0 };
                let with_access = bits::starts_with_any(map.access[at], access_after, size);
                (any, snug) = (any & with_access, snug & with_access);
            }
            for (starts, best) in [(snug, &mut found.snug), (any, &mut found.any)] {
                if let Some(bit) = nearest(starts, base, size, focus) {
                    let place =
                        Place { distance: depth + aside(focus, base + bit, size), first: row.first + base + bit };
                    keep_best(best, place);
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
