//! Confirmed bookings, listed, and their money.

use super::fresh;
use crate::outcomes::{booking_id, cancelled, confirmed, seats};
use rowlock_engine::booking::Status;
use rowlock_engine::ids::{BookingId, BuyerId, EventId, OutcomeNumber, PartitionId, TimeMs};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::Ledger;
use rowlock_persistence::sql::{BookingFilter, Database, LedgerBooking};

const LATER: TimeMs = TimeMs(u64::MAX >> 1);
/// The buyer of bookings 3, 6, 9, …
const BUYER: BuyerId = BuyerId(u64::MAX);

async fn record(database: &Database, outcomes: &[Outcome]) {
    let after = OutcomeNumber(outcomes[0].number.0 - 1);
    database.record(PartitionId(1), after, outcomes).await.unwrap();
}

/// Bookings 1 to 30, five at a time confirmed in the same millisecond; then 6 cancelled.
async fn thirty_bookings(database: &Database) {
    let mut outcomes: Vec<_> = (1..=30).map(|n| confirmed(n, n, seats(&[1]))).collect();
    for outcome in &mut outcomes {
        outcome.at = TimeMs(outcome.number.0 / 5);
    }
    outcomes.push(cancelled(31, 6));
    record(database, &outcomes).await;
}

fn ids(bookings: &[LedgerBooking]) -> Vec<BookingId> {
    bookings.iter().map(|booking| booking.id).collect()
}

fn numbered(numbers: impl IntoIterator<Item = u64>) -> Vec<BookingId> {
    numbers.into_iter().map(booking_id).collect()
}

#[tokio::test]
async fn pages_hold_every_booking_of_the_buyer_once() {
    let (_directory, database) = fresh().await;
    thirty_bookings(&database).await;
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = ids(&database.bookings_of(BUYER, BookingFilter::default(), before, 2).await.unwrap());
        let Some(last) = page.last() else { break };
        before = Some(*last);
        seen.extend(page);
    }
    assert_eq!(seen, numbered((1..=10).rev().map(|n| n * 3)));
}

#[tokio::test]
async fn filters_leave_out_the_others() {
    let (_directory, database) = fresh().await;
    thirty_bookings(&database).await;
    let found = async |event: Option<u64>, status| -> Vec<BookingId> {
        let filter = BookingFilter { event: event.map(EventId), status };
        ids(&database.bookings_of(BUYER, filter, None, 100).await.unwrap())
    };
    assert_eq!(found(Some(1), None).await, numbered([21, 6]));
    assert_eq!(found(None, Some(Status::Cancelled)).await, numbered([6]));
    assert_eq!(found(Some(1), Some(Status::Completed)).await, numbered([21]));
    assert!(found(None, Some(Status::PendingPayment)).await.is_empty());
}

#[tokio::test]
async fn money_is_taken_once_and_given_back_once() {
    let (_directory, database) = fresh().await;
    // Even ones have a payment.
    record(&database, &(1..=8).map(|n| confirmed(n, n, seats(&[1]))).collect::<Vec<_>>()).await;
    assert_eq!(ids(&database.uncaptured(LATER, 3).await.unwrap()), numbered([2, 4, 6]));
    database.mark_captured(&numbered([2, 4]), TimeMs(5)).await.unwrap();
    database.mark_captured(&numbered([4]), TimeMs(6)).await.unwrap();
    assert_eq!(ids(&database.uncaptured(LATER, 100).await.unwrap()), numbered([6, 8]));
    assert_eq!(database.booking(booking_id(4)).await.unwrap().unwrap().captured_at, Some(TimeMs(5)));

    assert!(database.unrefunded(100).await.unwrap().is_empty());
    record(&database, &[cancelled(9, 2), cancelled(10, 6), cancelled(11, 1)]).await;
    let due = database.unrefunded(100).await.unwrap();
    let captured: Vec<_> = due.iter().map(|booking| booking.captured_at).collect();
    assert_eq!((ids(&due), captured), (numbered([2, 6]), vec![Some(TimeMs(5)), None]));
    assert_eq!(ids(&database.uncaptured(LATER, 100).await.unwrap()), numbered([8]));
    database.mark_refunded(&numbered([2, 6, 8]), TimeMs(7)).await.unwrap();
    assert!(database.unrefunded(100).await.unwrap().is_empty());
    assert_eq!(database.booking(booking_id(8)).await.unwrap().unwrap().refunded_at, None);
}

#[tokio::test]
async fn a_capture_noted_after_the_cancellation_is_not_lost() {
    let (_directory, database) = fresh().await;
    record(&database, &[confirmed(1, 2, seats(&[1])), cancelled(2, 2)]).await;
    database.mark_captured(&[booking_id(2)], TimeMs(9)).await.unwrap();
    let due = database.unrefunded(1).await.unwrap();
    assert_eq!(due[0].captured_at, Some(TimeMs(9)));
}
