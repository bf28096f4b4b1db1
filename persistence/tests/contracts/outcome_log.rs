//! What every outcome log must do, whatever it is made of.

use crate::log_steps::PATIENCE;
use crate::outcomes::reserved;
use rowlock_engine::ids::{OutcomeNumber, PartitionId};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{OutcomeLog, OutcomeReader, PublishError, ReadError};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

pub const P: PartitionId = PartitionId(1);
const Q: PartitionId = PartitionId(2);
/// Whatever has not come by then is not on its way.
pub const A_MOMENT: Duration = Duration::from_millis(30);

/// An outcome log for three partitions.
pub trait Backend {
    type Log: OutcomeLog;
    async fn fresh() -> Self::Log;
}

/// Makes a test of every clause of the contract for one backend.
macro_rules! outcome_log_contract {
    ($backend:ty: $($clause:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $clause() {
            $crate::outcome_log::$clause::<$backend>().await;
        })*
    };
}
pub(crate) use outcome_log_contract;

pub fn at(number: u64) -> OutcomeNumber {
    OutcomeNumber(number)
}

pub fn outcomes(numbers: RangeInclusive<u64>) -> Vec<Outcome> {
    numbers.map(|number| reserved(number, number)).collect()
}

pub async fn next(reader: &mut impl OutcomeReader) -> Result<Arc<[Outcome]>, ReadError> {
    tokio::time::timeout(PATIENCE, reader.next()).await.expect("the reader has something to say")
}

/// Checks that exactly `numbers` come next, in order.
pub async fn expect(reader: &mut impl OutcomeReader, numbers: RangeInclusive<u64>) {
    let expected = outcomes(numbers);
    let mut got = Vec::new();
    while got.len() < expected.len() {
        let batch = next(reader).await.unwrap();
        assert!(!batch.is_empty());
        got.extend(batch.iter().cloned());
    }
    assert_eq!(got, expected);
}

pub async fn expect_nothing(reader: &mut impl OutcomeReader) {
    let got = tokio::time::timeout(A_MOMENT, reader.next()).await;
    assert!(got.is_err(), "{got:?}");
}

pub async fn every_reader_gets_every_outcome_in_order<B: Backend>() {
    let log = B::fresh().await;
    let mut early = log.reader(P, at(0)).await.unwrap();
    log.publish(P, outcomes(1..=3)).await.unwrap();
    log.publish(Q, outcomes(1..=1)).await.unwrap();
    log.publish(P, outcomes(4..=4)).await.unwrap();
    let mut late = log.reader(P, at(0)).await.unwrap();
    log.publish(P, outcomes(5..=9)).await.unwrap();
    expect(&mut early, 1..=9).await;
    expect(&mut late, 1..=9).await;
    expect_nothing(&mut early).await;
}

pub async fn a_reader_begins_after_what_it_has_seen<B: Backend>() {
    let log = B::fresh().await;
    log.publish(P, outcomes(1..=4)).await.unwrap();
    log.publish(P, outcomes(5..=8)).await.unwrap();
    for after in 0..8 {
        let mut reader = log.reader(P, at(after)).await.unwrap();
        expect(&mut reader, after + 1..=8).await;
    }
}

pub async fn a_reader_ahead_of_everything_waits<B: Backend>() {
    let log = B::fresh().await;
    let mut before_anything = log.reader(P, at(6)).await.unwrap();
    log.publish(P, outcomes(1..=3)).await.unwrap();
    let mut reader = log.reader(P, at(5)).await.unwrap();
    expect_nothing(&mut reader).await;
    log.publish(P, outcomes(4..=5)).await.unwrap();
    expect_nothing(&mut reader).await;
    log.publish(P, outcomes(6..=8)).await.unwrap();
    expect(&mut reader, 6..=8).await;
    expect(&mut before_anything, 7..=8).await;
}

pub async fn what_is_known_is_dropped<B: Backend>() {
    let log = B::fresh().await;
    log.publish(P, outcomes(1..=5)).await.unwrap();
    let mut reader = log.reader(P, at(0)).await.unwrap();
    assert_eq!(log.publish(P, outcomes(1..=5)).await, Ok(()));
    assert_eq!(log.publish(P, outcomes(2..=3)).await, Ok(()));
    assert_eq!(log.publish(P, outcomes(4..=7)).await, Ok(()));
    assert_eq!(log.publish(P, vec![]).await, Ok(()));
    expect(&mut reader, 1..=7).await;
    expect_nothing(&mut reader).await;
}

pub async fn two_hashes_for_one_number_are_noticed<B: Backend>() {
    let log = B::fresh().await;
    log.publish(P, outcomes(1..=5)).await.unwrap();
    let mut other = outcomes(3..=7);
    other[1].hash ^= 1;
    assert_eq!(log.publish(P, other).await, Err(PublishError::Diverged { partition: P, number: at(4) }));
    let mut reader = log.reader(P, at(0)).await.unwrap();
    expect(&mut reader, 1..=5).await;
    expect_nothing(&mut reader).await;
}

pub async fn a_gap_is_refused<B: Backend>() {
    let log = B::fresh().await;
    log.publish(P, outcomes(1..=5)).await.unwrap();
    let gap = |expected, got| Err(PublishError::Gap { partition: P, expected: at(expected), got: at(got) });
    assert_eq!(log.publish(P, outcomes(7..=9)).await, gap(6, 7));
    let mut holed = outcomes(6..=9);
    holed.remove(2);
    assert_eq!(log.publish(P, holed).await, gap(8, 9));
    let mut holed = outcomes(4..=9);
    holed.remove(2);
    assert_eq!(log.publish(P, holed).await, gap(6, 7));
    let mut reader = log.reader(P, at(0)).await.unwrap();
    expect(&mut reader, 1..=5).await;
    expect_nothing(&mut reader).await;
}

pub async fn giving_up_a_read_loses_nothing<B: Backend>() {
    let log = Arc::new(B::fresh().await);
    let mut reader = log.reader(P, at(0)).await.unwrap();
    let publishing = tokio::spawn({
        let log = log.clone();
        async move {
            for n in 0..100 {
                log.publish(P, outcomes(n * 3 + 1..=n * 3 + 3)).await.unwrap();
                tokio::task::yield_now().await;
            }
        }
    });
    let mut due = 1;
    while due <= 300 {
        let read = tokio::time::timeout(Duration::from_micros(due % 7), reader.next()).await;
        for outcome in read.iter().flatten().flat_map(|batch| batch.iter()) {
            assert_eq!(outcome.number, at(due));
            due += 1;
        }
    }
    publishing.await.unwrap();
}
