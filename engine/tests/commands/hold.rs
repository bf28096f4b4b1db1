//! reserve, extend, cancel, pulse.

use crate::support::ask::{
    BUYER, OTHER, amend, area, best, booking, cancel, command, confirm, extend, named, reserve, reserve_for,
};
use crate::support::desk::{Desk, EVENT, OPENED_AT};
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::command::{BestAvailable, CommandBody, Wish};
use rowlock_engine::ids::{AreaId, SeatId, TimeMs};
use rowlock_engine::limits::{HOLD_MS_MAX, HOLD_MS_MIN};
use rowlock_engine::outcome::{BookingChangeKind as Kind, Change, Outcome, OutcomeBody};
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::SeatState;

fn allocation(desk: &Desk, id: u128) -> Allocation {
    desk.booking(id).unwrap().allocation
}

#[test]
fn named_seats_are_held_in_the_order_they_were_named_in() {
    let mut desk = Desk::open();
    let change = desk.changed(reserve(1, named(&[13, 0, 16])));
    assert_eq!((change.kind, change.released), (Kind::Reserved, None));
    let made = change.booking;
    assert_eq!((made.id, made.event, made.buyer, made.holder), (booking(1), EVENT, BUYER, None));
    assert_eq!(made.allocation, Allocation::Seats([13, 0, 16].map(SeatId).into_iter().collect()));
    assert_eq!((made.total_price, made.status, made.payment), (2500, Status::PendingPayment, None));
    assert_eq!((made.created_at, made.deadline), (TimeMs(OPENED_AT), TimeMs(OPENED_AT + 60_000)));
    assert!([13, 0, 16].iter().all(|seat| desk.state(*seat) == SeatState::Held));
}

#[test]
fn a_program_names_its_holder_and_its_own_hold() {
    for (hold_ms, expected) in [(None, 60_000), (Some(HOLD_MS_MIN), HOLD_MS_MIN), (Some(HOLD_MS_MAX), HOLD_MS_MAX)] {
        let mut desk = Desk::open();
        let mut body = reserve(1, best(1));
        let CommandBody::Reserve(wanted) = &mut body else { unreachable!() };
        (wanted.hold_ms, wanted.holder) = (hold_ms, Some("Ada".into()));
        let made = desk.changed(body).booking;
        assert_eq!((made.deadline, made.holder.as_deref()), (TimeMs(OPENED_AT + expected), Some("Ada")));
    }
}

#[test]
fn the_best_seats_and_places_are_held() {
    let mut desk = Desk::open();
    desk.done(reserve(1, best(2)));
    assert_eq!(allocation(&desk, 1), Allocation::Seats([12, 13].map(SeatId).into_iter().collect()));
    let made = desk.changed(reserve(2, area(0, 3))).booking;
    assert_eq!((made.allocation, made.total_price), (Allocation::Area { area: AreaId(0), quantity: 3 }, 900));
    let floor = desk.shard.event(EVENT).unwrap().seats().area_counts(AreaId(0));
    assert_eq!((floor.available, floor.held, floor.sold), (2, 3, 0));
}

#[test]
fn access_seats_are_for_who_asks_until_they_are_released() {
    let ordinary = Wish::Best(BestAvailable { quantity: 2, section: Some(0), ..Default::default() });
    let Wish::Best(filters) = &ordinary else { unreachable!() };
    let for_access = Wish::Best(BestAvailable { accessible: true, ..filters.clone() });
    let mut desk = Desk::open();
    desk.done(reserve(1, for_access));
    assert_eq!(allocation(&desk, 1), Allocation::Seats([0, 1].map(SeatId).into_iter().collect()));
    for id in 2..7 {
        desk.done(reserve(id, ordinary.clone()));
    }
    assert_eq!(desk.refused(reserve(7, ordinary.clone())), Refusal::SoldOut);
    desk.done(amend(|amend| amend.accessible_released = Some(true)));
    desk.done(reserve(7, ordinary));
    assert_eq!(allocation(&desk, 7), Allocation::Seats([6, 7].map(SeatId).into_iter().collect()));
}

#[test]
fn the_limit_a_buyer_counts_what_lives_in_all_bookings() {
    let mut desk = Desk::open();
    desk.done(amend(|amend| amend.tickets_per_buyer_max = Some(Some(4))));
    desk.done(reserve(1, best(2)));
    desk.done(reserve(2, area(0, 2)));
    desk.done(reserve_for(OTHER, 3, best(2)));
    assert!(matches!(desk.refused(reserve(4, best(1))), Refusal::LimitExceeded { max: 4, .. }));
    desk.done(confirm(1, None));
    assert!(matches!(desk.refused(reserve(4, best(1))), Refusal::LimitExceeded { .. }), "sold ones count");
    desk.done(cancel(2));
    desk.done(reserve(4, best(2)));
    desk.done(amend(|amend| amend.tickets_per_buyer_max = Some(Some(5))));
    desk.done(reserve(5, best(1)));
    desk.done(amend(|amend| amend.tickets_per_buyer_max = Some(None)));
    desk.done(reserve(6, best(4)));
    desk.done(amend(|amend| amend.tickets_per_buyer_max = Some(Some(10))));
    assert!(matches!(desk.refused(reserve(7, best(2))), Refusal::LimitExceeded { .. }), "9 are counted again");
    desk.wait(60_000);
    desk.done(reserve(8, best(2)));
}

#[test]
fn an_extension_counts_from_now_up_to_twice_the_hold() {
    // Waited, asked for, granted until after the reservation.
    let rows = [
        (20_000, None, Some(80_000)),
        (59_999, None, Some(119_999)),
        (0, Some(100_000), Some(100_000)),
        (0, Some(HOLD_MS_MAX), Some(120_000)),
        (30_000, Some(1_000), None),
        (0, Some(60_000), None),
        (0, Some(60_001), Some(60_001)),
    ];
    for (waited, asked, granted) in rows {
        let mut desk = Desk::open();
        desk.done(reserve(1, best(1)));
        desk.wait(waited);
        match granted {
            Some(ms) => {
                let deadline = TimeMs(OPENED_AT + ms);
                assert_eq!(desk.kind(extend(1, asked)), (Kind::Extended, Status::PendingPayment, deadline));
            }
            None => assert_eq!(desk.refused(extend(1, asked)), Refusal::ExtensionLimit, "after {waited}: {asked:?}"),
        }
    }
}

#[test]
fn an_extended_hold_ends_at_its_new_deadline_and_not_before() {
    let mut desk = Desk::open();
    desk.done(reserve(1, named(&[12])));
    desk.done(extend(1, Some(90_000)));
    assert_eq!(desk.wait(89_999).pulse().len(), 0);
    assert_eq!(desk.state(12), SeatState::Held);
    assert_eq!(desk.wait(1).pulse().len(), 1);
    assert_eq!(desk.state(12), SeatState::Available);
    assert_eq!(desk.booking(1).unwrap().status, Status::Expired);
}

#[test]
fn cancelling_gives_back_what_is_held_or_sold_once() {
    let mut desk = Desk::open();
    for (id, sold) in [(1, false), (2, true)] {
        desk.done(reserve(id, named(&[12, 13])));
        if sold {
            desk.done(confirm(id, None));
        }
        let change = desk.changed(cancel(id));
        assert_eq!((change.kind, change.booking.status), (Kind::Cancelled, Status::Cancelled));
        assert_eq!(change.released, Some(change.booking.allocation));
        assert_eq!((desk.state(12), desk.state(13)), (SeatState::Available, SeatState::Available));
        let touched = desk.shard.event(EVENT).unwrap().touched();
        let again = desk.changed(cancel(id));
        assert_eq!(desk.shard.event(EVENT).unwrap().touched(), touched, "nothing to write to a checkpoint");
        assert_eq!((again.kind, again.released), (Kind::Unchanged, None));
    }
    desk.done(reserve(3, area(1, 3)));
    desk.done(cancel(3));
    desk.done(reserve(4, area(1, 3)));
}

#[test]
fn holds_expire_by_the_logs_time_before_the_next_command_is_judged() {
    let mut desk = Desk::open();
    desk.done(reserve(2, named(&[13])));
    desk.done(reserve(1, named(&[12])));
    desk.wait(1).done(reserve(3, named(&[14])));
    desk.wait(59_999);
    // A stamp that goes back brings no time and takes none away.
    desk.now -= 50_000;
    assert_eq!(desk.pulse().len(), 0);
    desk.now += 50_000;
    let outcomes = desk.send(&command(EVENT, reserve_for(OTHER, 4, named(&[12, 13]))));
    let expired = |outcome: &Outcome| match &outcome.body {
        OutcomeBody::Done(Change::Booking(change)) => (change.kind, change.booking.id, outcome.correlation.is_some()),
        other => panic!("{other:?}"),
    };
    let found: Vec<_> = outcomes.iter().map(expired).collect();
    let (first, second) = ((Kind::Expired, booking(1), false), (Kind::Expired, booking(2), false));
    assert_eq!(found, [first, second, (Kind::Reserved, booking(4), true)]);
    assert!(outcomes.iter().all(|outcome| outcome.at == TimeMs(OPENED_AT + 60_000)));
}

#[test]
fn a_pulse_is_wanted_when_the_next_hold_falls_due() {
    let mut desk = Desk::open();
    assert_eq!(desk.shard.next_deadline(), None);
    desk.done(reserve(1, best(1)));
    assert_eq!(desk.shard.next_deadline(), Some(TimeMs(OPENED_AT + 60_000)));
    assert_eq!(desk.wait(60_000).pulse().len(), 1);
    assert_eq!(desk.shard.next_deadline(), None);
}

#[test]
fn a_stamp_that_goes_back_leaves_the_shards_time() {
    let mut desk = Desk::open();
    desk.wait(1_000).pulse();
    desk.now -= 5_000;
    let made = desk.changed(reserve(1, best(1))).booking;
    assert_eq!((made.created_at, made.deadline), (TimeMs(OPENED_AT + 1_000), TimeMs(OPENED_AT + 61_000)));
}
