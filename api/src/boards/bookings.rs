//! Bookings that the ledger does not have, or does not have yet: held, ended, and just confirmed ones.

use super::streams::Streams;
use dashmap::DashMap;
use foldhash::fast::RandomState;
use rowlock_engine::booking::{Booking, Status};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, OutcomeNumber, TimeMs};
use smallvec::SmallVec;
use std::collections::VecDeque;

/// Ended bookings that one partition keeps on the board, oldest dropped first.
pub const ENDED_KEPT_MAX: usize = 100_000;
/// How long an ended booking stays on the board: 24 hours.
pub const ENDED_KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// Bookings by id and by buyer. Bounded by what the engine holds, and by the caps on what is kept beyond.
#[derive(Default)]
pub struct BookingBoard {
    by_id: DashMap<BookingId, Placed, RandomState>,
    by_buyer: DashMap<BuyerId, SmallVec<[BookingId; 2]>, RandomState>,
    /// Those who follow a buyer's bookings.
    pub streams: Streams,
}

/// A booking, and the outcome that it comes from.
struct Placed {
    /// Boxed: a table that grows moves pointers only.
    booking: Box<Booking>,
    number: OutcomeNumber,
}

/// What of one partition is to leave the board, and when.
#[derive(Default)]
pub(super) struct Leaving {
    /// Leave once the ledger has this outcome. As long as the ledger may lag behind.
    settled: VecDeque<(OutcomeNumber, BookingId)>,
    /// Ended without the ledger: leave by age.
    ended: VecDeque<(TimeMs, OutcomeNumber, BookingId)>,
}

impl BookingBoard {
    /// One booking, whosever it is.
    pub fn get(&self, id: BookingId) -> Option<Booking> {
        self.by_id.get(&id).map(|placed| Booking::clone(&placed.booking))
    }

    /// A buyer's bookings that are on the board, the newest first.
    pub fn of(&self, buyer: BuyerId) -> Vec<Booking> {
        self.numbered(buyer).into_iter().map(|(_, booking)| booking).collect()
    }

    /// A buyer's bookings that are on the board, the newest first, each with the outcome that it comes from.
    pub fn numbered(&self, buyer: BuyerId) -> Vec<(OutcomeNumber, Booking)> {
        let ids = self.by_buyer.get(&buyer).map(|ids| ids.clone()).unwrap_or_default();
        let placed = ids.iter().filter_map(|id| self.by_id.get(id));
        let mut bookings: Vec<_> = placed.map(|placed| (placed.number, Booking::clone(&placed.booking))).collect();
        bookings.sort_unstable_by_key(|(_, booking)| std::cmp::Reverse(booking.id));
        bookings
    }

    /// How many bookings are on the board.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub(super) fn put(&self, number: OutcomeNumber, booking: Booking) {
        let (id, buyer) = (booking.id, booking.buyer);
        if self.by_id.insert(id, Placed { booking: Box::new(booking), number }).is_none() {
            self.by_buyer.entry(buyer).or_default().push(id);
        }
        // Once the board has it, and not before: whoever begins to follow and then reads the board misses nothing.
        if self.streams.any_open()
            && let Some(placed) = self.by_id.get(&id)
        {
            self.streams.send(number, &placed.booking);
        }
    }

    /// Removes a booking, unless it has changed since outcome `number`.
    fn remove(&self, id: BookingId, number: OutcomeNumber) {
        let Some((_, placed)) = self.by_id.remove_if(&id, |_, placed| placed.number == number) else { return };
        let buyer = placed.booking.buyer;
        if let Some(mut ids) = self.by_buyer.get_mut(&buyer) {
            ids.retain(|kept| *kept != id);
        }
        self.by_buyer.remove_if(&buyer, |_, ids| ids.is_empty());
    }

    /// Takes away what the ledger has up to `recorded`, and what ended long ago.
    pub(super) fn tidy(&self, leaving: &mut Leaving, recorded: OutcomeNumber, now: TimeMs) {
        while let Some((number, id)) = leaving.settled.pop_front_if(|(number, _)| *number <= recorded) {
            self.remove(id, number);
        }
        let is_old = |at: TimeMs| at.plus_ms(ENDED_KEPT_MS) <= now;
        while leaving.ended.len() > ENDED_KEPT_MAX || leaving.ended.front().is_some_and(|(at, ..)| is_old(*at)) {
            let Some((_, number, id)) = leaving.ended.pop_front() else { break };
            self.remove(id, number);
        }
    }
}

impl Leaving {
    /// Notes when `booking`, changed by outcome `number` at `at`, may leave the board.
    pub(super) fn note(&mut self, number: OutcomeNumber, at: TimeMs, booking: &Booking, before: Option<Status>) {
        let in_ledger = booking.status == Status::Completed || before == Some(Status::Completed);
        if in_ledger {
            self.settled.push_back((number, booking.id));
        } else if !booking.status.is_living() {
            self.ended.push_back((at, number, booking.id));
        }
    }
}

/// Whether a list with this filter has the booking.
pub fn matches(booking: &Booking, event: Option<EventId>, status: Option<Status>) -> bool {
    event.is_none_or(|event| booking.event == event) && status.is_none_or(|status| booking.status == status)
}
