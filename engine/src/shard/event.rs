//! The state of one event: its seats, its terms and its bookings.

use super::bookings::Bookings;
use super::entry::Entry;
use crate::booking::{Allocation, Booking, Status};
use crate::command::SaleTerms;
use crate::ids::{AreaId, BuyerId, EventId, OutcomeNumber, SeatId};
use crate::seat_map::{SeatMap, SeatState, Seats};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One event's seats, holds and bookings.
#[derive(Clone, Debug)]
pub struct Event {
    pub(crate) id: EventId,
    pub(crate) map: Arc<SeatMap>,
    pub(crate) terms: SaleTerms,
    pub(crate) closed: bool,
    pub(crate) seats: Seats,
    pub(crate) bookings: Bookings,
    /// Living tickets by buyer; kept only while the terms limit them.
    pub(crate) tickets_by_buyer: Option<BTreeMap<BuyerId, u32>>,
    /// The last outcome that changed anything here.
    pub(crate) touched: OutcomeNumber,
}

impl Event {
    pub(crate) fn new(id: EventId, map: Arc<SeatMap>, terms: SaleTerms) -> Self {
        let bookings = Bookings::new(Self::bookings_expected(&map));
        let tickets_by_buyer = terms.tickets_per_buyer_max.is_some().then(BTreeMap::new);
        let seats = Seats::new(&map);
        Self { id, map, terms, closed: false, seats, bookings, tickets_by_buyer, touched: OutcomeNumber(0) }
    }

    /// About how many bookings there will be when all is sold.
    pub(crate) fn bookings_expected(map: &SeatMap) -> usize {
        let places = (0..map.area_count()).map(|area| map.area_capacity(AreaId(area.try_into().expect("capped"))));
        (map.positions() + places.sum::<u32>()) as usize / 2
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.id
    }

    /// The last outcome that changed anything here: what a checkpoint after it need not write again.
    #[must_use]
    pub fn touched(&self) -> OutcomeNumber {
        self.touched
    }

    /// Its seat map.
    #[must_use]
    pub fn seat_map(&self) -> &Arc<SeatMap> {
        &self.map
    }

    /// The terms of its sale.
    #[must_use]
    pub fn terms(&self) -> &SaleTerms {
        &self.terms
    }

    /// Whether the sale is over.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// The state of its seats.
    #[must_use]
    pub fn seats(&self) -> &Seats {
        &self.seats
    }

    /// Every booking that is remembered, living or ended, in no particular order.
    pub fn bookings(&self) -> impl Iterator<Item = Booking> {
        self.bookings.iter().map(|entry| entry.view(self.id))
    }

    /// How many bookings are remembered.
    #[must_use]
    pub fn bookings_len(&self) -> usize {
        self.bookings.len()
    }

    /// Minor units for all tickets of `allocation`.
    pub(crate) fn price(&self, allocation: &Allocation) -> u64 {
        match allocation {
            Allocation::Seats(seats) => seats.iter().map(|seat| self.map.price(*seat)).sum(),
            Allocation::Area { area, quantity } => self.map.area_price(*area) * u64::from(*quantity),
        }
    }

    /// Living tickets of `buyer`; 0 while the terms do not limit them.
    pub(crate) fn tickets_of(&self, buyer: BuyerId) -> u32 {
        self.tickets_by_buyer.as_ref().and_then(|tickets| tickets.get(&buyer).copied()).unwrap_or(0)
    }

    /// Whether every seat or place of `allocation` is free.
    pub(crate) fn is_free(&self, allocation: &Allocation) -> bool {
        match allocation {
            Allocation::Seats(seats) => seats.iter().all(|seat| self.seats.state(*seat) == SeatState::Available),
            Allocation::Area { area, quantity } => self.seats.area_counts(*area).available >= *quantity,
        }
    }

    /// Moves all of `allocation` from one state to another.
    pub(crate) fn move_allocation(&mut self, allocation: &Allocation, from: SeatState, to: SeatState) {
        match allocation {
            Allocation::Seats(seats) => seats.iter().for_each(|seat| self.move_seat(*seat, from, to)),
            Allocation::Area { area, quantity } => self.seats.move_area(*area, from, to, *quantity),
        }
    }

    pub(crate) fn move_seat(&mut self, seat: SeatId, from: SeatState, to: SeatState) {
        let was = self.seats.set(&self.map, seat, to);
        assert_eq!(was, from, "event {}: seat {seat} was not in the state that its booking says", self.id);
    }

    /// Counts tickets that `buyer` now has more.
    pub(crate) fn add_tickets(&mut self, buyer: BuyerId, quantity: u32) {
        if let Some(tickets) = &mut self.tickets_by_buyer {
            *tickets.entry(buyer).or_insert(0) += quantity;
        }
    }

    /// Counts tickets that `buyer` now has less.
    pub(crate) fn remove_tickets(&mut self, buyer: BuyerId, quantity: u32) {
        let Some(tickets) = &mut self.tickets_by_buyer else { return };
        let left = tickets.get_mut(&buyer).expect("living tickets are counted");
        *left -= quantity;
        if *left == 0 {
            tickets.remove(&buyer);
        }
    }

    /// Counts the living tickets of every buyer again, or stops counting, as the terms demand.
    pub(crate) fn recount_tickets(&mut self) {
        self.tickets_by_buyer = self.terms.tickets_per_buyer_max.map(|_| {
            let living = self.bookings.iter().filter(|entry| entry.status.is_living());
            living.fold(BTreeMap::new(), |mut tickets, entry| {
                *tickets.entry(entry.buyer).or_insert(0) += entry.allocation.quantity();
                tickets
            })
        });
    }

    /// Ends a living booking: its seats become free, and it stays as a memory.
    pub(crate) fn end_booking(&mut self, entry: &Entry, status: Status, number: OutcomeNumber) -> Entry {
        let from = if entry.status == Status::Completed { SeatState::Sold } else { SeatState::Held };
        self.move_allocation(&entry.allocation, from, SeatState::Available);
        self.remove_tickets(entry.buyer, entry.allocation.quantity());
        let kept = self.bookings.get_mut(entry.id).expect("a booking that ends exists");
        kept.status = status;
        kept.ended = number;
        kept.clone()
    }
}
