//! What of an event has to agree, however it came out of a checkpoint: a damaged one is an error, never a seat sold twice.

use super::{Entry, Event};
use crate::booking::{Allocation, Status};
use crate::commands::terms;
use crate::ids::{AreaId, OutcomeNumber};
use crate::limits::TICKETS_PER_BOOKING_MAX;
use crate::seat_map::SeatState;

/// Bookings, seats, places and terms of one event.
///
/// # Errors
/// The first contradiction.
pub(super) fn check(event: &Event) -> Result<(), String> {
    terms::check(&event.terms).map_err(|refusal| refusal.to_string())?;
    let mut tally = Tally::new(event);
    for entry in event.bookings.iter() {
        check_entry(event, entry)?;
        if entry.status.is_living() {
            tally.count(event, entry)?;
        }
    }
    tally.check(event)
}

/// No part of an event is younger than the partition, whose last outcome is `last`.
///
/// # Errors
/// What is too young.
pub(super) fn check_age(event: &Event, last: OutcomeNumber) -> Result<(), String> {
    // Forgetting happens before the outcome that it is counted with.
    if event.touched.0 > last.0.saturating_add(1) {
        return Err(format!("it changed with outcome {}, the partition is at {last}", event.touched));
    }
    match event.bookings.iter().find(|entry| entry.ended > last) {
        Some(entry) => Err(format!("booking {} ended with outcome {}, not yet given", entry.id, entry.ended)),
        None => Ok(()),
    }
}

/// What holds for a booking whether it lives or not.
fn check_entry(event: &Event, entry: &Entry) -> Result<(), String> {
    if entry.status.is_living() != (entry.ended == OutcomeNumber(0)) {
        return Err(format!("booking {} is {} and ended with outcome {}", entry.id, entry.status, entry.ended));
    }
    let exist = match &entry.allocation {
        Allocation::Seats(seats) => seats.iter().all(|seat| event.map.exists(*seat)),
        Allocation::Area { area, .. } => usize::from(area.0) < event.map.area_count(),
    };
    let length = match &entry.allocation {
        Allocation::Seats(seats) => seats.len(),
        Allocation::Area { quantity, .. } => *quantity as usize,
    };
    if exist && (1..=TICKETS_PER_BOOKING_MAX as usize).contains(&length) {
        return Ok(());
    }
    Err(format!("booking {} has seats or places that cannot be", entry.id))
}

/// What living bookings have, held and sold.
struct Tally {
    /// By position: whether a booking has the seat.
    seats: Vec<bool>,
    /// Of each area, and of the seats.
    places: Vec<[u32; 2]>,
}

impl Tally {
    fn new(event: &Event) -> Self {
        Self { seats: vec![false; event.map.positions() as usize], places: vec![[0; 2]; event.map.area_count() + 1] }
    }

    fn count(&mut self, event: &Event, entry: &Entry) -> Result<(), String> {
        let sold = entry.status == Status::Completed;
        let state = if sold { SeatState::Sold } else { SeatState::Held };
        let at = match &entry.allocation {
            Allocation::Area { area, .. } => usize::from(area.0),
            Allocation::Seats(seats) => {
                for seat in seats {
                    if event.seats.state(*seat) != state {
                        return Err(format!("seat {seat} of booking {} is not {state}", entry.id));
                    }
                    if std::mem::replace(&mut self.seats[seat.0 as usize], true) {
                        return Err(format!("seat {seat} of booking {} has two bookings", entry.id));
                    }
                }
                self.places.len() - 1
            }
        };
        self.places[at][usize::from(sold)] += entry.allocation.quantity();
        Ok(())
    }

    fn check(&self, event: &Event) -> Result<(), String> {
        let totals = event.seats.states().totals();
        let mut seats = [totals.held, totals.sold];
        let (of_seats, of_areas) = self.places.split_last().expect("seats are always counted");
        for (area, counted) in (0..).map(AreaId).zip(of_areas) {
            let counts = event.seats.area_counts(area);
            let found = [counts.held, counts.sold];
            if found != *counted {
                return Err(format!("area {area} has {found:?} places held and sold, bookings have {counted:?}"));
            }
            seats = [seats[0] - counts.held, seats[1] - counts.sold];
        }
        if seats == *of_seats {
            return Ok(());
        }
        Err(format!("{seats:?} seats are held and sold, bookings have {of_seats:?}"))
    }
}
