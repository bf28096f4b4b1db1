//! The outcome bus beyond the contract: its window, and who holds it open.

use crate::log_steps::PATIENCE;
use crate::outcome_log::{A_MOMENT, P, at, expect, expect_nothing, next, outcomes};
use rowlock_engine::ports::{OutcomeLog, PublishError, ReadError};
use rowlock_persistence::embedded::{OutcomeBus, OutcomeBusOptions};
use std::sync::Arc;

fn bus() -> OutcomeBus {
    OutcomeBus::new(3, OutcomeBusOptions { lag_outcomes_max: 20, kept_outcomes: 10 })
}

#[tokio::test]
async fn the_first_publish_may_begin_anywhere() {
    let bus = bus();
    let mut too_early = bus.reader(P, at(97)).await.unwrap();
    let mut in_time = bus.reader(P, at(98)).await.unwrap();
    bus.publish(P, outcomes(99..=105)).await.unwrap();
    let trimmed = |asked| ReadError::Trimmed { partition: P, asked, first: 99 };
    assert_eq!(next(&mut too_early).await, Err(trimmed(98)));
    assert_eq!(bus.reader(P, at(50)).await.err(), Some(trimmed(51)));
    expect(&mut in_time, 99..=105).await;
    // It reads nothing, so it must not hold anybody up.
    for n in 0..10 {
        let publishing = bus.publish(P, outcomes(106 + n * 10..=115 + n * 10));
        tokio::time::timeout(PATIENCE, publishing).await.expect("there is room").unwrap();
        expect(&mut in_time, 106 + n * 10..=115 + n * 10).await;
    }
}

#[tokio::test]
async fn batches_are_shared_not_copied() {
    let bus = bus();
    let (mut one, mut other) = (bus.reader(P, at(0)).await.unwrap(), bus.reader(P, at(0)).await.unwrap());
    bus.publish(P, outcomes(1..=5)).await.unwrap();
    assert!(Arc::ptr_eq(&next(&mut one).await.unwrap(), &next(&mut other).await.unwrap()));
}

#[tokio::test]
async fn what_everybody_has_leaves_the_window_but_for_the_newest() {
    let bus = bus();
    let mut reader = bus.reader(P, at(0)).await.unwrap();
    for n in 0..10 {
        bus.publish(P, outcomes(n * 5 + 1..=n * 5 + 5)).await.unwrap();
        expect(&mut reader, n * 5 + 1..=n * 5 + 5).await;
    }
    let trimmed = ReadError::Trimmed { partition: P, asked: 40, first: 41 };
    assert_eq!(bus.reader(P, at(39)).await.err(), Some(trimmed));
    expect(&mut bus.reader(P, at(40)).await.unwrap(), 41..=50).await;
    let mut other = outcomes(45..=52);
    other[0].hash ^= 1;
    assert_eq!(bus.publish(P, other).await, Err(PublishError::Diverged { partition: P, number: at(45) }));
}

#[tokio::test]
async fn a_slow_reader_holds_the_publisher_until_it_reads_or_goes() {
    let bus = bus();
    let mut slow = bus.reader(P, at(0)).await.unwrap();
    let slower = bus.reader(P, at(0)).await.unwrap();
    for n in 0..3 {
        bus.publish(P, outcomes(n * 10 + 1..=n * 10 + 10)).await.unwrap();
    }
    let publishing = |numbers| {
        let bus = bus.clone();
        tokio::spawn(async move { bus.publish(P, outcomes(numbers)).await })
    };
    let mut waiting = publishing(31..=40);
    assert!(tokio::time::timeout(A_MOMENT, &mut waiting).await.is_err(), "30 behind, 20 may be");
    expect(&mut slow, 1..=20).await;
    assert!(tokio::time::timeout(A_MOMENT, &mut waiting).await.is_err(), "the other one holds it still");
    drop(slower);
    assert_eq!(tokio::time::timeout(PATIENCE, waiting).await.unwrap().unwrap(), Ok(()));
    let waiting = publishing(41..=50);
    expect(&mut slow, 21..=50).await;
    assert_eq!(waiting.await.unwrap(), Ok(()));
    expect_nothing(&mut slow).await;
}

#[tokio::test]
async fn another_partition_is_not_held() {
    let bus = bus();
    let _slow = bus.reader(P, at(0)).await.unwrap();
    for n in 0..10 {
        bus.publish(rowlock_engine::ids::PartitionId(0), outcomes(n * 10 + 1..=n * 10 + 10)).await.unwrap();
    }
}
