//! A payment starts: the hold now follows the payment's own deadline, whichever is sooner or later.

use super::terms::invalid;
use super::{Target, booking_change, find_booking, find_event, require_pending};
use crate::booking::Status;
use crate::command::BeginPayment;
use crate::ids::{EventId, PaymentId, TimeMs};
use crate::limits::HOLD_MS_MAX;
use crate::outcome::{BookingChangeKind, Change};
use crate::refusal::Refusal;
use crate::shard::Shard;

pub(crate) enum Decision {
    Begin { target: Target, payment: PaymentId, deadline: TimeMs },
    Unchanged(Target),
}

pub(crate) fn decide(shard: &Shard, event: EventId, begin: &BeginPayment) -> Result<Decision, Refusal> {
    let entry = find_booking(find_event(shard, event)?, begin.booking, begin.buyer)?;
    if !(1..=HOLD_MS_MAX).contains(&begin.timeout_ms) {
        return Err(invalid("timeout_ms", format!("must be 1 to {HOLD_MS_MAX}")));
    }
    let target = Target { event, booking: begin.booking };
    let same = entry.payment == Some(begin.payment);
    if same && matches!(entry.status, Status::PendingPayment | Status::Completed) {
        return Ok(Decision::Unchanged(target));
    }
    require_pending(entry)?;
    if entry.payment.is_some() {
        return Err(Refusal::PaymentUnderWay);
    }
    Ok(Decision::Begin { target, payment: begin.payment, deadline: shard.now().plus_ms(begin.timeout_ms) })
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    match decision {
        Decision::Unchanged(target) => target.unchanged(shard),
        Decision::Begin { target, payment, deadline } => {
            let entry = target.entry(shard);
            entry.payment = Some(payment);
            let before = std::mem::replace(&mut entry.deadline, deadline);
            let change = booking_change(BookingChangeKind::PaymentBegun, Some(entry.status), entry, target.event, None);
            shard.deadline_moved(target.event, target.booking, before, deadline);
            change
        }
    }
}
