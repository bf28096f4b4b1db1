//! Several groups: classes 3 to 6.

use super::groups::{Merit, Runs, merit};
use super::search::{Part, Search, range};
use crate::booking::SeatList;
use crate::limits::TICKETS_PER_BOOKING_MAX;
use crate::seat_map::bits;
use crate::seat_map::free::{Fit, Pool};
use std::ops::Range;

/// How groups may be made.
#[derive(Clone, Copy)]
struct Split {
    pool: Pool,
    /// Fewest people in a group, which is also the shortest run of use: 2 where nobody may sit alone.
    least: u32,
    /// At most this many groups, in at most this many consecutive rows.
    spread: u32,
}

impl Split {
    /// Whether a choice of this merit is of the class.
    fn allows(self, merit: Merit) -> bool {
        merit.groups <= self.spread && (self.least == 1 || merit.alone == 0)
    }
}

struct Choice {
    merit: Merit,
    distance: u64,
    seats: SeatList,
}

impl Search<'_> {
    /// Several groups: where the pool cannot seat the wish in one.
    pub(super) fn apart(&self, pool: Pool) -> Option<SeatList> {
        self.neighbouring(pool, 2).or_else(|| self.neighbouring(pool, 1)).or_else(|| {
            let enough = |part: &Part| self.fitting_in(part, pool) >= self.quantity;
            self.parts().find(enough).map_or_else(
                || self.anywhere(pool, self.quantity),
                |part| self.longest_runs(pool, self.quantity, std::iter::once(part)),
            )
        })
    }

    /// The longest runs of all sections.
    pub(super) fn anywhere(&self, pool: Pool, quantity: u32) -> Option<SeatList> {
        self.longest_runs(pool, quantity, self.parts())
    }

    fn longest_runs(&self, pool: Pool, quantity: u32, parts: impl Iterator<Item = Part>) -> Option<SeatList> {
        let mut runs = Runs::new(quantity);
        for (part, order) in parts.zip(0..) {
            let mut rows = part.rows;
            while let Some(row) = self.free.next_row(self.map, pool, Fit::Any, 1, rows.clone()) {
                self.offer_row(&mut runs, pool, 1, row, order);
                rows.start = row + 1;
            }
        }
        self.take(&runs, quantity).map(|(seats, _)| seats)
    }

    fn neighbouring(&self, pool: Pool, least: u32) -> Option<SeatList> {
        if self.quantity < 2 * least {
            return None;
        }
        self.parts().filter(|part| self.fitting_in(part, pool) >= self.quantity).find_map(|part| {
            // A choice of some spread is one of every greater spread too, so the smallest can be found by halving.
            let exists = |spread| self.windows(Split { pool, least, spread }, &part.rows).next().is_some();
            let (mut low, mut high) = (2, self.quantity);
            if low < high && !exists(high) {
                return None;
            }
            while low < high {
                let middle = low.midpoint(high);
                if exists(middle) { high = middle } else { low = middle + 1 }
            }
            self.nearest(Split { pool, least, spread: low }, &part.rows)
        })
    }

    /// Windows of rows that have a choice, with its merit.
    fn windows<'a>(&'a self, split: Split, rows: &Range<usize>) -> impl Iterator<Item = (Range<usize>, Merit)> + 'a {
        let mut rest = rows.clone();
        std::iter::from_fn(move || {
            let row = self.free.next_row(self.map, split.pool, Fit::Any, split.least, rest.clone())?;
            rest.start = row + 1;
            Some(row..range(&self.subsection(row).rows).end.min(row + split.spread as usize))
        })
        .filter_map(move |window| {
            let merit = self.merit_of(split, window.clone())?;
            split.allows(merit).then_some((window, merit))
        })
    }

    fn merit_of(&self, split: Split, window: Range<usize>) -> Option<Merit> {
        let rows = &self.map.rows[window];
        let words = |row| self.free.row_words(self.map, split.pool, row);
        let free: u32 = rows.iter().flat_map(|&row| words(row)).map(u64::count_ones).sum();
        if free < self.quantity {
            return None;
        }
        let mut runs = [0; TICKETS_PER_BOOKING_MAX as usize];
        for &row in rows {
            // No run is as long as the group, else it would not be split.
            bits::each_run(words(row), |_, length| runs[length as usize] += u32::from(length >= split.least));
        }
        merit((1..self.quantity).rev().map(|length| (length, runs[length as usize])), self.quantity)
    }

    fn nearest(&self, split: Split, rows: &Range<usize>) -> Option<SeatList> {
        let mut best: Option<Choice> = None;
        for (window, merit) in self.windows(split, rows) {
            let rival = best.as_ref().filter(|best| best.merit <= merit);
            if rival.is_some_and(|best| best.merit < merit || best.distance < self.bound(merit, &window)) {
                continue;
            }
            let mut runs = Runs::new(merit.groups);
            for row in window {
                self.offer_row(&mut runs, split.pool, split.least, row, 0);
            }
            let (seats, distance) = self.take(&runs, self.quantity)?;
            let first = |seats: &SeatList| seats.iter().min().copied();
            if rival.is_none_or(|best| (distance, first(&seats)) < (best.distance, first(&best.seats))) {
                best = Some(Choice { merit, distance, seats });
            }
        }
        best.map(|choice| choice.seats)
    }

    /// No choice of this merit in these rows is nearer.
    fn bound(&self, merit: Merit, window: &Range<usize>) -> u64 {
        let focus = self.focus(self.subsection(window.start));
        let nearest = window.clone().map(|row| self.depth(focus, row)).min();
        nearest.map_or(0, |depth| depth * u64::from(merit.groups))
    }
}
