//! What readers see: every event's seats and everybody's bookings, kept from checkpoints and outcomes.
//! Nobody who reads ever asks the owner of a partition.

pub mod bookings;
mod changes;
pub mod event;
mod follow;
pub mod frames;
mod restore;
pub mod streams;
#[cfg(test)]
mod tests;
pub mod unanswered;

pub use bookings::BookingBoard;
pub use changes::{After, Changes};
pub use event::{EventBoard, EventView};
pub use follow::{FollowError, follow, tidy};

use bookings::Leaving;
use dashmap::DashMap;
use foldhash::fast::RandomState;
use rowlock_engine::ids::{EventId, OutcomeNumber, PartitionId, TimeMs};
use rowlock_engine::outcome::{BookingChangeKind, Change, Outcome, OutcomeBody};
use rowlock_engine::seat_map::{SeatMap, SeatState, SeatStates};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// All boards of this process.
pub struct Boards {
    events: DashMap<EventId, Arc<EventBoard>, RandomState>,
    /// Everybody's bookings.
    pub bookings: BookingBoard,
    /// Reservations that nobody waits for any more.
    pub unanswered: unanswered::Unanswered,
    partitions: Vec<PartitionBoard>,
}

/// How far one partition's outcomes have been followed.
#[derive(Default)]
struct PartitionBoard {
    leaving: Mutex<Leaving>,
    /// The last outcome that the boards show.
    followed: AtomicU64,
}

impl Boards {
    /// Empty boards for partitions `0..partitions`.
    pub fn new(partitions: u16) -> Self {
        Self {
            events: DashMap::default(),
            bookings: BookingBoard::default(),
            unanswered: unanswered::Unanswered::default(),
            partitions: (0..partitions).map(|_| PartitionBoard::default()).collect(),
        }
    }

    /// One event.
    pub fn event(&self, id: EventId) -> Option<Arc<EventBoard>> {
        self.events.get(&id).map(|event| event.clone())
    }

    /// The last outcome of a partition that the boards show.
    pub fn followed(&self, partition: PartitionId) -> OutcomeNumber {
        OutcomeNumber(self.partitions[usize::from(partition.0)].followed.load(Ordering::Acquire))
    }

    fn set_followed(&self, partition: PartitionId, number: OutcomeNumber) {
        self.partitions[usize::from(partition.0)].followed.store(number.0, Ordering::Release);
    }

    /// Brings the boards up to `outcome`.
    fn apply(&self, partition: PartitionId, outcome: &Outcome) {
        match &outcome.body {
            OutcomeBody::Done(change) => self.apply_change(partition, outcome, change),
            OutcomeBody::Refused(_) | OutcomeBody::Repeated(_) => {}
        }
    }

    fn apply_change(&self, partition: PartitionId, outcome: &Outcome, change: &Change) {
        let number = outcome.number;
        if let Change::SaleOpened { seat_map, terms } = change {
            let map = SeatMap::build(seat_map.clone()).expect("the engine has built this seat map");
            let view =
                EventView { states: SeatStates::new(&map), terms: terms.clone(), closed: false, version: number };
            self.put_event(EventBoard::new(outcome.event, partition, Arc::new(map), view));
            return;
        }
        let Some(event) = self.event(outcome.event) else { return };
        match change {
            Change::Booking(change) => {
                if change.kind == BookingChangeKind::Unchanged {
                    return;
                }
                event.apply_booking(number, change);
                self.leaving(partition).note(number, outcome.at, &change.booking, change.before);
                self.bookings.put(number, change.booking.clone());
            }
            Change::Blocked { seats } => event.apply_block(number, seats, SeatState::Blocked),
            Change::Unblocked { seats } => event.apply_block(number, seats, SeatState::Available),
            Change::SaleAmended { terms } => event.apply_terms(number, terms),
            Change::SaleClosed => event.apply_close(number),
            Change::SaleOpened { .. } | Change::RulesSet { .. } => {}
        }
    }

    fn put_event(&self, event: EventBoard) {
        self.events.insert(event.id, Arc::new(event));
    }

    fn leaving(&self, partition: PartitionId) -> std::sync::MutexGuard<'_, Leaving> {
        self.partitions[usize::from(partition.0)].leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes away bookings that the ledger has up to `recorded`, and what is too old.
    fn tidy(&self, partition: PartitionId, recorded: OutcomeNumber, now: TimeMs) {
        self.bookings.tidy(&mut self.leaving(partition), recorded, now);
        self.bookings.streams.tidy();
        self.unanswered.tidy(now);
    }
}
