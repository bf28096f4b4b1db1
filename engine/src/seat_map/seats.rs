//! The seats of one event: the state of each, and the index of the free ones kept in step with it.

use crate::ids::{AreaId, SeatId};
use crate::seat_map::free::FreeSeats;
use crate::seat_map::map::SeatMap;
use crate::seat_map::states::{Counts, SeatState, SeatStates};

/// States and free seats of one event. A clone copies a few flat vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seats {
    states: SeatStates,
    free: FreeSeats,
}

impl Seats {
    /// Everything available.
    #[must_use]
    pub fn new(map: &SeatMap) -> Self {
        Self::restore(map, SeatStates::new(map))
    }

    /// From states that fit the map; the index is built anew.
    #[must_use]
    pub fn restore(map: &SeatMap, states: SeatStates) -> Self {
        let free = FreeSeats::new(map, |seat| states.state(seat) == SeatState::Available);
        Self { states, free }
    }

    /// All states, with their counts.
    #[must_use]
    pub fn states(&self) -> &SeatStates {
        &self.states
    }

    /// The index of free seats.
    #[must_use]
    pub fn free(&self) -> &FreeSeats {
        &self.free
    }

    /// The state of a seat; a missing one is blocked.
    ///
    /// # Panics
    /// If the map has no such position.
    #[must_use]
    pub fn state(&self, seat: SeatId) -> SeatState {
        self.states.state(seat)
    }

    /// Changes the state of a seat and says what it was.
    ///
    /// # Panics
    /// If the map has no such seat.
    pub fn set(&mut self, map: &SeatMap, seat: SeatId, state: SeatState) -> SeatState {
        let old = self.states.set(map, seat, state);
        let (was_free, is_free) = (old == SeatState::Available, state == SeatState::Available);
        if was_free != is_free {
            self.free.set(map, seat, is_free);
        }
        old
    }

    /// Places of an area that are for sale.
    ///
    /// # Panics
    /// If there is no such area.
    #[must_use]
    pub fn area_free(&self, area: AreaId) -> u32 {
        self.states.area_free(area)
    }

    /// The counts of an area.
    ///
    /// # Panics
    /// If there is no such area.
    #[must_use]
    pub fn area_counts(&self, area: AreaId) -> Counts {
        self.states.area_counts(area)
    }

    /// Moves places of an area from one state to another.
    ///
    /// # Panics
    /// If there is no such area, or fewer places are in the state `from`.
    pub fn move_area(&mut self, area: AreaId, from: SeatState, to: SeatState, places: u32) {
        self.states.move_area(area, from, to, places);
    }
}
