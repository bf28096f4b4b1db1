//! The seats of one sale as its description tells them, position by position.

use rowlock_engine::booking::Allocation;
use rowlock_engine::command::{BestAvailable, SaleTerms};
use rowlock_engine::ids::{BookingId, SeatId};
use rowlock_engine::seat_map::spec::{RowsSpec, SeatMapSpec};
use std::sync::Arc;

/// What a position is.
#[derive(Clone, Debug)]
pub struct Place {
    pub exists: bool,
    pub for_access: bool,
    pub section: u16,
    pub subsection: u32,
    /// Counts the rows of the whole event.
    pub row: u32,
    pub price: u64,
}

/// Who has a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Nobody,
    House,
    Booking(BookingId),
}

/// One event on sale.
#[derive(Clone, Debug)]
pub struct Sale {
    pub spec: Arc<SeatMapSpec>,
    pub terms: SaleTerms,
    pub closed: bool,
    pub places: Vec<Place>,
    pub holders: Vec<Holder>,
}

impl Sale {
    pub fn new(spec: Arc<SeatMapSpec>, terms: SaleTerms) -> Self {
        let mut places = Vec::new();
        let mut row = 0;
        for (section, described) in (0u16..).zip(&spec.sections) {
            for subsection in &described.subsections {
                for rows in &subsection.rows {
                    for _ in 0..rows.count {
                        row += 1;
                        let place = |number| Place {
                            exists: !rows.missing.contains(&number),
                            for_access: is_for_access(rows, number),
                            section,
                            subsection: subsection.number,
                            row,
                            price: described.price,
                        };
                        places.extend((1..=rows.seats).map(place));
                    }
                }
            }
        }
        let holders = vec![Holder::Nobody; places.len()];
        Self { spec, terms, closed: false, places, holders }
    }

    pub fn exists(&self, seat: SeatId) -> bool {
        self.places.get(seat.0 as usize).is_some_and(|place| place.exists)
    }

    pub fn holder(&self, seat: SeatId) -> Holder {
        self.holders[seat.0 as usize]
    }

    pub fn set(&mut self, seats: &[SeatId], holder: Holder) {
        for seat in seats {
            self.holders[seat.0 as usize] = holder;
        }
    }

    pub fn price(&self, allocation: &Allocation) -> u64 {
        match allocation {
            Allocation::Seats(seats) => seats.iter().map(|seat| self.places[seat.0 as usize].price).sum(),
            Allocation::Area { area, quantity } => self.spec.areas[usize::from(area.0)].price * u64::from(*quantity),
        }
    }

    /// Free seats that a wish may be given, in order; those of booking `own` count as free.
    pub fn fitting(&self, wish: &BestAvailable, own: Option<BookingId>) -> Vec<SeatId> {
        let fits = |seat: &SeatId| {
            let place = &self.places[seat.0 as usize];
            place.exists
                && self.is_free(*seat, own)
                && (wish.accessible || self.terms.accessible_released || !place.for_access)
                && wish.section.is_none_or(|section| section == place.section)
                && wish.subsection.is_none_or(|number| number == place.subsection)
                && wish.max_price.is_none_or(|price| place.price <= price)
        };
        self.seats().filter(fits).collect()
    }

    pub fn is_free(&self, seat: SeatId, own: Option<BookingId>) -> bool {
        match self.holder(seat) {
            Holder::Nobody => true,
            Holder::House => false,
            Holder::Booking(booking) => own == Some(booking),
        }
    }

    pub fn seats(&self) -> impl Iterator<Item = SeatId> + use<> {
        (0..u32::try_from(self.places.len()).expect("halls are small")).map(SeatId)
    }

    /// Whether sorted `seats` are neighbours in one row.
    pub fn are_together(&self, seats: &[SeatId]) -> bool {
        let row = |seat: SeatId| self.places[seat.0 as usize].row;
        seats.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0 && row(pair[0]) == row(pair[1]))
    }

    pub fn has_section(&self, section: u16, subsection: Option<u32>) -> bool {
        self.spec.sections.get(usize::from(section)).is_some_and(|described| {
            subsection.is_none_or(|number| described.subsections.iter().any(|part| part.number == number))
        })
    }
}

fn is_for_access(rows: &RowsSpec, number: u32) -> bool {
    rows.accessible.contains(&number) || rows.companion.contains(&number)
}
