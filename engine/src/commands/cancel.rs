//! Gives seats back, held or sold.

use super::{Target, booking_change, find_booking, find_event, not_pending};
use crate::booking::Status;
use crate::command::Cancel;
use crate::ids::EventId;
use crate::outcome::{BookingChangeKind, Change};
use crate::refusal::Refusal;
use crate::shard::{Entry, Shard};

pub(crate) enum Decision {
    Cancel { target: Target, entry: Box<Entry> },
    Unchanged(Target),
}

pub(crate) fn decide(shard: &Shard, event: EventId, cancel: &Cancel) -> Result<Decision, Refusal> {
    let found = find_event(shard, event)?;
    let entry = find_booking(found, cancel.booking, cancel.buyer)?;
    let target = Target { event, booking: cancel.booking };
    match entry.status {
        Status::PendingPayment => Ok(Decision::Cancel { target, entry: Box::new(entry.clone()) }),
        Status::Completed if found.terms.refunds => Ok(Decision::Cancel { target, entry: Box::new(entry.clone()) }),
        Status::Cancelled => Ok(Decision::Unchanged(target)),
        status => Err(not_pending(status)),
    }
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    match decision {
        Decision::Unchanged(target) => target.unchanged(shard),
        Decision::Cancel { target, entry } => {
            let number = shard.number();
            let ended = shard.event_mut(target.event).end_booking(&entry, Status::Cancelled, number);
            if entry.status == Status::PendingPayment {
                shard.hold_ended(target.event, entry.id, entry.deadline);
            }
            shard.remember_ended(target.event, entry.id, entry.created_at);
            let released = Some(entry.allocation);
            booking_change(BookingChangeKind::Cancelled, Some(entry.status), &ended, target.event, released)
        }
    }
}
