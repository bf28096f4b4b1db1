//! From what is asked for to the seats that are given: used by reserve and exchange.

use super::terms::invalid;
use crate::booking::{Allocation, SeatList};
use crate::command::{BestAvailable, Wish};
use crate::ids::{AreaId, BuyerId, SeatId};
use crate::limits::TICKETS_PER_BOOKING_MAX;
use crate::refusal::{LimitScope, Refusal};
use crate::seat_map::{SeatState, Seats, alternatives, best_available};
use crate::shard::Event;

/// Tickets that are asked for.
pub(crate) fn quantity(wish: &Wish) -> u32 {
    match wish {
        Wish::Named(seats) => count(seats),
        Wish::Best(best) => best.quantity,
        Wish::Area { quantity, .. } => *quantity,
    }
}

fn count(seats: &SeatList) -> u32 {
    u32::try_from(seats.len()).unwrap_or(u32::MAX)
}

/// Refuses what no state of the seats could grant.
pub(crate) fn check(event: &Event, wish: &Wish) -> Result<(), Refusal> {
    let quantity = quantity(wish);
    if quantity == 0 {
        return Err(invalid("quantity", "must be at least 1".to_owned()));
    }
    if quantity > TICKETS_PER_BOOKING_MAX {
        return Err(invalid("quantity", format!("must be at most {TICKETS_PER_BOOKING_MAX}")));
    }
    match wish {
        Wish::Named(seats) => check_seats(event, seats),
        Wish::Best(best) => check_place(event, best),
        Wish::Area { area, .. } => check_area(event, *area),
    }
}

fn check_seats(event: &Event, seats: &[SeatId]) -> Result<(), Refusal> {
    let twice = seats.iter().enumerate().any(|(index, seat)| seats[..index].contains(seat));
    if twice {
        return Err(invalid("seats", "a seat is named twice".to_owned()));
    }
    let unknown: Vec<_> = seats.iter().copied().filter(|seat| !event.map.exists(*seat)).collect();
    if unknown.is_empty() { Ok(()) } else { Err(Refusal::UnknownSeat { seats: unknown }) }
}

fn check_place(event: &Event, best: &BestAvailable) -> Result<(), Refusal> {
    match (best.section, best.subsection) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(invalid("subsection", "needs a section".to_owned())),
        (Some(section), _) if usize::from(section) >= event.map.sections().len() => Err(Refusal::UnknownSection),
        (Some(section), Some(number)) if !event.map.has_subsection(section, number) => Err(Refusal::UnknownSection),
        (Some(_), _) => Ok(()),
    }
}

fn check_area(event: &Event, area: AreaId) -> Result<(), Refusal> {
    if usize::from(area.0) < event.map.area_count() { Ok(()) } else { Err(Refusal::UnknownSection) }
}

/// Refuses more than a booking, or this buyer over all bookings, may have. `had` tickets would be given back.
pub(crate) fn check_limits(event: &Event, buyer: BuyerId, quantity: u32, had: u32) -> Result<(), Refusal> {
    let max = event.terms.tickets_per_booking_max;
    if quantity > max {
        return Err(Refusal::LimitExceeded { max, per: LimitScope::Booking });
    }
    match event.terms.tickets_per_buyer_max {
        Some(max) if event.tickets_of(buyer) - had + quantity > max => {
            Err(Refusal::LimitExceeded { max, per: LimitScope::Buyer })
        }
        _ => Ok(()),
    }
}

/// Chooses among what `seats` says is free.
pub(crate) fn choose(event: &Event, seats: &Seats, wish: &Wish) -> Result<Allocation, Refusal> {
    match wish {
        Wish::Named(named) => choose_named(event, seats, named),
        Wish::Best(best) => {
            let chosen = best_available(&event.map, seats, best, event.terms.accessible_released);
            chosen.map(Allocation::Seats).map_err(|shortage| not_enough(shortage.free))
        }
        Wish::Area { area, quantity } => match seats.area_counts(*area).available {
            free if free < *quantity => Err(not_enough(free)),
            _ => Ok(Allocation::Area { area: *area, quantity: *quantity }),
        },
    }
}

fn choose_named(event: &Event, seats: &Seats, named: &SeatList) -> Result<Allocation, Refusal> {
    let lost: Vec<_> = named.iter().copied().filter(|seat| seats.state(*seat) != SeatState::Available).collect();
    if lost.is_empty() {
        return Ok(Allocation::Seats(named.clone()));
    }
    let alternatives = alternatives(&event.map, seats, &lost, count(named), event.terms.accessible_released);
    Err(Refusal::SeatsTaken { seats: lost, alternatives })
}

fn not_enough(free: u32) -> Refusal {
    if free == 0 { Refusal::SoldOut } else { Refusal::NotEnoughSeats { free } }
}
