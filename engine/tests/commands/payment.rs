//! begin_payment, end_payment, confirm: seats and money agree.

use crate::support::ask::{
    OTHER, amend, area, begin_payment, begin_payment_within, block, cancel, confirm, end_payment, named, payment,
    reserve, reserve_for,
};
use crate::support::desk::{Desk, OPENED_AT};
use rowlock_engine::booking::Status::{self, Completed, Expired, Failed, PendingPayment};
use rowlock_engine::command::CommandBody;
use rowlock_engine::ids::TimeMs;
use rowlock_engine::limits::ACCEPTED_KEPT_MS;
use rowlock_engine::outcome::BookingChangeKind as Kind;
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::SeatState;

/// Booking 1 holds seat 12, and the deadline is a minute after the opening.
fn held() -> Desk {
    let mut desk = Desk::open();
    desk.done(reserve(1, named(&[12])));
    desk
}

fn at(ms: u64) -> TimeMs {
    TimeMs(OPENED_AT + ms)
}

#[test]
fn the_hold_follows_the_payments_deadline_sooner_or_later() {
    for (waited, timeout, deadline) in [(0, 1, 1), (0, 30_000, 30_000), (50_000, 30_000, 80_000)] {
        let mut desk = held();
        desk.wait(waited);
        let begun = desk.changed(begin_payment_within(1, 1, timeout));
        assert_eq!((begun.kind, begun.booking.deadline), (Kind::PaymentBegun, at(deadline)));
        assert_eq!(begun.booking.payment, Some(payment(1)));
        desk.now = OPENED_AT + deadline - 1;
        assert_eq!(desk.pulse().len(), 0);
        assert_eq!(desk.wait(1).pulse().len(), 1, "expires at the payment's deadline");
    }
}

#[test]
fn a_payment_that_began_is_the_same_when_asked_again() {
    let mut desk = held();
    desk.done(begin_payment(1, 1));
    assert_eq!(desk.wait(10).kind(begin_payment(1, 1)), (Kind::Unchanged, PendingPayment, at(30_000)));
    desk.done(confirm(1, Some(1)));
    assert_eq!(desk.kind(begin_payment(1, 1)).0, Kind::Unchanged);
    assert_eq!(desk.refused(begin_payment(1, 2)), Refusal::WrongStatus { status: Completed });
}

#[test]
fn a_payment_without_money_gives_the_hold_its_own_deadline_back() {
    let mut desk = held();
    desk.done(begin_payment_within(1, 1, 90_000));
    assert_eq!(desk.kind(end_payment(1, 2)), (Kind::Unchanged, PendingPayment, at(90_000)), "not that payment");
    assert_eq!(desk.wait(10).kind(end_payment(1, 1)), (Kind::PaymentEnded, PendingPayment, at(60_000)));
    assert_eq!(desk.kind(end_payment(1, 1)), (Kind::Unchanged, PendingPayment, at(60_000)));
    desk.done(begin_payment_within(1, 2, 90_000));
    desk.wait(70_000);
    assert_eq!(desk.kind(end_payment(1, 2)), (Kind::PaymentEnded, PendingPayment, at(60_000)));
    assert_eq!(desk.state(12), SeatState::Held, "the command itself was in time");
    assert_eq!(desk.pulse().len(), 1, "the hold's own deadline has passed");
    assert_eq!(desk.refused(end_payment(1, 2)), Refusal::HoldExpired);
}

#[test]
fn confirming_sells_once() {
    for by in [None, Some(1)] {
        let mut desk = held();
        let sold = desk.changed(confirm(1, by));
        assert_eq!((sold.kind, sold.booking.status), (Kind::Confirmed, Completed));
        assert_eq!((sold.booking.payment, sold.released), (by.map(payment), None));
        assert_eq!(desk.state(12), SeatState::Sold);
        assert_eq!(desk.kind(confirm(1, by)).0, Kind::Unchanged);
        assert_eq!(desk.refused(confirm(1, Some(9))), Refusal::WrongStatus { status: Completed }, "paid twice");
        assert_eq!(desk.wait(1_000_000).pulse().len(), 0, "what is sold does not expire");
    }
}

#[test]
fn only_the_payment_under_way_confirms() {
    let mut desk = held();
    desk.done(begin_payment(1, 1));
    assert_eq!(desk.refused(confirm(1, Some(2))), Refusal::PaymentUnderWay);
    assert_eq!(desk.refused(confirm(1, None)), Refusal::PaymentUnderWay);
    assert_eq!(desk.kind(confirm(1, Some(1))).1, Completed);
}

/// A payment that comes after its deadline, and what has become of the seats by then.
#[test]
fn a_late_payment_takes_the_seats_again_if_they_are_free() {
    type Meanwhile = fn(&mut Desk);
    let rows: &[(&str, Meanwhile, Status)] = &[
        ("nothing", |_| {}, Completed),
        ("sold to another", |desk| drop(desk.done(reserve_for(OTHER, 2, named(&[12])))), Failed),
        (
            "held and given back",
            |desk| {
                desk.done(reserve(2, named(&[12])));
                desk.done(cancel(2));
            },
            Completed,
        ),
        ("blocked", |desk| drop(desk.done(block(&[12]))), Failed),
        ("closed", |desk| drop(desk.done(CommandBody::CloseSale)), Completed),
        (
            "the buyer's limit is used up",
            |desk| {
                desk.done(amend(|amend| amend.tickets_per_buyer_max = Some(Some(1))));
                desk.done(reserve(2, named(&[13])));
            },
            Failed,
        ),
    ];
    for (meanwhile, happens, status) in rows {
        let mut desk = held();
        desk.done(begin_payment(1, 1));
        desk.wait(30_000).pulse();
        assert_eq!(desk.booking(1).unwrap().status, Expired);
        happens(&mut desk);
        let kind = if *status == Completed { Kind::Confirmed } else { Kind::Failed };
        assert_eq!(desk.kind(confirm(1, Some(1))), (kind, *status, at(30_000)), "{meanwhile}");
        assert_eq!(desk.kind(confirm(1, Some(1))).0, Kind::Unchanged, "{meanwhile}: answered twice");
        let sold_late = *status == Completed;
        assert_eq!(desk.state(12) == SeatState::Sold, sold_late, "{meanwhile}");
    }
}

#[test]
fn late_places_are_sold_again_only_while_there_are_enough() {
    for (others, status) in [(1, Completed), (2, Failed)] {
        let mut desk = Desk::open();
        desk.done(reserve(1, area(1, 2)));
        desk.done(begin_payment(1, 1));
        desk.wait(30_000).done(reserve_for(OTHER, 2, area(1, others)));
        assert_eq!(desk.kind(confirm(1, Some(1))).1, status);
    }
}

#[test]
fn a_late_confirmation_without_the_payment_that_began_is_refused() {
    let mut desk = held();
    desk.done(begin_payment(1, 1));
    desk.wait(30_000);
    assert_eq!(desk.refused(confirm(1, Some(2))), Refusal::HoldExpired);
    assert_eq!(desk.refused(confirm(1, None)), Refusal::HoldExpired);
    assert_eq!(desk.state(12), SeatState::Available);
}

#[test]
fn a_booking_that_was_sold_late_can_be_cancelled_and_lives_until_then() {
    let mut desk = held();
    desk.done(begin_payment(1, 1));
    desk.wait(30_000).pulse();
    desk.done(confirm(1, Some(1)));
    // Its first end is forgotten with its day; the booking itself is not.
    desk.wait(2 * ACCEPTED_KEPT_MS).pulse();
    assert_eq!(desk.booking(1).unwrap().status, Completed);
    desk.done(cancel(1));
    assert_eq!(desk.state(12), SeatState::Available);
}
