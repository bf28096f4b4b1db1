//! When holds fall due, soonest first.

use crate::ids::{BookingId, EventId, TimeMs};
use std::collections::BTreeSet;

/// A hold and its deadline; the order is total, so that equal deadlines expire in one order everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Due {
    pub at: TimeMs,
    pub event: EventId,
    pub booking: BookingId,
}

/// The deadline of every living hold. Exact, so that none has to be tidied away later at one command's cost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deadlines {
    due: BTreeSet<Due>,
}

impl FromIterator<Due> for Deadlines {
    /// Packs them: a tree that is made at once has full nodes.
    fn from_iter<I: IntoIterator<Item = Due>>(due: I) -> Self {
        Self { due: due.into_iter().collect() }
    }
}

impl Deadlines {
    /// A hold began.
    pub fn add(&mut self, due: Due) {
        self.due.insert(due);
    }

    /// A hold ended, or has another deadline now.
    pub fn remove(&mut self, due: Due) {
        let was_there = self.due.remove(&due);
        assert!(was_there, "event {}: the hold of booking {} has its deadline", due.event, due.booking);
    }

    pub fn first(&self) -> Option<Due> {
        self.due.first().copied()
    }
}
