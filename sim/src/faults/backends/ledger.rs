//! One partition's confirmed bookings: a batch and the position in one transaction, guarded by the number before it.

use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::ids::{BookingId, EventId, OutcomeNumber, PartitionId};
use rowlock_engine::outcome::{BookingChangeKind as Kind, Change, Outcome, OutcomeBody};
use rowlock_engine::ports::LedgerError;
use std::collections::BTreeMap;

/// A confirmed booking as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub allocation: Allocation,
    pub status: Status,
    /// How often it was confirmed.
    pub confirmed: u32,
}

/// One partition of the ledger.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    position: u64,
    rows: BTreeMap<(EventId, BookingId), Row>,
}

impl Ledger {
    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn rows(&self) -> &BTreeMap<(EventId, BookingId), Row> {
        &self.rows
    }

    /// Records outcomes after `after`; `is_guarded` is what every ledger is.
    pub fn record(
        &mut self,
        partition: PartitionId,
        after: u64,
        outcomes: &[Outcome],
        is_guarded: bool,
    ) -> Result<(), LedgerError> {
        if self.position != after && is_guarded {
            let (expected, actual) = (OutcomeNumber(after), OutcomeNumber(self.position));
            return Err(LedgerError::OutOfOrder { partition, expected, actual });
        }
        for outcome in outcomes {
            if let OutcomeBody::Done(Change::Booking(change)) = &outcome.body {
                let row = self.rows.get_mut(&(outcome.event, change.booking.id));
                let allocation = change.booking.allocation.clone();
                match (change.kind, row) {
                    (Kind::Confirmed, None) => {
                        let row = Row { allocation, status: Status::Completed, confirmed: 1 };
                        self.rows.insert((outcome.event, change.booking.id), row);
                    }
                    (Kind::Confirmed, Some(row)) => row.confirmed += 1,
                    (Kind::Cancelled | Kind::Exchanged, Some(row)) => {
                        (row.allocation, row.status) = (allocation, change.booking.status);
                    }
                    _ => {}
                }
            }
            self.position = outcome.number.0;
        }
        Ok(())
    }
}
