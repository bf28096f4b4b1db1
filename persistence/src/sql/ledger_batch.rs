//! What a batch of outcomes means for the ledger, whatever the database.

use super::booking::LedgerBooking;
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::ids::{BookingId, OutcomeNumber, PartitionId, TimeMs};
use rowlock_engine::outcome::{BookingChange, BookingChangeKind, Change, Outcome, OutcomeBody};
use std::collections::HashMap;

/// Rows to insert and rows to change, each booking at most once in all.
#[derive(Debug, Default)]
pub(crate) struct LedgerBatch {
    /// Bookings confirmed in this batch, as they are at its end.
    pub(crate) sold: Vec<LedgerBooking>,
    /// Changes to bookings confirmed before.
    pub(crate) changed: Vec<LedgerChange>,
    places: HashMap<BookingId, Place>,
}

/// What happened to a booking after the batch that confirmed it. Of no effect when it never was.
#[derive(Debug)]
pub(crate) struct LedgerChange {
    pub(crate) id: BookingId,
    /// Other seats and their price.
    pub(crate) exchanged: Option<(Allocation, u64)>,
    pub(crate) cancelled_at: Option<TimeMs>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Sold(usize),
    Changed(usize),
}

impl LedgerBatch {
    pub(crate) fn of(partition: PartitionId, outcomes: &[&Outcome]) -> Self {
        let mut batch = Self::default();
        for outcome in outcomes {
            if let OutcomeBody::Done(Change::Booking(change)) = &outcome.body {
                batch.note(partition, outcome, change);
            }
        }
        batch
    }

    fn note(&mut self, partition: PartitionId, outcome: &Outcome, change: &BookingChange) {
        match (change.kind, change.before) {
            (BookingChangeKind::Confirmed, _) => self.sell(partition, outcome, change),
            (BookingChangeKind::Exchanged, Some(Status::Completed)) => self.exchange(change),
            (BookingChangeKind::Cancelled, Some(Status::Completed)) => self.cancel(change.booking.id, outcome.at),
            _ => {}
        }
    }

    fn sell(&mut self, partition: PartitionId, outcome: &Outcome, change: &BookingChange) {
        let booking = &change.booking;
        self.places.insert(booking.id, Place::Sold(self.sold.len()));
        self.sold.push(LedgerBooking {
            id: booking.id,
            event: booking.event,
            buyer: booking.buyer,
            holder: booking.holder.as_deref().map(str::to_owned),
            allocation: booking.allocation.clone(),
            total_price: booking.total_price,
            payment: booking.payment,
            status: Status::Completed,
            created_at: booking.created_at,
            confirmed_at: outcome.at,
            cancelled_at: None,
            captured_at: None,
            refunded_at: None,
            partition,
            outcome: outcome.number,
        });
    }

    fn exchange(&mut self, change: &BookingChange) {
        let booking = &change.booking;
        match self.place(booking.id) {
            Place::Sold(index) => {
                self.sold[index].allocation = booking.allocation.clone();
                self.sold[index].total_price = booking.total_price;
            }
            Place::Changed(index) => {
                self.changed[index].exchanged = Some((booking.allocation.clone(), booking.total_price));
            }
        }
    }

    fn cancel(&mut self, id: BookingId, at: TimeMs) {
        match self.place(id) {
            Place::Sold(index) => {
                self.sold[index].status = Status::Cancelled;
                self.sold[index].cancelled_at = Some(at);
            }
            Place::Changed(index) => self.changed[index].cancelled_at = Some(at),
        }
    }

    fn place(&mut self, id: BookingId) -> Place {
        *self.places.entry(id).or_insert_with(|| {
            self.changed.push(LedgerChange { id, exchanged: None, cancelled_at: None });
            Place::Changed(self.changed.len() - 1)
        })
    }
}

/// The first of `outcomes` that does not have the number after the one before it.
pub(crate) fn first_gap(after: OutcomeNumber, outcomes: &[&Outcome]) -> Option<(OutcomeNumber, OutcomeNumber)> {
    let mut due = after;
    for outcome in outcomes {
        due = due.next();
        if outcome.number != due {
            return Some((due, outcome.number));
        }
    }
    None
}
