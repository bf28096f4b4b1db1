//! Time passes for holds even when nobody comes.

use super::commands::{open_sale, reserve};
use super::rig::{Life, P, kind, options, outcomes, ports};
use rowlock_engine::outcome::BookingChangeKind::{Expired, Reserved};
use std::time::{Duration, Instant};

/// A hold of one second may take a little longer to be noticed, on a busy machine.
const IN_TIME: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_expires_when_nothing_arrives() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    let mut reader = life.reader(P, 0).await;
    let began = Instant::now();
    life.give(P, 0, open_sale()).await;
    life.give(P, 1, reserve(1, Some(1_000))).await;
    let outcomes = outcomes(&mut reader, 3).await;
    assert_eq!(kind(&outcomes[2]), (Expired, None));
    assert!(outcomes[2].at.0 - outcomes[1].at.0 >= 1_000);
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_hold_does_not_wait_for_a_long_one() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    let mut reader = life.reader(P, 0).await;
    let began = Instant::now();
    life.give(P, 0, open_sale()).await;
    life.give(P, 1, reserve(1, None)).await;
    outcomes(&mut reader, 2).await;
    life.give(P, 2, reserve(2, Some(1_000))).await;
    let outcomes = outcomes(&mut reader, 2).await;
    assert_eq!([kind(&outcomes[0]), kind(&outcomes[1])], [(Reserved, Some(2)), (Expired, None)]);
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_fell_due_while_nobody_was_there_expires_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    let mut reader = life.reader(P, 0).await;
    life.give(P, 0, open_sale()).await;
    life.give(P, 1, reserve(1, Some(1_000))).await;
    life.give(P, 2, reserve(2, Some(4_000))).await;
    outcomes(&mut reader, 3).await;
    drop(reader);
    let stopped = life.stop().await;
    stopped.log.close();
    drop(stopped);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let ports = ports(directory.path()).await;
    let life = Life::with(ports, options()).await;
    let mut reader = life.reader(P, 3).await;
    let began = Instant::now();
    let expired = outcomes(&mut reader, 2).await;
    assert_eq!([kind(&expired[0]), kind(&expired[1])], [(Expired, None), (Expired, None)]);
    assert!(expired[1].at > expired[0].at, "the second was not due yet");
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());
    life.stop().await;
}
