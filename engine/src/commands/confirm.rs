//! Seats become sold. A payment that comes after its deadline takes the seats again if they are free.

use super::{Target, booking_change, find_booking, find_event, not_pending, wish};
use crate::booking::{Allocation, Status};
use crate::command::Confirm;
use crate::ids::{BuyerId, EventId, OutcomeNumber, PaymentId};
use crate::outcome::{BookingChangeKind, Change};
use crate::refusal::Refusal;
use crate::seat_map::SeatState;
use crate::shard::{Entry, Event, Shard};

pub(crate) enum Decision {
    /// The hold becomes a sale.
    Sell {
        target: Target,
        payment: Option<PaymentId>,
    },
    /// Late, but the seats are free: they are sold all the same.
    SellLate {
        target: Target,
        ended: OutcomeNumber,
    },
    /// Late, and the seats are gone: the money is to be given back.
    Fail(Target),
    Unchanged(Target),
}

pub(crate) fn decide(shard: &Shard, event: EventId, confirm: &Confirm) -> Result<Decision, Refusal> {
    let found = find_event(shard, event)?;
    let entry = find_booking(found, confirm.booking, confirm.buyer)?;
    let target = Target { event, booking: confirm.booking };
    let same_payment = entry.payment == confirm.payment;
    match entry.status {
        Status::PendingPayment if same_payment || entry.payment.is_none() => {
            Ok(Decision::Sell { target, payment: confirm.payment })
        }
        Status::PendingPayment => Err(Refusal::PaymentUnderWay),
        Status::Completed | Status::Failed if same_payment => Ok(Decision::Unchanged(target)),
        Status::Expired if same_payment && confirm.payment.is_some() => Ok(late(found, entry, target)),
        status => Err(not_pending(status)),
    }
}

fn late(event: &Event, entry: &Entry, target: Target) -> Decision {
    let within_limits = wish::check_limits(event, entry.buyer, entry.allocation.quantity(), 0).is_ok();
    if within_limits && event.is_free(&entry.allocation) {
        Decision::SellLate { target, ended: entry.ended }
    } else {
        Decision::Fail(target)
    }
}

pub(crate) fn commit(shard: &mut Shard, decision: Decision) -> Change {
    match decision {
        Decision::Unchanged(target) => target.unchanged(shard),
        Decision::Sell { target, payment } => {
            let entry = target.entry(shard);
            entry.status = Status::Completed;
            entry.payment = payment;
            let deadline = entry.deadline;
            let (change, allocation, _) = sold(entry, Status::PendingPayment, target);
            shard.event_mut(target.event).move_allocation(&allocation, SeatState::Held, SeatState::Sold);
            shard.hold_ended(target.event, target.booking, deadline);
            change
        }
        Decision::SellLate { target, ended } => {
            shard.revived(ended);
            let entry = target.entry(shard);
            (entry.status, entry.ended) = (Status::Completed, OutcomeNumber(0));
            let (change, allocation, buyer) = sold(entry, Status::Expired, target);
            let event = shard.event_mut(target.event);
            event.move_allocation(&allocation, SeatState::Available, SeatState::Sold);
            event.add_tickets(buyer, allocation.quantity());
            change
        }
        Decision::Fail(target) => {
            let entry = target.entry(shard);
            entry.status = Status::Failed;
            booking_change(BookingChangeKind::Failed, Some(Status::Expired), entry, target.event, None)
        }
    }
}

fn sold(entry: &Entry, before: Status, target: Target) -> (Change, Allocation, BuyerId) {
    let change = booking_change(BookingChangeKind::Confirmed, Some(before), entry, target.event, None);
    (change, entry.allocation.clone(), entry.buyer)
}
