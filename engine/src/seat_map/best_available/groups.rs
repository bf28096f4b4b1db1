//! Several groups out of the longest runs of some rows.

use super::search::{Search, aside};
use crate::booking::SeatList;
use crate::ids::SeatId;
use crate::seat_map::bits;
use crate::seat_map::free::Pool;
use crate::seat_map::map::Focus;
use smallvec::SmallVec;

/// A run of free seats. The least is the one to take first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    /// Counted down from the longest, so that longer is less.
    shorter_by: u32,
    /// Which part of the filters' sections it is in.
    part: u32,
    distance: u64,
    first: u32,
    length: u32,
    row: u32,
}

/// The best runs seen, in order, no more than are of use.
pub(super) struct Runs {
    best: SmallVec<[Run; 8]>,
    most: usize,
}

/// Seats out of several runs: what makes one choice better than another of its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Merit {
    pub(super) alone: u32,
    pub(super) groups: u32,
}

/// How many groups the longest runs make of a quantity, and how many of them are one person.
///
/// `lengths` gives (length, how many runs) from the longest down.
pub(super) fn merit(lengths: impl Iterator<Item = (u32, u32)>, quantity: u32) -> Option<Merit> {
    let (mut missing, mut groups, mut longest) = (quantity, 0, 0);
    for (length, runs) in lengths.filter(|&(_, runs)| runs > 0) {
        longest = longest.max(length);
        let used = runs.min(missing.div_ceil(length));
        groups += used;
        if used * length < missing {
            missing -= used * length;
            continue;
        }
        let alone = match missing - (used - 1) * length {
            _ if length == 1 => used,
            1 if longest < 3 || groups == 1 => 1,
            _ => 0,
        };
        return Some(Merit { alone, groups });
    }
    None
}

impl Runs {
    pub(super) fn new(most: u32) -> Self {
        Self { best: SmallVec::new(), most: most as usize }
    }

    fn offer(&mut self, run: Run) {
        let full = self.best.len() == self.most;
        if full && self.best.last().is_some_and(|last| *last < run) {
            return;
        }
        if full {
            self.best.pop();
        }
        let place = self.best.partition_point(|better| *better < run);
        self.best.insert(place, run);
    }

    /// How many people each run takes, from the first on; `None` when they are too few.
    fn sizes(&self, quantity: u32) -> Option<SmallVec<[u32; 8]>> {
        let mut sizes = SmallVec::<[u32; 8]>::new();
        let mut missing = quantity;
        for run in &self.best {
            if missing == 0 {
                break;
            }
            sizes.push(run.length.min(missing));
            missing -= run.length.min(missing);
        }
        if missing > 0 {
            return None;
        }
        let (last, others) = sizes.split_last_mut()?;
        let splits = *last == 1 && self.best[others.len()].length > 1;
        if splits && let Some(other) = others.iter_mut().rev().find(|size| **size > 2) {
            *other -= 1;
            *last += 1;
        }
        Some(sizes)
    }
}

impl Search<'_> {
    /// Offers the runs of a row that have at least `least` seats.
    pub(super) fn offer_row(&self, runs: &mut Runs, pool: Pool, least: u32, row: usize, part: u32) {
        let focus = self.focus(self.subsection(row));
        let depth = self.depth(focus, row);
        let first = self.map.rows[row].first;
        let row_index = u32::try_from(row).expect("rows are capped");
        bits::each_run(self.free.row_words(self.map, pool, self.map.rows[row]), |at, length| {
            if length >= least {
                let distance = depth + aside(focus, at, length);
                runs.offer(Run {
                    shorter_by: u32::MAX - length,
                    part,
                    distance,
                    first: first + at,
                    length,
                    row: row_index,
                });
            }
        });
    }

    /// The seats that the runs give, and the sum of the groups' distances.
    pub(super) fn take(&self, runs: &Runs, quantity: u32) -> Option<(SeatList, u64)> {
        let mut seats = SeatList::new();
        let mut total = 0;
        for (run, size) in runs.best.iter().zip(runs.sizes(quantity)?) {
            let row = run.row as usize;
            let focus = self.focus(self.subsection(row));
            let from = run.first - self.map.rows[row].first;
            let at = best_in_run(focus, from, run.length, size);
            total += self.depth(focus, row) + aside(focus, at, size);
            let first = self.map.rows[row].first + at;
            seats.extend((first..first + size).map(SeatId));
        }
        Some((seats, total))
    }
}

/// Where in a run a group is best: beside no single seat if it can be, then nearest, then lowest.
fn best_in_run(focus: Focus, from: u32, length: u32, size: u32) -> u32 {
    let end = from + length;
    let key = |&at: &u32| (at - from == 1 || end - at - size == 1, aside(focus, at, size), at);
    (from..=end - size).min_by_key(key).expect("a group is no longer than its run")
}
