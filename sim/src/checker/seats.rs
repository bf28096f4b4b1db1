//! Who was told last that a seat is theirs.

use std::collections::HashMap;

/// A position of an event, both from 0.
pub(super) type Seat = (u32, u32);

/// Holders by seat: indexes of the journal's bookings.
pub(super) struct Holders(HashMap<Seat, u32>);

impl Holders {
    /// Of nobody yet, with room for so many seats before it grows.
    pub fn with_capacity(seats: usize) -> Self {
        Self(HashMap::with_capacity(seats))
    }

    /// Gives a seat to a booking; says whose it was.
    pub fn take(&mut self, seat: Seat, booking: u32) -> Option<u32> {
        self.0.insert(seat, booking).filter(|before| *before != booking)
    }

    /// Takes a seat from a booking, if it is still that one's; says whether it was.
    pub fn leave(&mut self, seat: Seat, booking: u32) -> bool {
        let is_its_own = self.0.get(&seat) == Some(&booking);
        if is_its_own {
            self.0.remove(&seat);
        }
        is_its_own
    }

    /// Whose it is.
    pub fn of(&self, seat: Seat) -> Option<u32> {
        self.0.get(&seat).copied()
    }
}
