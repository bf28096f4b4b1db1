//! Who was told last that a seat is theirs.

/// A position of an event, both from 0.
pub(super) type Seat = (u32, u32);

/// In place of a booking.
const NOBODY: u32 = u32::MAX;

/// Holders by seat: places of the journal's bookings.
pub(super) struct Holders {
    seats: usize,
    by_seat: Vec<u32>,
}

impl Holders {
    /// Of nobody yet, where each of `events` has so many seats. Every page is written now: the first write to one takes
    /// milliseconds where pages are huge, and would hold up the client in mid-run.
    pub fn new(events: usize, seats: u32) -> Self {
        let seats = seats as usize;
        Self { seats, by_seat: vec![NOBODY; events * seats] }
    }

    /// Whether there is such a seat.
    pub fn has(&self, seat: Seat) -> bool {
        self.index(seat).is_some()
    }

    /// Gives a seat to a booking; says whose it was.
    pub fn take(&mut self, seat: Seat, booking: u32) -> Option<u32> {
        let holder = self.index(seat).map(|index| &mut self.by_seat[index])?;
        Some(std::mem::replace(holder, booking)).filter(|before| *before != NOBODY && *before != booking)
    }

    /// Takes a seat from a booking, if it is still that one's; says whether it was.
    pub fn leave(&mut self, seat: Seat, booking: u32) -> bool {
        let holder = self.index(seat).map(|index| &mut self.by_seat[index]).filter(|holder| **holder == booking);
        holder.map(|holder| *holder = NOBODY).is_some()
    }

    /// Whose it is.
    pub fn of(&self, seat: Seat) -> Option<u32> {
        self.index(seat).map(|index| self.by_seat[index]).filter(|holder| *holder != NOBODY)
    }

    /// Where a seat is found, if there is such a seat.
    fn index(&self, (event, position): Seat) -> Option<usize> {
        let index = event as usize * self.seats + position as usize;
        ((position as usize) < self.seats && index < self.by_seat.len()).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::Holders;

    #[test]
    fn a_seat_is_the_last_takers_until_that_one_leaves_it() {
        let mut holders = Holders::new(2, 3);
        assert_eq!(holders.take((1, 2), 7), None);
        assert_eq!((holders.of((1, 2)), holders.of((0, 2))), (Some(7), None));
        assert_eq!((holders.take((1, 2), 7), holders.take((1, 2), 8)), (None, Some(7)));
        assert!(!holders.leave((1, 2), 7) && holders.leave((1, 2), 8) && !holders.leave((1, 2), 8));
        assert_eq!(holders.of((1, 2)), None);
    }

    #[test]
    fn a_seat_that_does_not_exist_is_nobodys_and_no_other() {
        let mut holders = Holders::new(2, 3);
        for seat in [(0, 3), (2, 0), (u32::MAX, u32::MAX)] {
            assert_eq!((holders.take(seat, 7), holders.of(seat), holders.leave(seat, 7)), (None, None, false));
            assert!(!holders.has(seat));
        }
        assert_eq!(holders.of((1, 0)), None);
    }
}
