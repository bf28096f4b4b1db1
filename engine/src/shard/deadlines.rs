//! When holds fall due, soonest first.

use crate::ids::{BookingId, EventId, TimeMs};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Stale entries that are put up with before the heap is made anew.
const STALE_MAX: usize = 1_024;

/// A hold and its deadline; the order is total, so that equal deadlines expire in one order everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    pub at: TimeMs,
    pub event: EventId,
    pub booking: BookingId,
}

/// A heap of deadlines. A deadline that moved leaves its old entry behind, which the shard skips when it comes up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deadlines {
    heap: BinaryHeap<Reverse<Due>>,
    living: usize,
}

impl Deadlines {
    /// A hold began.
    pub fn add(&mut self, due: Due) {
        self.living += 1;
        self.heap.push(Reverse(due));
    }

    /// A living hold has another deadline now.
    pub fn moved(&mut self, due: Due) {
        self.heap.push(Reverse(due));
    }

    /// A hold ended, in whatever way; its entries are stale now.
    pub fn ended(&mut self) {
        self.living -= 1;
    }

    pub fn first(&self) -> Option<Due> {
        self.heap.peek().map(|Reverse(due)| *due)
    }

    pub fn pop(&mut self) {
        self.heap.pop();
    }

    /// Drops stale entries once they outnumber the living ones.
    pub fn tidy(&mut self, is_living: impl Fn(&Due) -> bool) {
        if self.heap.len() > 2 * self.living + STALE_MAX {
            self.heap.retain(|Reverse(due)| is_living(due));
        }
    }
}
