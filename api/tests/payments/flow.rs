//! One process that lives: every way a payment can go.

use crate::process::{Process, until};
use crate::{PATIENT, SHORT};
use rowlock::http::time::now;
use rowlock::payments::provider::MoneyState::{Captured, Declined, Refunded, Voided};
use rowlock::payments::provider::PaymentProvider;
use rowlock::payments::{PayError, Payment, PaymentMethod};
use rowlock_engine::booking::Status;
use rowlock_engine::refusal::Refusal;
use std::time::Duration;

const CANCELLED: PayError = PayError::Refused(Refusal::WrongStatus { status: Status::Cancelled });

#[test]
fn an_approved_payment_sells_the_seats_and_is_answered_the_same_again() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        let paid = world.pay(&booking, PaymentMethod::SimApprove, Some(1)).await.unwrap();
        assert_eq!(world.settled(&booking).await.money(), [Captured]);
        assert_eq!(world.pay(&booking, PaymentMethod::SimApprove, Some(1)).await, Ok(paid));
        let again = world.pay(&booking, PaymentMethod::SimApprove, Some(2)).await;
        assert_eq!(again, Err(PayError::Refused(Refusal::WrongStatus { status: Status::Completed })));
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Captured], Status::Completed));
    });
}

#[test]
fn a_declined_payment_leaves_the_hold_to_be_paid_for_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        for _ in 0..2 {
            assert_eq!(world.pay(&booking, PaymentMethod::SimDecline, Some(1)).await, Err(PayError::Declined));
        }
        let held = world.boards.bookings.get(booking.id).unwrap();
        assert_eq!((held.status, held.deadline, held.payment), (Status::PendingPayment, booking.deadline, None));
        assert_eq!(world.settled(&booking).await.money(), [Declined]);
        world.pay(&booking, PaymentMethod::SimApprove, None).await.unwrap();
        assert_eq!(world.settled(&booking).await.money(), [Declined, Captured]);
    });
}

#[test]
fn a_slow_verdict_comes_before_the_deadline() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), Duration::from_secs(2)).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        let begun = now();
        let paid = world.pay(&booking, PaymentMethod::SimSlow, None).await.unwrap();
        let deadline = world.boards.bookings.get(booking.id).unwrap().deadline;
        assert!(begun.plus_ms(500) < paid.at && paid.at < deadline);
        assert_eq!(world.settled(&booking).await.status, Status::Completed);
    });
}

#[test]
fn a_late_verdict_takes_the_seats_again_if_they_are_free() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), SHORT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        let mut changes = world.boards.bookings.streams.open(booking.buyer).unwrap();
        world.pay(&booking, PaymentMethod::SimLate, None).await.unwrap();
        assert_eq!(world.settled(&booking).await.money(), [Captured]);
        let mut seen = Vec::new();
        while let Ok((_, booking)) = changes.try_recv() {
            seen.push(booking.status);
        }
        assert_eq!(seen, [Status::PendingPayment, Status::Expired, Status::Completed]);
    });
}

#[test]
fn a_late_verdict_is_given_back_if_the_seats_are_gone() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), SHORT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.provider.notices.close();
        let paying = world.start_paying(&booking, PaymentMethod::SimLate, None);
        until(async || world.status(&booking).await == Status::Expired).await;
        let rival = world.reserve(2, 0).await.unwrap();
        world.provider.notices.open();
        assert_eq!(paying.await.unwrap(), Err(PayError::Refused(Refusal::HoldExpired)));
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Voided], Status::Failed));
        assert_eq!(world.status(&rival).await, Status::PendingPayment);
    });
}

#[test]
fn a_verdict_that_is_told_twice_takes_the_money_once() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.pay(&booking, PaymentMethod::SimTwice, None).await.unwrap();
        // Both are acted upon: each asks the provider for the money.
        until(async || world.provider.notices.reached() == 2 && world.provider.captures.reached() >= 2).await;
        assert_eq!(world.settled(&booking).await.money(), [Captured]);
    });
}

#[test]
fn a_cancelled_booking_is_refunded_and_not_paid_for_again() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.pay(&booking, PaymentMethod::SimApprove, Some(1)).await.unwrap();
        assert_eq!(world.cancel(&booking).await.unwrap().status, Status::Cancelled);
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Refunded], Status::Cancelled));
        assert_eq!(world.pay(&booking, PaymentMethod::SimApprove, Some(1)).await, Err(CANCELLED));
        assert_eq!(world.settled(&booking).await.money(), [Refunded]);
    });
}

#[test]
fn one_of_two_payments_at_once_goes_through_and_the_other_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.provider.notices.close();
        let first = world.start_paying(&booking, PaymentMethod::SimApprove, Some(1));
        until(async || world.provider.notices.reached() == 1).await;
        let second = world.pay(&booking, PaymentMethod::SimApprove, Some(2)).await;
        assert_eq!(second, Err(PayError::Refused(Refusal::PaymentUnderWay)));
        let repeated = world.start_paying(&booking, PaymentMethod::SimApprove, Some(1));
        until(async || world.provider.notices.reached() == 2).await;
        world.provider.notices.open();
        let paid = first.await.unwrap().unwrap();
        assert_eq!(repeated.await.unwrap(), Ok(paid));
        assert_eq!(world.settled(&booking).await.money(), [Captured]);
    });
}

#[test]
fn a_cancellation_before_the_verdict_lets_the_money_go() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.provider.notices.close();
        let paying = world.start_paying(&booking, PaymentMethod::SimApprove, None);
        until(async || world.provider.notices.reached() == 1).await;
        world.cancel(&booking).await.unwrap();
        world.provider.notices.open();
        assert_eq!(paying.await.unwrap(), Err(CANCELLED));
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.row), (vec![Voided], None));
    });
}

#[test]
fn a_cancellation_between_sale_and_capture_lets_the_money_go() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.provider.captures.close();
        let paying = world.start_paying(&booking, PaymentMethod::SimApprove, None);
        until(async || world.provider.captures.reached() > 0).await;
        world.cancel(&booking).await.unwrap();
        let picture = world.settled(&booking).await;
        assert_eq!((picture.money(), picture.status), (vec![Voided], Status::Cancelled));
        world.provider.captures.open();
        assert_eq!(paying.await.unwrap(), Err(CANCELLED));
        assert_eq!(world.settled(&booking).await.money(), [Voided]);
    });
}

#[test]
fn seats_that_were_sold_for_no_money_come_back() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.provider.captures.close();
        let paying = world.start_paying(&booking, PaymentMethod::SimApprove, Some(1));
        until(async || world.provider.captures.reached() > 0).await;
        // The provider lets the money go by itself, as providers do when nobody takes it for long.
        world.provider.inner.void(Payment::id(booking.id, Some(1))).await.unwrap();
        world.provider.captures.open();
        assert_eq!(paying.await.unwrap(), Err(CANCELLED));
        until(async || world.status(&booking).await == Status::Cancelled).await;
        assert_eq!(world.settled(&booking).await.money(), [Voided]);
    });
}

#[test]
fn a_buyer_who_hangs_up_has_paid_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), PATIENT).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        world.provider.orders.close();
        let paying = world.start_paying(&booking, PaymentMethod::SimApprove, None);
        until(async || world.provider.orders.reached() == 1).await;
        paying.abort();
        assert!(paying.await.unwrap_err().is_cancelled());
        world.provider.orders.open();
        until(async || world.status(&booking).await == Status::Completed).await;
        assert_eq!(world.settled(&booking).await.money(), [Captured]);
    });
}

#[test]
fn a_stop_waits_for_payments_under_way_and_takes_no_more() {
    let dir = tempfile::tempdir().unwrap();
    Process::start(dir.path(), Duration::from_secs(2)).run(async |world| {
        let booking = world.reserve(1, 0).await.unwrap();
        let paying = world.start_paying(&booking, PaymentMethod::SimSlow, None);
        until(async || world.boards.bookings.get(booking.id).unwrap().payment.is_some()).await;
        world.payments.as_ref().unwrap().stop(PATIENT).await;
        assert!(paying.await.unwrap().is_ok());
        assert_eq!(world.status(&booking).await, Status::Completed);
        let other = world.reserve(1, 1).await.unwrap();
        assert_eq!(world.pay(&other, PaymentMethod::SimApprove, None).await, Err(PayError::Stopping));
    });
}
