//! What becomes of commands about a sale.

use super::Model;
use super::choice::invalid;
use super::hall::{Holder, Sale};
use rowlock_engine::command::{AmendSale, OpenSale, SaleTerms, SeatSet};
use rowlock_engine::ids::{EventId, SeatId};
use rowlock_engine::limits::{HOLD_MS_MAX, HOLD_MS_MIN, SEATS_PER_BLOCK_MAX, TICKETS_PER_BOOKING_MAX};
use rowlock_engine::outcome::Change;
use rowlock_engine::refusal::Refusal;

/// The only version of the rules there is.
const RULES: u32 = 1;

impl Model {
    pub(super) fn open_sale(&self, event: EventId, ask: &OpenSale) -> Result<Change, Refusal> {
        if self.sales.contains_key(&event) {
            return Err(Refusal::EventExists);
        }
        check_terms(&ask.terms)?;
        Ok(Change::SaleOpened { seat_map: ask.seat_map.clone(), terms: ask.terms.clone() })
    }

    pub(super) fn amend_sale(&self, event: EventId, ask: &AmendSale) -> Result<Change, Refusal> {
        let sale = self.sale(event)?;
        let mut terms = sale.terms.clone();
        terms.opens_at = ask.opens_at.unwrap_or(terms.opens_at);
        terms.hold_ms = ask.hold_ms.unwrap_or(terms.hold_ms);
        terms.tickets_per_booking_max = ask.tickets_per_booking_max.unwrap_or(terms.tickets_per_booking_max);
        terms.tickets_per_buyer_max = ask.tickets_per_buyer_max.unwrap_or(terms.tickets_per_buyer_max);
        terms.accessible_released = ask.accessible_released.unwrap_or(terms.accessible_released);
        terms.refunds = ask.refunds.unwrap_or(terms.refunds);
        check_terms(&terms)?;
        if sale.closed { Err(Refusal::NotOnSale { opens_at: None }) } else { Ok(Change::SaleAmended { terms }) }
    }

    pub(super) fn close_sale(&self, event: EventId) -> Result<Change, Refusal> {
        self.sale(event).map(|_| Change::SaleClosed)
    }

    pub(super) fn block(&self, event: EventId, ask: &SeatSet) -> Result<Change, Refusal> {
        Ok(Change::Blocked { seats: self.to_move(event, ask, Holder::Nobody)? })
    }

    pub(super) fn unblock(&self, event: EventId, ask: &SeatSet) -> Result<Change, Refusal> {
        Ok(Change::Unblocked { seats: self.to_move(event, ask, Holder::House)? })
    }

    pub(super) fn set_rules(version: u32) -> Result<Change, Refusal> {
        if version == RULES { Ok(Change::RulesSet { version }) } else { Err(Refusal::UnknownRules { version }) }
    }

    fn sale(&self, event: EventId) -> Result<&Sale, Refusal> {
        self.sales.get(&event).ok_or(Refusal::UnknownEvent)
    }

    fn to_move(&self, event: EventId, ask: &SeatSet, from: Holder) -> Result<Vec<SeatId>, Refusal> {
        let sale = self.sale(event)?;
        if ask.seats.is_empty() || ask.seats.len() > SEATS_PER_BLOCK_MAX {
            return Err(invalid());
        }
        let mut seats = ask.seats.clone();
        seats.sort_unstable();
        seats.dedup();
        let unknown: Vec<_> = seats.iter().copied().filter(|seat| !sale.exists(*seat)).collect();
        if !unknown.is_empty() {
            return Err(Refusal::UnknownSeat { seats: unknown });
        }
        let lost: Vec<_> = seats.iter().copied().filter(|seat| sale.holder(*seat).is_booking()).collect();
        if !lost.is_empty() {
            return Err(Refusal::SeatsTaken { seats: lost, alternatives: Vec::new() });
        }
        seats.retain(|seat| sale.holder(*seat) == from);
        Ok(seats)
    }
}

fn check_terms(terms: &SaleTerms) -> Result<(), Refusal> {
    let are_fine = (HOLD_MS_MIN..=HOLD_MS_MAX).contains(&terms.hold_ms)
        && (1..=TICKETS_PER_BOOKING_MAX).contains(&terms.tickets_per_booking_max)
        && terms.tickets_per_buyer_max != Some(0);
    if are_fine { Ok(()) } else { Err(invalid()) }
}
