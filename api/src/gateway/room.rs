//! How many commands may be under way, and how many of them may be bookings.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bookings have one place in so many. Who pays, cancels or exchanges comes before who books, and takes more of them: a payment
/// is several commands, and one that is stopped halfway is work for longer.
const SHARE_OF_BOOKINGS: usize = 4;

/// Places for commands under way. Clones share them.
#[derive(Clone)]
pub struct Room {
    max: usize,
    all: Arc<Semaphore>,
    bookings: Arc<Semaphore>,
}

/// A command's place; free again when this is dropped.
pub struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_bookings: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for `max` commands.
    pub fn new(max: usize) -> Self {
        let bookings = max.div_ceil(SHARE_OF_BOOKINGS);
        Self { max, all: Arc::new(Semaphore::new(max)), bookings: Arc::new(Semaphore::new(bookings)) }
    }

    /// A place for a new booking, or for a command that goes on with one; `None` when there is none.
    pub fn enter(&self, is_booking: bool) -> Option<Place> {
        let of_bookings = if is_booking { Some(self.bookings.clone().try_acquire_owned().ok()?) } else { None };
        let of_all = self.all.clone().try_acquire_owned().ok()?;
        Some(Place { _of_all: of_all, _of_bookings: of_bookings })
    }

    /// Whether a new booking would have a place.
    pub fn has_place_for_booking(&self) -> bool {
        self.bookings.available_permits() > 0 && self.all.available_permits() > 0
    }

    /// Places that are taken.
    pub fn taken(&self) -> usize {
        self.max - self.all.available_permits()
    }
}

#[cfg(test)]
mod tests {
    use super::Room;

    #[test]
    fn bookings_leave_places_to_what_was_begun() {
        for (max, bookings_max) in [(1, 1), (4, 1), (5, 2), (4_096, 1_024)] {
            let room = Room::new(max);
            let mut places: Vec<_> = std::iter::from_fn(|| room.enter(true)).collect();
            assert_eq!((places.len(), room.has_place_for_booking()), (bookings_max, false), "of {max}");
            places.extend(std::iter::from_fn(|| room.enter(false)));
            assert_eq!((places.len(), room.taken()), (max, max));
            places.truncate(max - 1);
            assert!(!room.has_place_for_booking() || max == bookings_max);
            places.clear();
            assert_eq!((room.taken(), room.has_place_for_booking()), (0, true));
        }
    }

    #[test]
    fn what_was_begun_may_take_every_place() {
        let room = Room::new(4);
        let places: Vec<_> = std::iter::from_fn(|| room.enter(false)).collect();
        assert_eq!(places.len(), 4);
        assert!(!room.has_place_for_booking() && room.enter(true).is_none());
        drop(places);
        let bookings: Vec<_> = std::iter::from_fn(|| room.enter(true)).collect();
        assert_eq!(bookings.len(), 1);
    }
}
