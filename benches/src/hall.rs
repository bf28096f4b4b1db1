//! Events of a given size, and a partition that sells them.

use rowlock_engine::command::{Command, CommandBody, OpenSale, SaleTerms};
use rowlock_engine::ids::{CorrelationId, EventId, Offset, PartitionId, TimeMs};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::seat_map::spec::{RowsSpec, SeatMapSpec, SectionSpec, SubsectionSpec};
use rowlock_engine::shard::{Shard, Stamp};
use std::sync::Arc;

/// Seats of one section.
pub const SECTION_SEATS: u32 = SUBSECTIONS * ROWS * ROW_SEATS;
const SUBSECTIONS: u32 = 5;
const ROWS: u32 = 25;
const ROW_SEATS: u32 = 40;
const START: TimeMs = TimeMs(1_800_000_000_000);
/// How busy the partition is: no hold of ten minutes ends within a run.
const RECORDS_PER_MS: u64 = 10;

/// A hall of that many seats (a multiple of [`SECTION_SEATS`]): rows of 40, a few accessible seats in each front row.
#[must_use]
pub fn hall(seats: u32) -> SeatMapSpec {
    let rows = |first_row, count, accessible, companion| RowsSpec {
        first_row,
        count,
        seats: ROW_SEATS,
        missing: Vec::new(),
        accessible,
        companion,
    };
    let subsection = |number| SubsectionSpec {
        number,
        rows: vec![rows(1, 1, vec![1, 40], vec![2, 39]), rows(2, ROWS - 1, Vec::new(), Vec::new())],
    };
    let section = |index: u32| SectionSpec {
        name: format!("S{index}"),
        price: u64::from(20_000 - 100 * index),
        focal_point: None,
        subsections: (1..=SUBSECTIONS).map(subsection).collect(),
    };
    SeatMapSpec { sections: (0..seats / SECTION_SEATS).map(section).collect(), areas: Vec::new() }
}

fn terms() -> SaleTerms {
    SaleTerms {
        opens_at: None,
        hold_ms: 600_000,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: true,
        refunds: true,
    }
}

/// Where and when the log puts the record of that offset.
#[must_use]
pub fn stamp(offset: Offset) -> Stamp {
    Stamp { offset, at: START.plus_ms(offset.0 / RECORDS_PER_MS) }
}

/// The command that opens the sale of an event in that hall.
#[must_use]
pub fn open(event: EventId, seat_map: SeatMapSpec) -> Command {
    let open = OpenSale { seat_map: Arc::new(seat_map), terms: terms() };
    Command { event, request: None, correlation: CorrelationId(0), body: CommandBody::OpenSale(open) }
}

/// A partition with one event for each number, each of that many seats.
#[must_use]
pub fn partition(events: std::ops::Range<u64>, seats: u32) -> Shard {
    let mut shard = Shard::new(PartitionId(0));
    for event in events {
        apply(&mut shard, open(EventId(event), hall(seats)));
    }
    shard
}

/// Applies a command as the next record.
///
/// # Panics
/// If the shard has a fault, or the command has not exactly one outcome.
pub fn apply(shard: &mut Shard, command: Command) -> Outcome {
    let mut outcomes = Vec::with_capacity(1);
    shard.apply(stamp(shard.next_offset()), command, &mut outcomes).expect("records come in order");
    assert_eq!(outcomes.len(), 1, "one outcome a command: nothing falls due in a bench");
    outcomes.remove(0)
}
