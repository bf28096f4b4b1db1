use super::Books;
use crate::payments::provider::MoneyState::{self, Authorized, Captured, Declined, Refunded, Voided};
use crate::payments::provider::{Order, ProviderError, Verdict};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, PaymentId, TimeMs};
use uuid::Uuid;

const ID: PaymentId = PaymentId(Uuid::from_u128(7));

fn order() -> Order {
    let booking = BookingId(Uuid::from_u128(1));
    let (event, buyer) = (EventId(1), BuyerId(u64::MAX));
    Order { payment: ID, booking, event, buyer, amount: 6000, currency: "EUR".to_owned() }
}

/// Books with one payment in this state.
async fn books_with(state: MoneyState) -> (tempfile::TempDir, Books) {
    let dir = tempfile::tempdir().unwrap();
    let books = Books::open(&dir.path().join("payments.db")).await.unwrap();
    books.decide(&order(), state != Declined, TimeMs(1)).await.unwrap();
    if matches!(state, Captured | Refunded) {
        books.capture(ID, TimeMs(2)).await.unwrap();
    }
    match state {
        Voided => books.void(ID, TimeMs(3)).await.unwrap(),
        Refunded => books.refund(ID, TimeMs(3)).await.unwrap(),
        Authorized | Captured | Declined => {}
    }
    assert_eq!(books.payment(ID).await.unwrap().unwrap().state, state);
    (dir, books)
}

/// Where the money is after a step from each state; `None` where the step is not possible.
async fn steps(step: impl AsyncFn(&Books) -> Result<(), ProviderError>) -> [Option<MoneyState>; 5] {
    let mut after = [None; 5];
    for (from, after) in MoneyState::ALL.into_iter().zip(&mut after) {
        let (_dir, books) = books_with(from).await;
        match step(&books).await {
            Ok(()) => *after = Some(books.payment(ID).await.unwrap().unwrap().state),
            Err(error) => assert_eq!(error, ProviderError::NotPossible { payment: ID, state: from }),
        }
    }
    after
}

#[tokio::test]
async fn money_goes_one_way_and_every_step_can_be_repeated() {
    // In the order of `MoneyState::ALL`: authorized, captured, voided, refunded, declined.
    let captured = steps(async |books| books.capture(ID, TimeMs(9)).await).await;
    assert_eq!(captured, [Some(Captured), Some(Captured), None, None, None]);
    let voided = steps(async |books| books.void(ID, TimeMs(9)).await).await;
    assert_eq!(voided, [Some(Voided), None, Some(Voided), Some(Refunded), Some(Declined)]);
    let refunded = steps(async |books| books.refund(ID, TimeMs(9)).await).await;
    assert_eq!(refunded, [None, Some(Refunded), Some(Voided), Some(Refunded), Some(Declined)]);
}

#[tokio::test]
async fn the_first_verdict_stands() {
    let (_dir, books) = books_with(Authorized).await;
    assert_eq!(books.decide(&order(), false, TimeMs(9)).await, Ok(Verdict::Approved { at: TimeMs(1) }));
    let (_dir, books) = books_with(Declined).await;
    assert_eq!(books.decide(&order(), true, TimeMs(9)).await, Ok(Verdict::Declined));
    let other = Order { amount: 1, ..order() };
    assert_eq!(books.decide(&other, true, TimeMs(9)).await, Err(ProviderError::OtherOrder(ID)));
    assert_eq!(books.check(&order()).await, Ok(()));
    assert_eq!(books.check(&other).await, Err(ProviderError::OtherOrder(ID)));
}

#[tokio::test]
async fn a_payment_that_nobody_knows_is_said_to_be_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let books = Books::open(&dir.path().join("payments.db")).await.unwrap();
    assert_eq!(books.capture(ID, TimeMs(1)).await, Err(ProviderError::Unknown(ID)));
    assert_eq!(books.void(ID, TimeMs(1)).await, Err(ProviderError::Unknown(ID)));
}

#[tokio::test]
async fn books_are_read_as_they_were_written() {
    let (dir, books) = books_with(Captured).await;
    let written = books.payment(ID).await.unwrap().unwrap();
    books.close().await;
    let books = Books::open(&dir.path().join("payments.db")).await.unwrap();
    assert_eq!(books.payments_of(order().booking).await.unwrap(), std::slice::from_ref(&written));
    assert_eq!((written.order, written.captured_at, written.given_back_at), (order(), Some(TimeMs(2)), None));
    assert_eq!(books.page(Some(ID), 10).await.unwrap(), []);
}
