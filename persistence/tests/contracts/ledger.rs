//! What every ledger must do, whatever it is made of.

use crate::outcomes::{
    booking_id, cancelled, changed, confirmations, confirmed, exchanged, outcome, places, reserved, seats, time_of,
};
use rowlock_engine::booking::Status;
use rowlock_engine::ids::{BookingId, OutcomeNumber, PartitionId};
use rowlock_engine::outcome::{Answer, BookingChangeKind, Change, OutcomeBody, Refused};
use rowlock_engine::ports::{Ledger, LedgerError};
use rowlock_engine::refusal::Refusal;
use rowlock_persistence::sql::{LedgerBooking, LedgerTotals};

pub const P: PartitionId = PartitionId(3);

/// A ledger with a place of its own, which it can be opened on again.
pub trait Backend {
    type Ledger: Ledger + Clone;
    async fn fresh() -> Self;
    async fn open(&self) -> Self::Ledger;
    async fn close(ledger: Self::Ledger);
    async fn booking(ledger: &Self::Ledger, id: BookingId) -> Option<LedgerBooking>;
    async fn totals(ledger: &Self::Ledger) -> LedgerTotals;
}

/// Makes a test of every clause of the contract for one backend.
macro_rules! ledger_contract {
    ($backend:ty: $($clause:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $clause() {
            $crate::ledger::$clause::<$backend>().await;
        })*
    };
}
pub(crate) use ledger_contract;

pub fn at(number: u64) -> OutcomeNumber {
    OutcomeNumber(number)
}

fn out_of_order(expected: u64, actual: u64) -> Result<(), LedgerError> {
    Err(LedgerError::OutOfOrder { partition: P, expected: at(expected), actual: at(actual) })
}

pub async fn a_batch_must_follow_the_position<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    assert_eq!(ledger.position(P).await, Ok(at(0)));
    assert_eq!(ledger.record(P, at(5), &confirmations(6, 7)).await, out_of_order(5, 0));
    assert_eq!(ledger.record(P, at(0), &confirmations(1, 3)).await, Ok(()));
    assert_eq!(ledger.record(P, at(4), &confirmations(5, 6)).await, out_of_order(4, 3));
    assert_eq!(ledger.record(P, at(2), &confirmations(3, 4)).await, out_of_order(2, 3));
    assert_eq!(ledger.position(P).await, Ok(at(3)));
    assert_eq!(B::totals(&ledger).await.completed, 3);
}

pub async fn the_same_batch_is_taken_once<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    let batch = confirmations(1, 4);
    assert_eq!(ledger.record(P, at(0), &batch).await, Ok(()));
    assert_eq!(ledger.record(P, at(0), &batch).await, out_of_order(0, 4));
    assert_eq!(B::totals(&ledger).await, LedgerTotals { completed: 4, cancelled: 0, tickets: 4 });
}

pub async fn a_gap_is_refused<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    let mut batch = confirmations(1, 4);
    batch.remove(2);
    assert!(matches!(ledger.record(P, at(0), &batch).await, Err(LedgerError::Backend(_))));
    assert_eq!(ledger.position(P).await, Ok(at(0)));
    assert_eq!(B::totals(&ledger).await.completed, 0);
}

pub async fn an_empty_batch_moves_nothing<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    assert_eq!(ledger.record(P, at(0), &[]).await, Ok(()));
    assert_eq!(ledger.record(P, at(1), &[]).await, out_of_order(1, 0));
    assert_eq!(ledger.position(P).await, Ok(at(0)));
}

pub async fn what_is_sold_is_written_whole<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    let batch = [confirmed(1, 6, seats(&[9, 4, 199_999])), confirmed(2, 7, places(3))];
    ledger.record(P, at(0), &batch).await.unwrap();
    for (outcome, n) in batch.iter().zip([6, 7]) {
        let OutcomeBody::Done(Change::Booking(change)) = &outcome.body else { unreachable!() };
        let sold = &change.booking;
        let expected = LedgerBooking {
            id: sold.id,
            event: sold.event,
            buyer: sold.buyer,
            holder: sold.holder.as_deref().map(String::from),
            allocation: sold.allocation.clone(),
            total_price: sold.total_price,
            payment: sold.payment,
            status: Status::Completed,
            created_at: sold.created_at,
            confirmed_at: outcome.at,
            cancelled_at: None,
            captured_at: None,
            refunded_at: None,
            partition: P,
            outcome: outcome.number,
        };
        assert_eq!(B::booking(&ledger, booking_id(n)).await, Some(expected));
    }
}

pub async fn what_is_not_sold_is_not_written<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    let pending = |number, kind| {
        let booking = crate::outcomes::booking(number, seats(&[1]), Status::PendingPayment);
        changed(number, kind, booking)
    };
    let refused = Refused { refusal: Refusal::SoldOut, booking: None };
    let OutcomeBody::Done(sold) = confirmed(5, 5, seats(&[1])).body else { unreachable!() };
    let batch = [
        reserved(1, 1),
        pending(2, BookingChangeKind::Exchanged),
        cancelled(3, 1),
        outcome(4, OutcomeBody::Refused(refused)),
        outcome(5, OutcomeBody::Repeated(Box::new(Answer::Done(sold)))),
        pending(6, BookingChangeKind::Unchanged),
        outcome(7, OutcomeBody::Done(Change::SaleClosed)),
    ];
    assert_eq!(ledger.record(P, at(0), &batch).await, Ok(()));
    assert_eq!(ledger.position(P).await, Ok(at(7)));
    assert_eq!(B::totals(&ledger).await, LedgerTotals::default());
}

pub async fn exchanges_and_cancellations_change_the_row<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    // 1 changes in the batch that sells it, 2 in a later one, 3 was held, given back and sold late after all.
    let first = [
        confirmed(1, 1, seats(&[1, 2])),
        exchanged(2, 1, places(5)),
        cancelled(3, 1),
        confirmed(4, 2, places(2)),
        cancelled(5, 3),
        confirmed(6, 3, seats(&[8])),
    ];
    ledger.record(P, at(0), &first).await.unwrap();
    ledger.record(P, at(6), &[exchanged(7, 2, seats(&[3, 4, 5]))]).await.unwrap();
    let two = B::booking(&ledger, booking_id(2)).await.unwrap();
    assert_eq!((two.status, two.allocation, two.total_price), (Status::Completed, seats(&[3, 4, 5]), 7_500));
    ledger.record(P, at(7), &[cancelled(8, 2)]).await.unwrap();
    for (n, allocation, cancelled_at) in [(1, places(5), 3), (2, seats(&[3, 4, 5]), 8)] {
        let row = B::booking(&ledger, booking_id(n)).await.unwrap();
        assert_eq!((row.status, row.allocation), (Status::Cancelled, allocation), "booking {n}");
        assert_eq!(row.cancelled_at, Some(time_of(cancelled_at)), "booking {n}");
    }
    assert_eq!(B::booking(&ledger, booking_id(3)).await.unwrap().status, Status::Completed);
    assert_eq!(B::totals(&ledger).await, LedgerTotals { completed: 1, cancelled: 2, tickets: 1 });
}

pub async fn a_batch_that_fails_leaves_nothing<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    ledger.record(P, at(0), &confirmations(1, 2)).await.unwrap();
    // A booking is sold once; a second sale is somebody's mistake, and must not be half noted.
    let batch = [cancelled(3, 1), confirmed(4, 9, seats(&[4])), confirmed(5, 2, seats(&[5]))];
    assert!(matches!(ledger.record(P, at(2), &batch).await, Err(LedgerError::Backend(_))));
    assert_eq!(ledger.position(P).await, Ok(at(2)));
    assert_eq!(B::totals(&ledger).await, LedgerTotals { completed: 2, cancelled: 0, tickets: 2 });
    assert_eq!(ledger.record(P, at(2), &[confirmed(3, 3, seats(&[3]))]).await, Ok(()));
}

pub async fn the_position_outlives_the_process<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    ledger.record(P, at(0), &confirmations(1, 3)).await.unwrap();
    ledger.record(PartitionId(4), at(0), &[reserved(1, 50)]).await.unwrap();
    B::close(ledger).await;
    let ledger = backend.open().await;
    assert_eq!(ledger.position(P).await, Ok(at(3)));
    assert_eq!(ledger.position(PartitionId(4)).await, Ok(at(1)));
    assert_eq!(ledger.record(P, at(0), &confirmations(1, 3)).await, out_of_order(0, 3));
    assert_eq!(B::totals(&ledger).await.completed, 3);
}

pub async fn a_batch_may_be_very_large<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    let last = 12_345;
    ledger.record(P, at(0), &confirmations(1, last)).await.unwrap();
    let cancellations: Vec<_> = (1..=last).map(|n| cancelled(last + n, n)).collect();
    ledger.record(P, at(last), &cancellations).await.unwrap();
    assert_eq!(ledger.position(P).await, Ok(at(2 * last)));
    assert_eq!(B::totals(&ledger).await, LedgerTotals { completed: 0, cancelled: last, tickets: 0 });
}

pub async fn of_two_writers_one_wins<B: Backend>() {
    let backend = B::fresh().await;
    let ledger = backend.open().await;
    for round in 0..20 {
        let (after, last) = (round * 10, round * 10 + 10);
        let racers: Vec<_> = (0..4)
            .map(|_| {
                let ledger = ledger.clone();
                tokio::spawn(async move { ledger.record(P, at(after), &confirmations(after + 1, last)).await })
            })
            .collect();
        let mut won = 0;
        for racer in racers {
            match racer.await.unwrap() {
                Ok(()) => won += 1,
                lost => assert_eq!(lost, out_of_order(after, last)),
            }
        }
        assert_eq!(won, 1);
    }
    assert_eq!(B::totals(&ledger).await.completed, 200);
}
