//! The state of every seat and the places of every area, with running counts. What checkpoints keep and seat boards show.

use crate::ids::{AreaId, SeatId};
use crate::seat_map::map::SeatMap;
use serde::{Deserialize, Serialize};

/// What may happen to a seat next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeatState {
    /// For sale.
    Available,
    /// Set aside for a buyer.
    Held,
    /// Paid for.
    Sold,
    /// Taken off sale by the seller.
    Blocked,
}

impl SeatState {
    const ALL: [Self; 4] = [Self::Available, Self::Held, Self::Sold, Self::Blocked];

    /// The name that the HTTP contract uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Held => "held",
            Self::Sold => "sold",
            Self::Blocked => "blocked",
        }
    }
}

impl std::fmt::Display for SeatState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many seats or places are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All of them.
    pub total: u32,
    /// For sale.
    pub available: u32,
    /// Set aside for buyers.
    pub held: u32,
    /// Paid for.
    pub sold: u32,
    /// Taken off sale.
    pub blocked: u32,
}

impl Counts {
    fn all_available(total: u32) -> Self {
        Self { total, available: total, ..Self::default() }
    }

    /// How many are in this state.
    #[must_use]
    pub fn of(&self, state: SeatState) -> u32 {
        match state {
            SeatState::Available => self.available,
            SeatState::Held => self.held,
            SeatState::Sold => self.sold,
            SeatState::Blocked => self.blocked,
        }
    }

    fn of_mut(&mut self, state: SeatState) -> &mut u32 {
        match state {
            SeatState::Available => &mut self.available,
            SeatState::Held => &mut self.held,
            SeatState::Sold => &mut self.sold,
            SeatState::Blocked => &mut self.blocked,
        }
    }

    fn shift(&mut self, from: SeatState, to: SeatState, by: u32) {
        let source = self.of_mut(from);
        *source = source.checked_sub(by).expect("no more leave a state than are in it");
        *self.of_mut(to) += by;
    }

    fn is_sum(&self) -> bool {
        let parts = [self.available, self.held, self.sold, self.blocked];
        parts.iter().map(|&part| u64::from(part)).sum::<u64>() == u64::from(self.total)
    }
}

/// The state of every seat and the places of every area; a quarter of a byte a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatStates {
    /// Two bits a position, lowest first. Missing positions are blocked for ever and not counted.
    packed: Vec<u8>,
    subsections: Vec<Counts>,
    areas: Vec<Counts>,
    totals: Counts,
}

impl SeatStates {
    /// Everything available.
    #[must_use]
    pub fn new(map: &SeatMap) -> Self {
        let mut states = Self {
            packed: vec![0; map.positions().div_ceil(4) as usize],
            subsections: vec![Counts::default(); map.subsection_count()],
            areas: map.spec().areas.iter().map(|area| Counts::all_available(area.capacity)).collect(),
            totals: Counts::default(),
        };
        for seat in (0..map.positions()).map(SeatId).filter(|&seat| !map.exists(seat)) {
            states.write(seat, SeatState::Blocked);
        }
        states.recount(map);
        states
    }

    /// The state of a seat; a missing one is blocked.
    ///
    /// # Panics
    /// If the map has no such position.
    #[must_use]
    pub fn state(&self, seat: SeatId) -> SeatState {
        SeatState::ALL[usize::from(self.packed[seat.0 as usize / 4] >> (seat.0 % 4 * 2) & 3)]
    }

    /// Changes the state of a seat and says what it was.
    ///
    /// # Panics
    /// If the map has no such seat.
    pub fn set(&mut self, map: &SeatMap, seat: SeatId, state: SeatState) -> SeatState {
        assert!(map.exists(seat), "only seats that exist change");
        let old = self.state(seat);
        self.write(seat, state);
        self.subsections[usize::from(map.row(seat).subsection)].shift(old, state, 1);
        self.totals.shift(old, state, 1);
        old
    }

    /// Moves places of an area from one state to another.
    ///
    /// # Panics
    /// If there is no such area, or fewer places are in the state `from`.
    pub fn move_area(&mut self, area: AreaId, from: SeatState, to: SeatState, places: u32) {
        self.areas[usize::from(area.0)].shift(from, to, places);
        self.totals.shift(from, to, places);
    }

    /// Places of an area that are for sale.
    ///
    /// # Panics
    /// If there is no such area.
    #[must_use]
    pub fn area_free(&self, area: AreaId) -> u32 {
        self.area_counts(area).available
    }

    /// The counts of a subsection, by its index in the event.
    ///
    /// # Panics
    /// If there is no such subsection.
    #[must_use]
    pub fn counts(&self, subsection: usize) -> Counts {
        self.subsections[subsection]
    }

    /// The counts of an area.
    ///
    /// # Panics
    /// If there is no such area.
    #[must_use]
    pub fn area_counts(&self, area: AreaId) -> Counts {
        self.areas[usize::from(area.0)]
    }

    /// The counts of the event, seats and places together.
    #[must_use]
    pub fn totals(&self) -> Counts {
        self.totals
    }

    /// Whether these are states of this map's seats and their counts add up: to be asked of whatever was read from outside.
    #[must_use]
    pub fn fits(&self, map: &SeatMap) -> bool {
        let areas = &map.spec().areas;
        let shaped = self.packed.len() == map.positions().div_ceil(4) as usize
            && self.subsections.len() == map.subsection_count()
            && self.areas.len() == areas.len();
        let missing_blocked =
            || (0..map.positions()).map(SeatId).all(|seat| map.exists(seat) || self.state(seat) == SeatState::Blocked);
        let areas_fit =
            || self.areas.iter().zip(areas).all(|(counts, area)| counts.total == area.capacity && counts.is_sum());
        shaped && missing_blocked() && areas_fit() && {
            let mut counted = self.clone();
            counted.recount(map);
            counted == *self
        }
    }

    fn write(&mut self, seat: SeatId, state: SeatState) {
        let (byte, shift) = (&mut self.packed[seat.0 as usize / 4], seat.0 % 4 * 2);
        *byte = *byte & !(3 << shift) | (state as u8) << shift;
    }

    /// Counts the seats anew; what the areas say is taken as it is.
    fn recount(&mut self, map: &SeatMap) {
        self.subsections.fill(Counts::default());
        self.totals = Counts::default();
        for seat in (0..map.positions()).map(SeatId).filter(|&seat| map.exists(seat)) {
            let state = self.state(seat);
            for counts in [&mut self.subsections[usize::from(map.row(seat).subsection)], &mut self.totals] {
                counts.total += 1;
                *counts.of_mut(state) += 1;
            }
        }
        for area in &self.areas {
            self.totals.total += area.total;
            for state in SeatState::ALL {
                *self.totals.of_mut(state) += area.of(state);
            }
        }
    }
}
