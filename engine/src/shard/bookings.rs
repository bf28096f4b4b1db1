//! The bookings of one event, by id and by the request that made them.

use crate::booking::{Allocation, Booking, Status};
use crate::ids::{BookingId, BuyerId, EventId, OutcomeNumber, PaymentId, RequestId, TimeMs};
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// Entries of one page: what a write after a snapshot copies at most.
const PAGE_ENTRIES: usize = 128;

/// A booking as the shard keeps it; compact, since there may be millions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub id: BookingId,
    pub buyer: BuyerId,
    pub holder: Option<Box<str>>,
    pub allocation: Allocation,
    pub total_price: u64,
    pub created_at: TimeMs,
    /// When the hold ends; the payment's deadline while one is under way.
    pub deadline: TimeMs,
    /// The hold's own deadline, to go back to when a payment fails.
    pub hold_deadline: TimeMs,
    /// How long the hold was granted for, in milliseconds.
    pub hold_ms: u32,
    pub status: Status,
    pub payment: Option<PaymentId>,
    /// The outcome that ended it; 0 while it lives.
    pub ended: OutcomeNumber,
    request_key: [u64; 2],
    request_fingerprint: u64,
    has_request: bool,
}

impl Entry {
    /// A new hold.
    pub fn held(booking: Booking, hold_ms: u32, request: Option<RequestId>) -> Self {
        let key = request.map_or(0, |request| request.key);
        Self {
            id: booking.id,
            buyer: booking.buyer,
            holder: booking.holder,
            allocation: booking.allocation,
            total_price: booking.total_price,
            created_at: booking.created_at,
            deadline: booking.deadline,
            hold_deadline: booking.deadline,
            hold_ms,
            status: booking.status,
            payment: booking.payment,
            ended: OutcomeNumber(0),
            request_key: [(key >> 64) as u64, key as u64],
            request_fingerprint: request.map_or(0, |request| request.fingerprint),
            has_request: request.is_some(),
        }
    }

    /// The request that made it.
    pub fn request(&self) -> Option<RequestId> {
        let key = (u128::from(self.request_key[0]) << 64) | u128::from(self.request_key[1]);
        self.has_request.then_some(RequestId { key, fingerprint: self.request_fingerprint })
    }

    /// The booking as outcomes show it.
    pub fn view(&self, event: EventId) -> Booking {
        Booking {
            id: self.id,
            event,
            buyer: self.buyer,
            holder: self.holder.clone(),
            allocation: self.allocation.clone(),
            total_price: self.total_price,
            status: self.status,
            created_at: self.created_at,
            deadline: self.deadline,
            payment: self.payment,
        }
    }
}

/// What a booking was first given, kept once it has been exchanged: the first answer stays the first answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FirstGrant {
    allocation: Allocation,
    total_price: u64,
}

/// The bookings of one event.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Bookings {
    pages: Vec<Arc<Vec<Option<Entry>>>>,
    free: Vec<u32>,
    first_grants: BTreeMap<BookingId, FirstGrant>,
    #[serde(skip)]
    by_id: HashTable<u32>,
    #[serde(skip)]
    by_request: HashTable<u32>,
}

impl Bookings {
    /// An empty book with room for `expected` bookings before an index has to grow.
    pub fn with_room(expected: usize) -> Self {
        Self {
            by_id: HashTable::with_capacity(expected),
            by_request: HashTable::with_capacity(expected),
            ..Self::default()
        }
    }

    /// Makes the indexes again, which snapshots leave out.
    ///
    /// # Errors
    /// When an id stands twice.
    pub fn reindex(&mut self) -> Result<(), BookingId> {
        let mut by_id = HashTable::with_capacity(self.len());
        let mut by_request = HashTable::with_capacity(self.len());
        for (slot, entry) in self.slots() {
            let same = |other: &u32| self.at(*other).id == entry.id;
            if by_id.find(hash_id(entry.id), same).is_some() {
                return Err(entry.id);
            }
            by_id.insert_unique(hash_id(entry.id), slot, |slot| hash_id(self.at(*slot).id));
            if entry.has_request {
                let rehash = |slot: &u32| self.at(*slot).request_key[1];
                by_request.insert_unique(entry.request_key[1], slot, rehash);
            }
        }
        (self.by_id, self.by_request) = (by_id, by_request);
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.pages.iter().map(|page| page.len()).sum::<usize>() - self.free.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.slots().map(|(_, entry)| entry)
    }

    pub fn get(&self, id: BookingId) -> Option<&Entry> {
        let slot = self.by_id.find(hash_id(id), |slot| self.at(*slot).id == id)?;
        Some(self.at(*slot))
    }

    pub fn get_mut(&mut self, id: BookingId) -> Option<&mut Entry> {
        let slot = *self.by_id.find(hash_id(id), |slot| self.at(*slot).id == id)?;
        let (page, index) = place(slot);
        Arc::make_mut(&mut self.pages[page])[index].as_mut()
    }

    /// The booking that a request with this key made.
    pub fn by_request(&self, key: u128) -> Option<&Entry> {
        let key = [(key >> 64) as u64, key as u64];
        let slot = self.by_request.find(key[1], |slot| self.at(*slot).request_key == key)?;
        Some(self.at(*slot))
    }

    /// The booking as it was first answered: held, with its first seats and its first deadline.
    pub fn first_view(&self, entry: &Entry, event: EventId) -> Booking {
        let grant = self.first_grants.get(&entry.id);
        Booking {
            allocation: grant.map_or_else(|| entry.allocation.clone(), |grant| grant.allocation.clone()),
            total_price: grant.map_or(entry.total_price, |grant| grant.total_price),
            status: Status::PendingPayment,
            deadline: entry.created_at.plus_ms(entry.hold_ms.into()),
            payment: None,
            ..entry.view(event)
        }
    }

    /// Remembers what `id` was first given, before an exchange replaces it.
    pub fn keep_first_grant(&mut self, id: BookingId) {
        let entry = self.get(id).expect("an exchanged booking exists");
        let grant = FirstGrant { allocation: entry.allocation.clone(), total_price: entry.total_price };
        self.first_grants.entry(id).or_insert(grant);
    }

    pub fn insert(&mut self, entry: Entry) {
        let (id, key) = (entry.id, entry.has_request.then_some(entry.request_key[1]));
        let slot = self.take_slot(entry);
        let Self { pages, by_id, by_request, .. } = self;
        by_id.insert_unique(hash_id(id), slot, |slot| hash_id(entry_at(pages, *slot).id));
        if let Some(key) = key {
            by_request.insert_unique(key, slot, |slot| entry_at(pages, *slot).request_key[1]);
        }
    }

    /// Forgets an ended booking.
    pub fn remove(&mut self, id: BookingId) {
        let Self { pages, by_id, by_request, .. } = self;
        let Ok(found) = by_id.find_entry(hash_id(id), |slot| entry_at(pages, *slot).id == id) else { return };
        let (slot, _) = found.remove();
        let entry = entry_at(pages, slot);
        if entry.has_request
            && let Ok(found) = by_request.find_entry(entry.request_key[1], |other| *other == slot)
        {
            found.remove();
        }
        let (page, index) = place(slot);
        Arc::make_mut(&mut self.pages[page])[index] = None;
        self.free.push(slot);
        self.first_grants.remove(&id);
    }

    fn take_slot(&mut self, entry: Entry) -> u32 {
        if let Some(slot) = self.free.pop() {
            let (page, index) = place(slot);
            Arc::make_mut(&mut self.pages[page])[index] = Some(entry);
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

    fn slots(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let slots = self.pages.iter().flat_map(|page| page.iter()).zip(0u32..);
        slots.filter_map(|(entry, slot)| entry.as_ref().map(|entry| (slot, entry)))
    }

    fn at(&self, slot: u32) -> &Entry {
        entry_at(&self.pages, slot)
    }
}

fn entry_at(pages: &[Arc<Vec<Option<Entry>>>], slot: u32) -> &Entry {
    let (page, index) = place(slot);
    pages[page][index].as_ref().expect("an indexed slot is taken")
}

fn place(slot: u32) -> (usize, usize) {
    (slot as usize / PAGE_ENTRIES, slot as usize % PAGE_ENTRIES)
}

/// UUIDv7s share their high bits, so they are hashed.
fn hash_id(id: BookingId) -> u64 {
    xxh3_64(id.0.as_bytes())
}
