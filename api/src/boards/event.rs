//! One event as its readers see it: seats, terms, and the changes that a stream resumes from.

use super::changes::{After, Changes, taken};
use super::frames::{Frame, Frames};
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::command::SaleTerms;
use rowlock_engine::ids::{AreaId, EventId, OutcomeNumber, PartitionId, SeatId};
use rowlock_engine::outcome::BookingChange;
use rowlock_engine::seat_map::{SeatMap, SeatState, SeatStates};
use std::collections::{HashSet, VecDeque};
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
    frames: Frames,
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
    /// The last outcome that changed anything of this. After a restart it may be a later one that changed nothing.
    pub version: OutcomeNumber,
}

struct State {
    view: EventView,
    kept: VecDeque<(OutcomeNumber, SeatId)>,
    /// Changes after this outcome are all in `kept`.
    complete_after: OutcomeNumber,
}

impl EventBoard {
    pub(super) fn new(id: EventId, partition: PartitionId, map: Arc<SeatMap>, view: EventView) -> Self {
        let (moved, complete_after) = (watch::Sender::new(view.version), view.version);
        let state = Mutex::new(State { view, kept: VecDeque::new(), complete_after });
        Self { id, partition, map, state, moved, frames: Frames::default() }
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

    /// What changed after outcome `cursor`.
    pub fn changes_after(&self, cursor: OutcomeNumber) -> After<Changes> {
        let state = self.lock();
        let version = state.view.version;
        match cursor {
            cursor if cursor == version => return After::Nothing,
            cursor if cursor > version => return After::Ahead,
            cursor if cursor < state.complete_after => return After::Forgotten,
            _ => {}
        }
        let first = state.kept.partition_point(|(number, _)| *number <= cursor);
        let mut seen = HashSet::new();
        let last_changes = state.kept.range(first..).rev().filter(|(_, seat)| seen.insert(*seat));
        let states = &state.view.states;
        let mut seats: Vec<_> = last_changes.map(|(_, seat)| (*seat, states.state(*seat))).collect();
        seats.reverse();
        let areas = (0..self.map.area_count()).map(|area| states.area_counts(area_id(area))).collect();
        After::Changed(Changes { seats, totals: states.totals(), areas, version })
    }

    /// What changed after outcome `cursor`, as `render` writes it; written once for all readers at that cursor.
    pub fn frame_after(
        &self,
        cursor: OutcomeNumber,
        render: impl FnOnce(&SeatMap, &Changes) -> String,
    ) -> After<Frame> {
        self.frames.get(cursor, || match self.changes_after(cursor) {
            After::Changed(changes) => {
                After::Changed(Frame { to: changes.version, text: render(&self.map, &changes).into() })
            }
            After::Nothing => After::Nothing,
            After::Forgotten => After::Forgotten,
            After::Ahead => After::Ahead,
        })
    }

    pub(super) fn apply_booking(&self, number: OutcomeNumber, change: &BookingChange) {
        let taken = taken(change);
        if change.released.is_none() && taken.is_none() {
            // A later deadline or a payment under way: no seat shows it.
            return;
        }
        let mut state = self.lock();
        if let Some(released) = &change.released {
            let from = if change.before == Some(Status::Completed) { SeatState::Sold } else { SeatState::Held };
            state.move_allocation(&self.map, number, released, from, SeatState::Available);
        }
        if let Some((from, to)) = taken {
            state.move_allocation(&self.map, number, &change.booking.allocation, from, to);
        }
        self.moved_to(state, number);
    }

    pub(super) fn apply_block(&self, number: OutcomeNumber, seats: &[SeatId], to: SeatState) {
        if seats.is_empty() {
            return;
        }
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

/// The area with this index.
fn area_id(index: usize) -> AreaId {
    AreaId(u16::try_from(index).expect("areas are capped"))
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
