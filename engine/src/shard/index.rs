//! A hash index in many small parts: a part that is full grows alone, so that no single command pays for the whole.

use hashbrown::HashTable;

/// Values that a part is meant to have; what growing costs, in proportion.
const PART_VALUES: usize = 64;
/// Most parts of one index.
const PARTS_MAX: usize = 4_096;

/// Finds values by hash. Looked up only, never iterated.
#[derive(Clone, Debug)]
pub(crate) struct Index<T> {
    /// A power of two.
    parts: Vec<HashTable<T>>,
}

impl<T> Index<T> {
    /// An empty index with parts enough for about `expected` values, and room for the `present` ones that come at once.
    pub fn new(expected: usize, present: usize) -> Self {
        let parts = (expected / PART_VALUES).clamp(1, PARTS_MAX).next_power_of_two();
        let part = || HashTable::with_capacity(present / parts);
        Self { parts: std::iter::repeat_with(part).take(parts).collect() }
    }

    pub fn find(&self, hash: u64, is_it: impl FnMut(&T) -> bool) -> Option<&T> {
        self.parts[self.part(hash)].find(hash, is_it)
    }

    pub fn insert(&mut self, hash: u64, value: T, hash_of: impl Fn(&T) -> u64) {
        let part = self.part(hash);
        self.parts[part].insert_unique(hash, value, hash_of);
    }

    pub fn remove(&mut self, hash: u64, is_it: impl FnMut(&T) -> bool) -> Option<T> {
        let part = self.part(hash);
        self.parts[part].find_entry(hash, is_it).ok().map(|found| found.remove().0)
    }

    /// By bits that the tables themselves do not look at: they take the lowest and the highest.
    fn part(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.parts.len() - 1)
    }
}

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self::new(0, 0)
    }
}
