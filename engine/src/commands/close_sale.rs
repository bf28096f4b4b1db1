//! Ends a sale: nothing more is held, what is held may still be paid for.

use super::find_event;
use crate::ids::EventId;
use crate::outcome::Change;
use crate::refusal::Refusal;
use crate::shard::Shard;

pub(crate) fn decide(shard: &Shard, event: EventId) -> Result<EventId, Refusal> {
    find_event(shard, event).map(|_| event)
}

pub(crate) fn commit(shard: &mut Shard, event: EventId) -> Change {
    shard.event_mut(event).closed = true;
    Change::SaleClosed
}
