//! The process dies between any two steps; the next one finishes the payment.

use crate::process::{Process, until};
use crate::{PATIENT, SHORT};
use rowlock::payments::PaymentMethod;
use rowlock::payments::provider::MoneyState::{Captured, Refunded, Voided};
use rowlock_engine::booking::{Booking, Status};
use std::path::Path;
use std::time::Duration;

/// A process that dies once money is set aside and nobody has been told.
fn dies_before_the_verdict(dir: &Path, timeout: Duration) -> Booking {
    let process = Process::start(dir, timeout);
    let booking = process.run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.provider.notices.close();
        world.start_paying(&booking, PaymentMethod::SimApprove, Some(1));
        until(async || world.provider.notices.reached() == 1).await;
        booking
    });
    process.die();
    booking
}

/// A process that dies once seats are sold and their money is not taken.
fn dies_before_the_capture(dir: &Path) -> Booking {
    let process = Process::start(dir, PATIENT);
    let booking = process.run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.provider.captures.close();
        world.start_paying(&booking, PaymentMethod::SimApprove, Some(1));
        until(async || world.provider.captures.reached() > 0).await;
        booking
    });
    process.die();
    booking
}

#[test]
fn money_set_aside_before_a_crash_buys_the_seats_that_still_wait_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let booking = dies_before_the_verdict(dir.path(), PATIENT);
    Process::start(dir.path(), PATIENT).run(async |world| {
        until(async || world.status(&booking).await == Status::Completed).await;
        assert_eq!(world.settled(&booking).await.money(), [Captured]);
        world.pay(&booking, PaymentMethod::SimApprove, Some(1)).await.unwrap();
        assert_eq!(world.settled(&booking).await.money(), [Captured]);
    });
}

#[test]
fn a_buyer_who_repeats_the_request_after_a_crash_has_paid_once() {
    let dir = tempfile::tempdir().unwrap();
    let booking = dies_before_the_verdict(dir.path(), PATIENT);
    Process::start(dir.path(), PATIENT).run(async |world| {
        world.pay(&booking, PaymentMethod::SimApprove, Some(1)).await.unwrap();
        assert_eq!(world.settled(&booking).await.money(), [Captured]);
    });
}

#[test]
fn money_set_aside_before_a_crash_is_let_go_when_the_seats_are_gone() {
    let dir = tempfile::tempdir().unwrap();
    let booking = dies_before_the_verdict(dir.path(), SHORT);
    let selling = Process::start_with(dir.path(), SHORT, false);
    let rival = selling.run(async |world| {
        until(async || world.status(&booking).await == Status::Expired).await;
        world.reserve(2, 0).await.unwrap()
    });
    selling.die();
    Process::start(dir.path(), SHORT).run(async |world| {
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Voided], Status::Failed));
        assert_eq!(world.status(&rival).await, Status::PendingPayment);
    });
}

#[test]
fn money_set_aside_before_a_crash_is_let_go_when_the_booking_is_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    let booking = dies_before_the_verdict(dir.path(), PATIENT);
    let selling = Process::start_with(dir.path(), PATIENT, false);
    selling.run(async |world| world.cancel(&booking).await.unwrap());
    selling.die();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Voided], Status::Cancelled));
    });
}

#[test]
fn seats_sold_before_a_crash_are_paid_for_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let booking = dies_before_the_capture(dir.path());
    Process::start(dir.path(), PATIENT).run(async |world| {
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Captured], Status::Completed));
    });
}

#[test]
fn seats_sold_before_a_crash_and_cancelled_after_it_cost_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let booking = dies_before_the_capture(dir.path());
    let selling = Process::start_with(dir.path(), PATIENT, false);
    selling.run(async |world| {
        world.cancel(&booking).await.unwrap();
        // A ledger that lags behind would have the money taken first, then refunded.
        until(async || world.recorded(&booking).await == Some(Status::Cancelled)).await;
    });
    selling.die();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Voided], Status::Cancelled));
    });
}

#[test]
fn money_to_be_given_back_before_a_crash_is_given_back_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let process = Process::start(dir.path(), PATIENT);
    let booking = process.run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.pay(&booking, PaymentMethod::SimApprove, None).await.unwrap();
        world.provider.returns.close();
        world.cancel(&booking).await.unwrap();
        until(async || world.provider.returns.reached() > 0).await;
        booking
    });
    process.die();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Refunded], Status::Cancelled));
    });
}

#[test]
fn a_payment_that_was_begun_and_never_asked_for_costs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let process = Process::start(dir.path(), SHORT);
    let booking = process.run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.start_paying(&booking, PaymentMethod::SimLate, None);
        until(async || world.boards.bookings.get(booking.id).unwrap().payment.is_some()).await;
        booking
    });
    process.die();
    Process::start(dir.path(), SHORT).run(async |world| {
        until(async || world.status(&booking).await == Status::Expired).await;
        assert!(world.settled(&booking).await.payments.is_empty());
        world.reserve(2, 0).await.unwrap();
    });
}
