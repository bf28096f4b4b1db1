//! What a wish may be given. Where the engine chooses, its choice is judged, not made again.

use super::hall::Sale;
use super::{Holder, Model};
use rowlock_engine::booking::Allocation;
use rowlock_engine::command::{BestAvailable, Wish};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, SeatId};
use rowlock_engine::limits::TICKETS_PER_BOOKING_MAX;
use rowlock_engine::refusal::{LimitScope, Refusal};

/// What the outcome says was given, if anything.
pub type Given<'a> = Option<&'a Allocation>;

/// How many tickets a wish asks for.
pub fn quantity(wish: &Wish) -> u32 {
    match wish {
        Wish::Named(seats) => u32::try_from(seats.len()).unwrap_or(u32::MAX),
        Wish::Best(best) => best.quantity,
        Wish::Area { quantity, .. } => *quantity,
    }
}

pub fn invalid() -> Refusal {
    Refusal::Invalid { field: String::new(), problem: String::new() }
}

impl Model {
    /// Refusals that no state of the seats could change.
    pub(super) fn check_wish(sale: &Sale, wish: &Wish) -> Result<(), Refusal> {
        if !(1..=TICKETS_PER_BOOKING_MAX).contains(&quantity(wish)) {
            return Err(invalid());
        }
        match wish {
            Wish::Named(seats) => {
                if seats.iter().enumerate().any(|(at, seat)| seats[..at].contains(seat)) {
                    return Err(invalid());
                }
                let unknown: Vec<_> = seats.iter().copied().filter(|seat| !sale.exists(*seat)).collect();
                if unknown.is_empty() { Ok(()) } else { Err(Refusal::UnknownSeat { seats: unknown }) }
            }
            Wish::Best(BestAvailable { section: None, subsection: Some(_), .. }) => Err(invalid()),
            Wish::Best(best) => match best.section {
                Some(section) if !sale.has_section(section, best.subsection) => Err(Refusal::UnknownSection),
                _ => Ok(()),
            },
            Wish::Area { area, .. } if usize::from(area.0) >= sale.spec.areas.len() => Err(Refusal::UnknownSection),
            Wish::Area { .. } => Ok(()),
        }
    }

    pub(super) fn check_on_sale(&self, sale: &Sale) -> Result<(), Refusal> {
        match sale.terms.opens_at {
            _ if sale.closed => Err(Refusal::NotOnSale { opens_at: None }),
            Some(opens) if self.now < opens => Err(Refusal::NotOnSale { opens_at: Some(opens) }),
            _ => Ok(()),
        }
    }

    pub(super) fn check_limits(&self, event: EventId, buyer: BuyerId, more: u32, had: u32) -> Result<(), Refusal> {
        let terms = &self.sales[&event].terms;
        if more > terms.tickets_per_booking_max {
            return Err(Refusal::LimitExceeded { max: terms.tickets_per_booking_max, per: LimitScope::Booking });
        }
        match terms.tickets_per_buyer_max {
            Some(max) if self.tickets(event, buyer) - had + more > max => {
                Err(Refusal::LimitExceeded { max, per: LimitScope::Buyer })
            }
            _ => Ok(()),
        }
    }

    /// What the wish is given; `own` is the booking whose seats count as free.
    pub(super) fn choose(
        &self,
        event: EventId,
        wish: &Wish,
        own: Option<BookingId>,
        given: Given<'_>,
    ) -> Result<Allocation, Refusal> {
        let sale = &self.sales[&event];
        match wish {
            Wish::Named(named) => {
                let lost: Vec<_> = named.iter().copied().filter(|seat| !sale.is_free(*seat, own)).collect();
                if lost.is_empty() {
                    return Ok(Allocation::Seats(named.clone()));
                }
                Err(Refusal::SeatsTaken { seats: lost, alternatives: Vec::new() })
            }
            Wish::Best(best) => choose_best(sale, best, own, given),
            Wish::Area { area, quantity } => match self.free_places(event, area.0, own) {
                free if free < *quantity => Err(not_enough(free)),
                _ => Ok(Allocation::Area { area: *area, quantity: *quantity }),
            },
        }
    }

    /// What is wrong with alternatives that were offered.
    pub(super) fn check_alternatives(
        &self,
        event: EventId,
        asked: usize,
        own: Option<BookingId>,
        sets: &[Vec<SeatId>],
    ) -> Result<(), String> {
        let Some(sale) = self.sales.get(&event) else { return Ok(()) };
        for set in sets {
            let mut seats = set.clone();
            seats.sort_unstable();
            seats.dedup();
            let are_free = seats.iter().all(|seat| sale.exists(*seat) && sale.is_free(*seat, own));
            if seats.len() != asked || !are_free {
                return Err(format!("{set:?} was offered instead of {asked} seats"));
            }
        }
        Ok(())
    }
}

fn choose_best(
    sale: &Sale,
    wish: &BestAvailable,
    own: Option<BookingId>,
    given: Given<'_>,
) -> Result<Allocation, Refusal> {
    let fitting = sale.fitting(wish, own);
    let free = u32::try_from(fitting.len()).expect("halls are small");
    let size = wish.quantity as usize;
    let block = fitting.windows(size).find(|block| sale.are_together(block));
    if free < wish.quantity || (wish.adjacent_only && block.is_none()) {
        return Err(not_enough(free));
    }
    let Some(Allocation::Seats(chosen)) = given else {
        return Ok(Allocation::Seats(block.unwrap_or(&fitting[..size]).into()));
    };
    let mut sorted = chosen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let is_allowed = sorted.len() == size && sorted.iter().all(|seat| fitting.binary_search(seat).is_ok());
    // Whoever asks for accessible seats may get them apart rather than ordinary ones together.
    let is_apart = !sale.are_together(&sorted) && (wish.adjacent_only || (block.is_some() && !wish.accessible));
    if is_allowed && !is_apart {
        return Ok(Allocation::Seats(chosen.clone()));
    }
    Ok(Allocation::Seats(block.unwrap_or(&fitting[..size]).into()))
}

fn not_enough(free: u32) -> Refusal {
    if free == 0 { Refusal::SoldOut } else { Refusal::NotEnoughSeats { free } }
}

impl Holder {
    pub fn is_booking(self) -> bool {
        matches!(self, Self::Booking(_))
    }
}
