//! The bookings of one event, by id and by the request that made them.

use super::entry::Entry;
use super::index::Index;
use crate::ids::BookingId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// Entries of one page: what a write after a snapshot copies at most.
const PAGE_ENTRIES: usize = 64;
// There may be millions: what an entry grows by is memory for each of them.
const _: () = assert!(size_of::<Option<Entry>>() <= 152);

/// Entries by slot, in pages that a snapshot shares.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Pages {
    pages: Vec<Arc<Vec<Option<Entry>>>>,
    free: Vec<u32>,
}

/// The bookings of one event.
#[derive(Clone, Debug)]
pub(crate) struct Bookings {
    pages: Pages,
    by_id: Index<u32>,
    by_request: Index<u32>,
}

impl Bookings {
    /// No bookings yet, and about `expected` to come.
    pub fn new(expected: usize) -> Self {
        Self::with_pages(Pages::default(), expected)
    }

    /// Makes the indexes again, which snapshots leave out.
    ///
    /// # Errors
    /// When slots are not where they belong, or an id stands twice.
    pub fn restore(pages: Pages, expected: usize) -> Result<Self, String> {
        pages.check()?;
        let mut bookings = Self::with_pages(pages, expected);
        let Self { pages, by_id, by_request } = &mut bookings;
        for (slot, entry) in pages.slots() {
            let hash = hash_id(entry.id);
            if by_id.find(hash, |other| pages.at(*other).id == entry.id).is_some() {
                return Err(format!("booking {} stands twice", entry.id));
            }
            by_id.insert(hash, slot, |slot| hash_id(pages.at(*slot).id));
            if let Some(hash) = entry.request_hash() {
                by_request.insert(hash, slot, |slot| pages.request_hash_at(*slot));
            }
        }
        Ok(bookings)
    }

    fn with_pages(pages: Pages, expected: usize) -> Self {
        let present = pages.len();
        Self { pages, by_id: Index::new(expected, present), by_request: Index::new(expected, present) }
    }

    /// What a snapshot keeps.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    pub fn len(&self) -> usize {
        self.pages.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.pages.slots().map(|(_, entry)| entry)
    }

    pub fn get(&self, id: BookingId) -> Option<&Entry> {
        self.slot_of(id).map(|slot| self.pages.at(slot))
    }

    pub fn get_mut(&mut self, id: BookingId) -> Option<&mut Entry> {
        let slot = self.slot_of(id)?;
        self.pages.at_mut(slot).as_mut()
    }

    fn slot_of(&self, id: BookingId) -> Option<u32> {
        self.by_id.find(hash_id(id), |slot| self.pages.at(*slot).id == id).copied()
    }

    /// The booking that a request with this key made.
    pub fn by_request(&self, key: u128) -> Option<&Entry> {
        let is_it = |slot: &u32| self.pages.at(*slot).request().is_some_and(|request| request.key == key);
        self.by_request.find(key as u64, is_it).map(|slot| self.pages.at(*slot))
    }

    pub fn insert(&mut self, entry: Entry) {
        let (id, request) = (hash_id(entry.id), entry.request_hash());
        let slot = self.pages.take_slot(entry);
        let pages = &self.pages;
        self.by_id.insert(id, slot, |slot| hash_id(pages.at(*slot).id));
        if let Some(hash) = request {
            self.by_request.insert(hash, slot, |slot| pages.request_hash_at(*slot));
        }
    }

    /// Forgets an ended booking.
    pub fn remove(&mut self, id: BookingId) {
        let pages = &self.pages;
        let Some(slot) = self.by_id.remove(hash_id(id), |slot| pages.at(*slot).id == id) else { return };
        if let Some(hash) = pages.at(slot).request_hash() {
            self.by_request.remove(hash, |other| *other == slot);
        }
        self.pages.give_back(slot);
    }
}

impl Pages {
    /// Pages are full but the last, and the free slots are those without an entry.
    fn check(&self) -> Result<(), String> {
        let (last, full) = self.pages.split_last().map_or((0, &[][..]), |(last, full)| (last.len(), full));
        if full.iter().any(|page| page.len() != PAGE_ENTRIES) || last > PAGE_ENTRIES {
            return Err(format!("a page of bookings has not {PAGE_ENTRIES} slots"));
        }
        let slots = self.pages.iter().flat_map(|page| page.iter()).zip(0u32..);
        let empty: Vec<_> = slots.filter_map(|(entry, slot)| entry.is_none().then_some(slot)).collect();
        let mut free = self.free.clone();
        free.sort_unstable();
        if free == empty { Ok(()) } else { Err("the free slots of its bookings are not the empty ones".to_owned()) }
    }

    fn len(&self) -> usize {
        self.pages.iter().map(|page| page.len()).sum::<usize>() - self.free.len()
    }

    fn at(&self, slot: u32) -> &Entry {
        let (page, index) = place(slot);
        self.pages[page][index].as_ref().expect("an indexed slot is taken")
    }

    fn at_mut(&mut self, slot: u32) -> &mut Option<Entry> {
        let (page, index) = place(slot);
        &mut Arc::make_mut(&mut self.pages[page])[index]
    }

    fn request_hash_at(&self, slot: u32) -> u64 {
        self.at(slot).request_hash().expect("indexed by its request")
    }

    fn take_slot(&mut self, entry: Entry) -> u32 {
        if let Some(slot) = self.free.pop() {
            *self.at_mut(slot) = Some(entry);
            return slot;
        }
        if self.pages.last().is_none_or(|page| page.len() == PAGE_ENTRIES) {
            self.pages.push(Arc::new(Vec::with_capacity(PAGE_ENTRIES)));
        }
        let page = self.pages.len() - 1;
        let entries = Arc::make_mut(&mut self.pages[page]);
        entries.push(Some(entry));
        u32::try_from(page * PAGE_ENTRIES + entries.len() - 1).expect("bookings are capped")
    }

    fn give_back(&mut self, slot: u32) {
        *self.at_mut(slot) = None;
        self.free.push(slot);
    }

    pub fn slots(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let slots = self.pages.iter().flat_map(|page| page.iter()).zip(0u32..);
        slots.filter_map(|(entry, slot)| entry.as_ref().map(|entry| (slot, entry)))
    }
}

fn place(slot: u32) -> (usize, usize) {
    (slot as usize / PAGE_ENTRIES, slot as usize % PAGE_ENTRIES)
}

/// UUIDv7s share their high bits, so they are hashed.
fn hash_id(id: BookingId) -> u64 {
    xxh3_64(id.0.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(lengths: &[usize], free: &[u32]) -> Pages {
        Pages { pages: lengths.iter().map(|length| Arc::new(vec![None; *length])).collect(), free: free.to_vec() }
    }

    #[test]
    fn pages_whose_slots_are_not_where_they_belong_are_not_restored() {
        assert!(Bookings::restore(pages(&[2], &[1, 0]), 0).is_ok());
        let all: Vec<u32> = (0..66).collect();
        for (lengths, free) in [
            (&[][..], &[0][..]),
            (&[2], &[0]),
            (&[2], &[0, 0]),
            (&[2], &[0, 1, 1]),
            (&[2], &[0, 7]),
            (&[65], &all[..65]),
            (&[1, 64], &all[..65]),
        ] {
            let restored = Bookings::restore(pages(lengths, free), 0);
            assert!(restored.is_err(), "pages of {lengths:?}, free {free:?}");
        }
    }
}
