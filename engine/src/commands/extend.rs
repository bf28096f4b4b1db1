//! Asks for a later deadline: from now on once more, at most twice the hold that was granted.

use super::terms::invalid;
use super::{Target, booking_change, find_booking, find_event, require_pending};
use crate::command::Extend;
use crate::ids::{EventId, TimeMs};
use crate::limits::{HOLD_MS_MAX, HOLD_MS_MIN};
use crate::outcome::{BookingChangeKind, Change};
use crate::refusal::Refusal;
use crate::shard::Shard;

pub(crate) struct Decision {
    target: Target,
    deadline: TimeMs,
}

pub(crate) fn decide(shard: &Shard, event: EventId, extend: &Extend) -> Result<Decision, Refusal> {
    let entry = find_booking(find_event(shard, event)?, extend.booking, extend.buyer)?;
    let hold_ms = extend.hold_ms.unwrap_or(entry.hold_ms.into());
    if !(HOLD_MS_MIN..=HOLD_MS_MAX).contains(&hold_ms) {
        return Err(invalid("hold_ms", format!("must be {HOLD_MS_MIN} to {HOLD_MS_MAX}")));
    }
    require_pending(entry)?;
    if entry.payment.is_some() {
        return Err(Refusal::PaymentUnderWay);
    }
    let latest = entry.created_at.plus_ms(2 * u64::from(entry.hold_ms));
    let deadline = shard.now().plus_ms(hold_ms).min(latest);
    if deadline <= entry.deadline {
        return Err(Refusal::ExtensionLimit);
    }
    Ok(Decision { target: Target { event, booking: extend.booking }, deadline })
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    let Decision { target, deadline } = decision;
    let entry = target.entry(shard);
    let before = std::mem::replace(&mut entry.deadline, deadline);
    entry.hold_deadline = deadline;
    let change = booking_change(BookingChangeKind::Extended, Some(entry.status), entry, target.event, None);
    shard.deadline_moved(target.event, target.booking, before, deadline);
    change
}
