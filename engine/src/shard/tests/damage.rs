//! Checkpoints that contradict themselves: errors, whatever the contradiction.

use super::support::ask::booking;
use super::support::busy::busy;
use super::support::desk::{EVENT, checkpoint};
use crate::booking::Allocation;
use crate::ids::{AreaId, OutcomeNumber, SeatId};
use crate::seat_map::SeatState;
use crate::shard::snapshot::SnapshotError;
use crate::shard::{Event, Shard};

#[test]
fn rules_that_this_build_does_not_know_are_named() {
    let mut desk = busy();
    desk.shard.rules = 9;
    let error = Shard::restore(&checkpoint(&desk.shard)).unwrap_err();
    assert_eq!(error, SnapshotError::UnknownRules { found: 9 });
}

/// An event and how it contradicts itself.
type Contradiction = (&'static str, fn(&mut Event));

fn set(event: &mut Event, seat: u32, state: SeatState) {
    let map = event.map.clone();
    event.seats.set(&map, SeatId(seat), state);
}

const CONTRADICTIONS: &[Contradiction] = &[
    ("a held seat without a booking", |event| set(event, 2, SeatState::Held)),
    ("a sold seat without a booking", |event| set(event, 2, SeatState::Sold)),
    ("a booking without its seat", |event| set(event, 14, SeatState::Available)),
    ("a booking whose seat is sold", |event| set(event, 14, SeatState::Sold)),
    ("places without a booking", |event| {
        event.seats.move_area(AreaId(1), SeatState::Available, SeatState::Held, 1);
    }),
    ("places of another area", |event| {
        event.seats.move_area(AreaId(0), SeatState::Sold, SeatState::Available, 2);
        event.seats.move_area(AreaId(1), SeatState::Available, SeatState::Sold, 2);
    }),
    ("two bookings of one seat", |event| allocate(event, 3, &[14, 15])),
    ("one seat twice in a booking", |event| allocate(event, 1, &[14, 14])),
    ("a seat that is not there, in an ended booking", |event| allocate(event, 4, &[1_000])),
    ("an area that is not there, in an ended booking", |event| {
        let allocation = Allocation::Area { area: AreaId(9), quantity: 1 };
        event.bookings.get_mut(booking(4)).unwrap().allocation = allocation;
    }),
    ("more places than can be", |event| {
        for id in [1, 3] {
            let allocation = Allocation::Area { area: AreaId(0), quantity: u32::MAX };
            event.bookings.get_mut(booking(id)).unwrap().allocation = allocation;
        }
    }),
    ("a booking that lives and has ended", |event| {
        event.bookings.get_mut(booking(1)).unwrap().ended = OutcomeNumber(3);
    }),
    ("a booking that has ended without an outcome", |event| {
        event.bookings.get_mut(booking(4)).unwrap().ended = OutcomeNumber(0);
    }),
    ("a booking that ended in the future", |event| {
        event.bookings.get_mut(booking(4)).unwrap().ended = OutcomeNumber(99);
    }),
    ("an event that changed in the future", |event| event.touched = OutcomeNumber(99)),
    ("terms that are not valid", |event| event.terms.hold_ms = 0),
];

fn allocate(event: &mut Event, id: u128, seats: &[u32]) {
    let seats = seats.iter().copied().map(SeatId).collect();
    event.bookings.get_mut(booking(id)).unwrap().allocation = Allocation::Seats(seats);
}

#[test]
fn an_event_that_contradicts_itself_is_not_restored() {
    for (name, contradict) in CONTRADICTIONS {
        let mut desk = busy();
        contradict(desk.shard.events.get_mut(&EVENT).unwrap());
        let result = Shard::restore(&checkpoint(&desk.shard));
        assert!(matches!(result, Err(SnapshotError::Inconsistent { .. })), "{name}: {:?}", result.err());
    }
}
