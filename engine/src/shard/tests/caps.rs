//! The caps that are too high to be reached by asking.

use super::support::ask::{area, cancel, command, confirm, named, open_sale, reserve};
use super::support::desk::{Desk, EVENT, checkpoint};
use super::support::hall::{plain, terms};
use crate::ids::{BookingId, EventId, OutcomeNumber};
use crate::limits::{ACCEPTED_KEPT_MS, BOOKINGS_PER_PARTITION_MAX, ENDED_BOOKINGS_MAX};
use crate::refusal::Refusal;
use crate::shard::{Ended, Shard};
use uuid::Uuid;

/// Ends `count` bookings that never were, as if just now.
fn fill_ended(shard: &mut Shard, count: usize) {
    for number in 1..=count as u64 {
        let ended = Ended::new(EVENT, BookingId(Uuid::nil()), shard.now);
        shard.ended.insert(OutcomeNumber(shard.last_outcome.0 + number), ended);
    }
    shard.last_outcome.0 += count as u64;
    shard.bookings_total += count;
}

#[test]
fn ended_bookings_are_capped_and_the_first_to_end_is_forgotten_first() {
    let mut desk = Desk::open();
    for id in 1..=3 {
        desk.done(reserve(id, named(&[11 + id as u32])));
    }
    desk.done(cancel(2));
    desk.done(cancel(1));
    fill_ended(&mut desk.shard, ENDED_BOOKINGS_MAX - 2);
    assert_eq!((desk.shard.ended.len(), desk.shard.bookings_total()), (ENDED_BOOKINGS_MAX, ENDED_BOOKINGS_MAX + 1));
    desk.done(cancel(3));
    assert_eq!((desk.shard.ended.len(), desk.shard.bookings_total()), (ENDED_BOOKINGS_MAX, ENDED_BOOKINGS_MAX));
    assert_eq!([1, 2, 3].map(|id| desk.booking(id).is_some()), [true, false, true], "2 ended first");
    assert_eq!(desk.refused(cancel(2)), Refusal::UnknownBooking);
    desk.done(cancel(1));
}

#[test]
fn bookings_are_capped_living_and_ended_together() {
    let mut desk = Desk::open();
    desk.shard.bookings_total = BOOKINGS_PER_PARTITION_MAX - 1;
    desk.done(reserve(1, named(&[12])));
    let before = checkpoint(&desk.shard).chunks.split_off(1);
    assert_eq!(desk.refused(reserve(2, named(&[13]))), Refusal::TooManyBookings);
    assert_eq!(checkpoint(&desk.shard).chunks.split_off(1), before);
    desk.done(cancel(1));
    assert_eq!(desk.refused(reserve(2, named(&[13]))), Refusal::TooManyBookings, "an ended one is remembered");
    desk.wait(ACCEPTED_KEPT_MS).done(reserve(2, named(&[13])));
}

#[test]
fn a_full_partition_is_what_a_refusal_names_last() {
    let mut desk = Desk::open();
    desk.done(reserve(1, named(&[12])));
    desk.done(reserve(2, area(1, 3)));
    desk.shard.bookings_total = BOOKINGS_PER_PARTITION_MAX;
    assert!(matches!(desk.refused(reserve(3, named(&[12]))), Refusal::SeatsTaken { .. }));
    assert_eq!(desk.refused(reserve(3, area(1, 1))), Refusal::SoldOut);
    assert_eq!(desk.refused(reserve(1, named(&[13]))), Refusal::BookingExists);
}

#[test]
fn bookings_that_are_remembered_are_counted_over_all_events_and_after_a_restore() {
    let mut desk = Desk::open();
    desk.send(&command(EventId(2), open_sale(plain(1, 9), terms())));
    for id in 1..=4 {
        desk.send(&command(EventId(2), reserve(id, named(&[id as u32]))));
        desk.done(reserve(id, named(&[11 + id as u32])));
    }
    desk.done(cancel(1));
    desk.done(confirm(2, None));
    assert_eq!(desk.shard.bookings_total(), 8);
    let restored = Shard::restore(&checkpoint(&desk.shard)).unwrap();
    assert_eq!((restored.bookings_total(), restored.ended.len()), (8, 1));
}
