//! A payment ended without money: the hold goes back to its own deadline, which may have passed by now.

use super::{Target, booking_change, find_booking, find_event, require_pending};
use crate::command::EndPayment;
use crate::ids::{EventId, TimeMs};
use crate::outcome::{BookingChangeKind, Change};
use crate::refusal::Refusal;
use crate::shard::Shard;

pub(crate) enum Decision {
    End { target: Target, deadline: TimeMs },
    Unchanged(Target),
}

pub(crate) fn decide(shard: &Shard, event: EventId, end: &EndPayment) -> Result<Decision, Refusal> {
    let entry = find_booking(find_event(shard, event)?, end.booking, end.buyer)?;
    require_pending(entry)?;
    let target = Target { event, booking: end.booking };
    if entry.payment == Some(end.payment) {
        Ok(Decision::End { target, deadline: entry.hold_deadline })
    } else {
        Ok(Decision::Unchanged(target))
    }
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    match decision {
        Decision::Unchanged(target) => target.unchanged(shard),
        Decision::End { target, deadline } => {
            let entry = target.entry(shard);
            entry.payment = None;
            let before = std::mem::replace(&mut entry.deadline, deadline);
            let change = booking_change(BookingChangeKind::PaymentEnded, Some(entry.status), entry, target.event, None);
            shard.deadline_moved(target.event, target.booking, before, deadline);
            change
        }
    }
}
