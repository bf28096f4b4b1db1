//! Bookings whose money the flow has taken, for the settlement to note in the ledger: it need not ask for them one by one.

use rowlock_engine::ids::BookingId;
use std::sync::{Mutex, PoisonError};

/// Bookings of one generation. Those beyond are found in the ledger, and the provider is asked about them.
const GENERATION_MAX: usize = 32_768;

/// Bookings whose money was taken since the last round, and in the one before.
#[derive(Default)]
pub(super) struct Captured(Mutex<[Vec<BookingId>; 2]>);

impl Captured {
    pub fn note(&self, booking: BookingId) {
        let [young, _] = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if young.len() < GENERATION_MAX {
            young.push(booking);
        }
    }

    /// Those of the round before the last: the ledger has them by now, as a rule.
    pub fn next_round(&self) -> Vec<BookingId> {
        let [young, old] = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(old, std::mem::take(young))
    }
}

#[cfg(test)]
mod tests {
    use super::{Captured, GENERATION_MAX};
    use rowlock_engine::ids::BookingId;
    use uuid::Uuid;

    #[test]
    fn a_booking_comes_out_once_in_the_round_after_the_next_and_no_more_than_the_cap() {
        let (captured, id) = (Captured::default(), |number: usize| BookingId(Uuid::from_u128(number as u128)));
        captured.note(id(1));
        assert_eq!(captured.next_round(), []);
        (0..=GENERATION_MAX).for_each(|number| captured.note(id(number)));
        assert_eq!(captured.next_round(), [id(1)]);
        assert_eq!(captured.next_round().len(), GENERATION_MAX);
        assert_eq!(captured.next_round(), []);
    }
}
