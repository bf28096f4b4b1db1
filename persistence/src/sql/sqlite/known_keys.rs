//! The keys of remembered answers, and the numbers of their rows.

use crate::sql::remembered::{REMEMBERED_ANSWERS_MAX, REMEMBERED_MS};
use rowlock_engine::ids::TimeMs;
use std::collections::{HashMap, VecDeque};

/// A row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub sequence: i64,
    pub key: u128,
    pub at: TimeMs,
}

/// As many as there are rows, the oldest first.
#[derive(Debug, Default)]
pub(super) struct KnownKeys {
    sequences: HashMap<u128, (i64, TimeMs)>,
    order: VecDeque<Entry>,
}

impl KnownKeys {
    /// A row was written after all others.
    pub fn add(&mut self, entry: Entry) {
        self.sequences.insert(entry.key, (entry.sequence, entry.at));
        self.order.push_back(entry);
    }

    /// The row of a key, if it is not too old.
    pub fn find(&self, key: u128, now: TimeMs) -> Option<i64> {
        let (sequence, at) = self.sequences.get(&key)?;
        (!is_old(*at, now)).then_some(*sequence)
    }

    /// Before which number no row is needed any more, if `coming` are to have room; `None` if all are needed.
    pub fn cut(&self, now: TimeMs, coming: usize) -> Option<i64> {
        let surplus = (self.order.len() + coming).saturating_sub(REMEMBERED_ANSWERS_MAX as usize);
        let old = self.order.iter().skip(surplus).take_while(|entry| is_old(entry.at, now)).count();
        let last = (surplus + old).min(self.order.len()).checked_sub(1)?;
        Some(self.order[last].sequence + 1)
    }

    /// The rows before this number are gone.
    pub fn forget_before(&mut self, cut: i64) {
        while let Some(Entry { sequence, key, .. }) = self.order.front().filter(|entry| entry.sequence < cut).copied() {
            self.order.pop_front();
            // The key may have been used again since.
            if self.sequences.get(&key).is_some_and(|known| known.0 == sequence) {
                self.sequences.remove(&key);
            }
        }
    }
}

impl FromIterator<Entry> for KnownKeys {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut known = Self::default();
        entries.into_iter().for_each(|entry| known.add(entry));
        known
    }
}

fn is_old(at: TimeMs, now: TimeMs) -> bool {
    at.0 <= now.0.saturating_sub(REMEMBERED_MS)
}
