//! Changes the terms of a sale.

use super::{find_event, terms};
use crate::command::{AmendSale, SaleTerms};
use crate::ids::EventId;
use crate::outcome::Change;
use crate::refusal::Refusal;
use crate::shard::Shard;

pub(crate) struct Decision {
    event: EventId,
    terms: SaleTerms,
}

pub(crate) fn decide(shard: &Shard, event: EventId, amend: &AmendSale) -> Result<Decision, Refusal> {
    let found = find_event(shard, event)?;
    let terms = amended(&found.terms, amend);
    terms::check(&terms)?;
    if found.closed {
        return Err(Refusal::NotOnSale { opens_at: None });
    }
    Ok(Decision { event, terms })
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    let event = shard.event_mut(decision.event);
    event.terms = decision.terms.clone();
    event.recount_tickets();
    Change::SaleAmended { terms: decision.terms }
}

fn amended(terms: &SaleTerms, amend: &AmendSale) -> SaleTerms {
    SaleTerms {
        opens_at: amend.opens_at.unwrap_or(terms.opens_at),
        hold_ms: amend.hold_ms.unwrap_or(terms.hold_ms),
        tickets_per_booking_max: amend.tickets_per_booking_max.unwrap_or(terms.tickets_per_booking_max),
        tickets_per_buyer_max: amend.tickets_per_buyer_max.unwrap_or(terms.tickets_per_buyer_max),
        accessible_released: amend.accessible_released.unwrap_or(terms.accessible_released),
        refunds: amend.refunds.unwrap_or(terms.refunds),
    }
}
