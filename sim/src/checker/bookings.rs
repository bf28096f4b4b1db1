//! All bookings that somebody was told of, and where each is found by its id.

use super::booking::Booking;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::{BuildHasher, RandomState};
use std::ops::{Index, IndexMut};

/// Bookings by place, the first told first.
pub(super) struct Bookings {
    all: Vec<Booking>,
    /// Places by id. The ids themselves are in the bookings.
    places: HashTable<u32>,
    hasher: RandomState,
}

impl Bookings {
    /// None yet, with room for so many before anything has to be moved.
    pub fn with_capacity(bookings: usize) -> Self {
        Self {
            all: Vec::with_capacity(bookings),
            places: HashTable::with_capacity(bookings),
            hasher: RandomState::new(),
        }
    }

    /// Adds one; says where, and whether its id is new. One that is not is found under it from now on.
    pub fn push(&mut self, booking: Booking) -> (u32, bool) {
        let place = u32::try_from(self.all.len()).expect("a run has fewer bookings than 2^32");
        let Self { all, places, hasher } = self;
        let entry = places.entry(
            hasher.hash_one(&booking.id),
            |place| all[*place as usize].id == booking.id,
            |place| hasher.hash_one(&all[*place as usize].id),
        );
        let is_new = matches!(entry, Entry::Vacant(_));
        entry.and_modify(|found| *found = place).or_insert(place);
        self.all.push(booking);
        (place, is_new)
    }

    /// Where the booking with this id is.
    pub fn place(&self, id: &str) -> Option<u32> {
        let has_it = |place: &u32| *self[*place].id == *id;
        self.places.find(self.hasher.hash_one(id), has_it).copied()
    }

    /// All of them.
    pub fn all(&self) -> &[Booking] {
        &self.all
    }
}

impl Index<u32> for Bookings {
    type Output = Booking;

    fn index(&self, place: u32) -> &Booking {
        &self.all[place as usize]
    }
}

impl IndexMut<u32> for Bookings {
    fn index_mut(&mut self, place: u32) -> &mut Booking {
        &mut self.all[place as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::{Booking, Bookings};
    use crate::checker::booking::Told;
    use std::time::Duration;

    fn booking(id: &str) -> Booking {
        let (told, ends_at) = (Told::Held, Duration::ZERO);
        Booking {
            id: id.into(),
            event: 0,
            buyer: 0,
            seats: vec![0],
            told,
            is_leaving: false,
            is_paying: false,
            ends_at,
        }
    }

    #[test]
    fn each_is_found_by_its_id_however_many_there_are() {
        let mut bookings = Bookings::with_capacity(0);
        for place in 0..1_000 {
            assert_eq!(bookings.push(booking(&format!("b{place}"))), (place, true));
        }
        assert!((0..1_000).all(|place| bookings.place(&format!("b{place}")) == Some(place)));
        assert_eq!((bookings.place("b1000"), bookings.all().len()), (None, 1_000));
    }

    #[test]
    fn an_id_that_comes_again_is_said_and_names_the_newest() {
        let mut bookings = Bookings::with_capacity(2);
        assert_eq!(["a", "b", "a"].map(|id| bookings.push(booking(id))), [(0, true), (1, true), (2, false)]);
        assert_eq!((bookings.place("a"), bookings.place("b")), (Some(2), Some(1)));
    }
}
