//! Reservations that were refused when nobody waited for the answer any more, so that it can be fetched.

use rowlock_engine::ids::{BookingId, TimeMs};
use rowlock_engine::outcome::Refused;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Refusals that are kept, oldest dropped first.
pub const REFUSED_KEPT_MAX: usize = 65_536;
/// How long a refusal is kept: 10 minutes.
pub const REFUSED_KEPT_MS: u64 = 10 * 60 * 1000;

/// Refused reservations, by the id that the booking would have had.
#[derive(Default)]
pub struct RefusedBoard(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    by_id: HashMap<BookingId, Refused>,
    order: VecDeque<(TimeMs, BookingId)>,
}

impl RefusedBoard {
    /// The refusal of the reservation that would have had this id.
    pub fn get(&self, id: BookingId) -> Option<Refused> {
        self.lock().by_id.get(&id).cloned()
    }

    pub(super) fn put(&self, at: TimeMs, refused: &Refused) {
        let Some((id, _)) = refused.booking else { return };
        let mut kept = self.lock();
        if kept.order.len() == REFUSED_KEPT_MAX {
            kept.drop_oldest();
        }
        kept.by_id.insert(id, refused.clone());
        kept.order.push_back((at, id));
    }

    pub(super) fn tidy(&self, now: TimeMs) {
        let mut kept = self.lock();
        while kept.order.front().is_some_and(|(at, _)| at.plus_ms(REFUSED_KEPT_MS) <= now) {
            kept.drop_oldest();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn drop_oldest(&mut self) {
        if let Some((_, id)) = self.order.pop_front() {
            self.by_id.remove(&id);
        }
    }
}
