//! One event as its readers see it: seats, terms, and the changes that a stream resumes from.

use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::command::SaleTerms;
use rowlock_engine::ids::{AreaId, EventId, OutcomeNumber, PartitionId, SeatId};
use rowlock_engine::outcome::{BookingChange, BookingChangeKind};
use rowlock_engine::seat_map::{SeatMap, SeatState, SeatStates};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Changes of seats that an event keeps for streams that resume; older ones mean a new snapshot.
pub const CHANGES_KEPT_MAX: usize = 16_384;

/// An event on the boards.
pub struct EventBoard {
    /// Its id.
    pub id: EventId,
    /// The partition that has it.
    pub partition: PartitionId,
    /// Its seats.
    pub map: Arc<SeatMap>,
    state: Mutex<State>,
    moved: watch::Sender<OutcomeNumber>,
}

/// The event at one moment.
#[derive(Clone, Debug)]
pub struct EventView {
    /// The state of every seat.
    pub states: SeatStates,
    /// The terms of the sale.
    pub terms: SaleTerms,
    /// Whether the sale is over.
    pub closed: bool,
    /// The last outcome that changed anything.
    pub version: OutcomeNumber,
}

/// What changed after a reader's cursor.
pub struct Changes {
    /// Seats and the states that they are in now, each once, in the order of their last change.
    pub seats: Vec<(SeatId, SeatState)>,
    /// The event after them.
    pub view: EventView,
}

struct State {
    view: EventView,
    kept: VecDeque<(OutcomeNumber, SeatId)>,
    /// Changes after this outcome are all in `kept`.
    complete_after: OutcomeNumber,
}

impl EventBoard {
    pub(super) fn new(id: EventId, partition: PartitionId, map: Arc<SeatMap>, view: EventView) -> Self {
        let version = view.version;
        let state = State { view, kept: VecDeque::new(), complete_after: version };
        Self { id, partition, map, state: Mutex::new(state), moved: watch::Sender::new(version) }
    }

    /// The event as it is now.
    pub fn view(&self) -> EventView {
        self.lock().view.clone()
    }

    /// The last outcome that changed anything.
    pub fn version(&self) -> OutcomeNumber {
        self.lock().view.version
    }

    /// Follows the version of this event.
    pub fn subscribe(&self) -> watch::Receiver<OutcomeNumber> {
        self.moved.subscribe()
    }

    /// What changed after outcome `cursor`; `None` when that is not known any more, or lies ahead.
    pub fn changes_after(&self, cursor: OutcomeNumber) -> Option<Changes> {
        let state = self.lock();
        if cursor < state.complete_after || cursor > state.view.version {
            return None;
        }
        let first = state.kept.partition_point(|(number, _)| *number <= cursor);
        let mut seen = std::collections::HashSet::new();
        let mut seats: Vec<_> = state.kept.range(first..).rev().filter(|(_, seat)| seen.insert(*seat)).collect();
        seats.reverse();
        let seats = seats.into_iter().map(|(_, seat)| (*seat, state.view.states.state(*seat))).collect();
        Some(Changes { seats, view: state.view.clone() })
    }

    pub(super) fn apply_booking(&self, number: OutcomeNumber, change: &BookingChange) {
        let mut state = self.lock();
        if let Some(released) = &change.released {
            let from = if change.before == Some(Status::Completed) { SeatState::Sold } else { SeatState::Held };
            state.move_allocation(&self.map, number, released, from, SeatState::Available);
        }
        if let Some((from, to)) = taken(change) {
            state.move_allocation(&self.map, number, &change.booking.allocation, from, to);
        }
        self.moved_to(state, number);
    }

    pub(super) fn apply_block(&self, number: OutcomeNumber, seats: &[SeatId], to: SeatState) {
        let mut state = self.lock();
        for &seat in seats {
            state.set(&self.map, number, seat, to);
        }
        self.moved_to(state, number);
    }

    pub(super) fn apply_terms(&self, number: OutcomeNumber, terms: &SaleTerms) {
        let mut state = self.lock();
        state.view.terms = terms.clone();
        self.moved_to(state, number);
    }

    pub(super) fn apply_close(&self, number: OutcomeNumber) {
        let mut state = self.lock();
        state.view.closed = true;
        self.moved_to(state, number);
    }

    fn moved_to(&self, mut state: MutexGuard<'_, State>, number: OutcomeNumber) {
        state.view.version = number;
        drop(state);
        self.moved.send_replace(number);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// From which state to which the booking's own seats go; `None` when they stay as they are.
fn taken(change: &BookingChange) -> Option<(SeatState, SeatState)> {
    let before = change.before;
    match change.kind {
        BookingChangeKind::Reserved => Some((SeatState::Available, SeatState::Held)),
        BookingChangeKind::Confirmed if before == Some(Status::Expired) => {
            Some((SeatState::Available, SeatState::Sold))
        }
        BookingChangeKind::Confirmed => Some((SeatState::Held, SeatState::Sold)),
        BookingChangeKind::Exchanged if before == Some(Status::Completed) => {
            Some((SeatState::Available, SeatState::Sold))
        }
        BookingChangeKind::Exchanged => Some((SeatState::Available, SeatState::Held)),
        _ => None,
    }
}

impl State {
    fn move_allocation(
        &mut self,
        map: &SeatMap,
        number: OutcomeNumber,
        allocation: &Allocation,
        from: SeatState,
        to: SeatState,
    ) {
        match allocation {
            Allocation::Seats(seats) => seats.iter().for_each(|seat| self.set(map, number, *seat, to)),
            Allocation::Area { area, quantity } => self.move_area(*area, from, to, *quantity),
        }
    }

    fn move_area(&mut self, area: AreaId, from: SeatState, to: SeatState, places: u32) {
        self.view.states.move_area(area, from, to, places);
    }

    fn set(&mut self, map: &SeatMap, number: OutcomeNumber, seat: SeatId, to: SeatState) {
        self.view.states.set(map, seat, to);
        if self.kept.len() == CHANGES_KEPT_MAX
            && let Some((oldest, _)) = self.kept.pop_front()
        {
            self.complete_after = oldest;
        }
        self.kept.push_back((number, seat));
    }
}
