//! Puts an event's seats on sale.

use super::terms;
use crate::command::OpenSale;
use crate::ids::EventId;
use crate::limits::EVENTS_PER_PARTITION_MAX;
use crate::outcome::Change;
use crate::refusal::Refusal;
use crate::seat_map::SeatMap;
use crate::shard::{Event, Shard};
use std::sync::Arc;

pub(crate) fn decide(shard: &Shard, event: EventId, open: OpenSale) -> Result<Event, Refusal> {
    if shard.event(event).is_some() {
        return Err(Refusal::EventExists);
    }
    if shard.events_len() >= EVENTS_PER_PARTITION_MAX {
        return Err(Refusal::TooManyEvents);
    }
    terms::check(&open.terms)?;
    let map = SeatMap::build(open.seat_map).map_err(|error| terms::invalid(&error.field, error.problem))?;
    Ok(Event::new(event, Arc::new(map), open.terms))
}

pub(crate) fn commit(shard: &mut Shard, event: Event) -> Change {
    let change = Change::SaleOpened { seat_map: event.map.spec().clone(), terms: event.terms.clone() };
    shard.add_event(event);
    change
}
