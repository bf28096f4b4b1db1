//! Reservations that nobody waits for any more (202), so that what became of them can be fetched.

use rowlock_engine::ids::{BookingId, BuyerId, EventId, TimeMs};
use rowlock_engine::outcome::Refused;
use rowlock_engine::refusal::Refusal;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Reservations that are kept, oldest dropped first.
pub const UNANSWERED_KEPT_MAX: usize = 65_536;
/// How long one is kept: 10 minutes.
pub const UNANSWERED_KEPT_MS: u64 = 10 * 60 * 1000;

/// Reservations without an answer, by the id that the booking would have.
#[derive(Default)]
pub struct Unanswered(Mutex<Kept>);

/// One reservation without an answer.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Whose it is.
    pub buyer: BuyerId,
    /// Whom a program reserves for.
    pub holder: Option<Box<str>>,
    /// For which event.
    pub event: EventId,
    /// Why it was refused; `None` while it is under way, or once the booking is on the board.
    pub refusal: Option<Refusal>,
}

#[derive(Default)]
struct Kept {
    by_id: HashMap<BookingId, Pending>,
    by_request: HashMap<u128, BookingId>,
    order: VecDeque<(TimeMs, BookingId, Option<u128>)>,
}

impl Unanswered {
    /// What is known of the reservation that would have this id.
    pub fn get(&self, id: BookingId) -> Option<Pending> {
        self.lock().by_id.get(&id).cloned()
    }

    /// The id that an earlier, unanswered try of this request proposed.
    pub fn proposed(&self, request_key: u128) -> Option<BookingId> {
        self.lock().by_request.get(&request_key).copied()
    }

    /// Notes a reservation that is answered with 202.
    pub fn accept(&self, now: TimeMs, id: BookingId, request_key: Option<u128>, pending: Pending) {
        let mut kept = self.lock();
        // Its refusal may have been faster.
        match kept.by_id.get_mut(&id) {
            Some(refused) => refused.holder = pending.holder,
            None => kept.insert(now, id, request_key, pending),
        }
    }

    pub(super) fn refuse(&self, at: TimeMs, event: EventId, refused: &Refused) {
        let Some((id, buyer)) = refused.booking else { return };
        let refusal = Some(refused.refusal.clone());
        let mut kept = self.lock();
        match kept.by_id.get_mut(&id) {
            Some(pending) => pending.refusal = refusal,
            None => kept.insert(at, id, None, Pending { buyer, holder: None, event, refusal }),
        }
    }

    pub(super) fn tidy(&self, now: TimeMs) {
        let mut kept = self.lock();
        while kept.order.front().is_some_and(|(at, ..)| at.plus_ms(UNANSWERED_KEPT_MS) <= now) {
            kept.drop_oldest();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn insert(&mut self, now: TimeMs, id: BookingId, request_key: Option<u128>, pending: Pending) {
        if self.order.len() == UNANSWERED_KEPT_MAX {
            self.drop_oldest();
        }
        self.by_id.insert(id, pending);
        if let Some(key) = request_key {
            self.by_request.insert(key, id);
        }
        self.order.push_back((now, id, request_key));
    }

    fn drop_oldest(&mut self) {
        let Some((_, id, request_key)) = self.order.pop_front() else { return };
        self.by_id.remove(&id);
        if let Some(key) = request_key {
            self.by_request.remove(&key);
        }
    }
}
