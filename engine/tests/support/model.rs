//! What outcomes alone say of seats and bookings, kept in the plainest way there is.

use rowlock_engine::booking::{Allocation, Booking, Status};
use rowlock_engine::ids::{AreaId, BookingId, EventId, OutcomeNumber, SeatId};
use rowlock_engine::outcome::{BookingChangeKind, Change, Outcome, OutcomeBody};
use rowlock_engine::seat_map::SeatState;
use rowlock_engine::shard::{Event, Shard};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Model {
    last: OutcomeNumber,
    bookings: BTreeMap<(EventId, BookingId), Booking>,
    blocked: BTreeMap<(EventId, SeatId), ()>,
}

impl Model {
    /// Takes in one outcome: numbers without a gap, and nothing that is anybody's is given to another.
    pub fn see(&mut self, outcome: &Outcome) {
        assert_eq!(outcome.number, self.last.next(), "outcomes are numbered without a gap");
        self.last = outcome.number;
        let OutcomeBody::Done(change) = &outcome.body else { return };
        match change {
            Change::Booking(change) => {
                let known = self.bookings.insert((outcome.event, change.booking.id), change.booking.clone());
                assert_eq!(
                    known.map(|known| known.status),
                    change.before,
                    "an outcome says what was before: {change:?}"
                );
                let starts = change.kind == BookingChangeKind::Reserved;
                assert_eq!(starts, change.before.is_none(), "only a reservation begins");
            }
            Change::Blocked { seats } => seats.iter().for_each(|seat| {
                assert!(self.blocked.insert((outcome.event, *seat), ()).is_none(), "{seat} is blocked twice");
            }),
            Change::Unblocked { seats } => seats.iter().for_each(|seat| {
                assert!(self.blocked.remove(&(outcome.event, *seat)).is_some(), "{seat} was not blocked");
            }),
            _ => {}
        }
    }

    /// Compares every seat, place and booking with the shard's.
    pub fn check(&self, shard: &Shard) {
        for event in shard.events() {
            self.check_event(event);
        }
    }

    fn check_event(&self, event: &Event) {
        let (mut owners, mut places) = (BTreeMap::new(), BTreeMap::<(AreaId, SeatState), u32>::new());
        let living = self.bookings.iter().filter(|((of, _), booking)| *of == event.id() && booking.status.is_living());
        for ((_, id), booking) in living {
            let state = if booking.status == Status::Completed { SeatState::Sold } else { SeatState::Held };
            match &booking.allocation {
                Allocation::Seats(seats) => seats.iter().for_each(|seat| {
                    let other = owners.insert(*seat, (*id, state));
                    assert!(other.is_none(), "seat {seat} belongs to {id} and {other:?}");
                }),
                Allocation::Area { area, quantity } => *places.entry((*area, state)).or_default() += quantity,
            }
        }
        let map = event.seat_map();
        for seat in (0..map.positions()).map(SeatId).filter(|seat| map.exists(*seat)) {
            let blocked = self.blocked.contains_key(&(event.id(), seat)).then_some(SeatState::Blocked);
            let expected = owners.get(&seat).map(|(_, state)| *state).or(blocked).unwrap_or(SeatState::Available);
            assert_eq!(event.seats().state(seat), expected, "event {}: seat {seat}", event.id());
        }
        for area in (0..u16::try_from(map.area_count()).unwrap()).map(AreaId) {
            let counts = event.seats().area_counts(area);
            let taken = |state| places.get(&(area, state)).copied().unwrap_or(0);
            assert_eq!((counts.held, counts.sold), (taken(SeatState::Held), taken(SeatState::Sold)));
            assert_eq!(counts.available + counts.held + counts.sold, map.area_capacity(area));
        }
        let mine = |booking: &Booking| self.bookings.get(&(event.id(), booking.id)) == Some(booking);
        assert!(event.bookings().all(|booking| mine(&booking)), "the shard's bookings are the outcomes'");
    }
}
