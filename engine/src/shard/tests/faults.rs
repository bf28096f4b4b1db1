//! A decision that panics leaves the state whole; a commit that panics is not caught.

use super::support::ask::{best, cancel, command, named, open_sale, request, reserve};
use super::support::desk::{Desk, EVENT, checkpoint};
use super::support::hall::{hall, plain, terms};
use crate::command::{Command, CommandBody};
use crate::ids::{EventId, PartitionId};
use crate::limits::BOOKINGS_PER_PARTITION_MAX;
use crate::outcome::{Answer, Change, OutcomeBody};
use crate::refusal::Refusal;
use crate::seat_map::{SeatMap, Seats};
use crate::shard::Shard;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Breaks an invariant of the event, so that a decision about its later seats panics: it is given the seats of a smaller map.
fn corrupt(shard: &mut Shard) {
    let smaller = SeatMap::build(Arc::new(plain(1, 1))).unwrap();
    shard.events.get_mut(&EVENT).unwrap().seats = Seats::new(&smaller);
}

#[test]
fn a_decision_that_panics_leaves_every_byte_of_the_state() {
    let mut desk = Desk::open();
    desk.done(reserve(1, best(2)));
    let before = checkpoint(&desk.shard);
    let carried =
        desk.shard.carry_out::<()>(|_| panic!("a fault in a rule"), |_, ()| unreachable!("nothing was decided"));
    assert_eq!(carried, Err(Refusal::Internal));
    assert_eq!(checkpoint(&desk.shard), before);
}

#[test]
fn a_panic_in_decide_is_a_refusal_and_the_shard_goes_on() {
    let mut desk = Desk::open();
    desk.send(&command(EventId(2), open_sale(hall(), terms())));
    corrupt(&mut desk.shard);
    desk.shard.bookings_total = BOOKINGS_PER_PARTITION_MAX;
    let before = checkpoint(&desk.shard).chunks.split_off(1);
    let broken = Command { request: request(1, 1), ..command(EVENT, reserve(1, named(&[19]))) };
    let OutcomeBody::Refused(refused) = desk.ask_as(&broken) else { panic!("it is refused") };
    assert_eq!(refused.refusal, Refusal::Internal, "before all others");
    assert_eq!(checkpoint(&desk.shard).chunks.split_off(1), before);
    assert_eq!(desk.repeated(&broken), Answer::Refused(refused), "it is an answer like any other");
    desk.shard.bookings_total = 0;
    let other = command(EventId(2), reserve(1, best(2)));
    assert!(matches!(desk.ask_as(&other), OutcomeBody::Done(_)));
    assert_eq!(desk.outcomes.last().unwrap().number.0, desk.outcomes.len() as u64);
}

#[test]
fn a_panic_in_commit_is_not_caught() {
    let mut shard = Shard::new(PartitionId(0));
    let carried = catch_unwind(AssertUnwindSafe(|| {
        shard.carry_out(|_| Ok(()), |_, ()| -> Change { panic!("a broken invariant") })
    }));
    assert!(carried.is_err());
}

#[test]
fn a_pulse_with_a_request_id_has_no_outcome() {
    let mut desk = Desk::open();
    let pulse = Command { request: request(1, 1), ..command(EVENT, CommandBody::Pulse) };
    assert_eq!((desk.send(&pulse), desk.send(&pulse)), (Vec::new(), Vec::new()));
    // Nor is it remembered as one.
    let asked = Command { request: request(1, 2), ..command(EVENT, cancel(1)) };
    let OutcomeBody::Refused(refused) = desk.ask_as(&asked) else { panic!("it is refused") };
    assert_eq!(refused.refusal, Refusal::UnknownBooking);
}
