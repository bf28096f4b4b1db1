//! What is broken, and what goes on all the same.

use super::commands::{booking_id, command, confirm, open_sale, reserve};
use super::rig::{Life, P, PATIENCE, Q, append, meddle, options, outcomes, ports, records};
use rowlock_engine::actors::{PartitionState, RESTARTS_MAX};
use rowlock_engine::codec::encode_command;
use rowlock_engine::ids::{Offset, OutcomeNumber};
use rowlock_engine::ports::{CommandLog, Ledger};
use rowlock_engine::processor::Processor;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_nobody_can_read_halts_its_partition_alone() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    let mut reader = life.reader(Q, 0).await;
    let poison = life.append(P, &b"no command"[..]).await;
    let names_the_record = |reason: &str| reason.contains(&format!("record {poison}"));
    let is_halted =
        |state: Option<&_>| matches!(state, Some(PartitionState::Halted { reason }) if names_the_record(reason));
    life.until(P, is_halted).await;
    life.give(Q, 0, open_sale()).await;
    life.give(Q, 1, reserve(1, None)).await;
    outcomes(&mut reader, 2).await;
    life.until(Q, |state| state.is_some_and(PartitionState::is_serving)).await;
    assert!(is_halted(life.running.statuses().all().get(&P)), "it stays halted");
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_before_a_record_that_nobody_can_read_stands() {
    let directory = tempfile::tempdir().unwrap();
    let ports = ports(directory.path()).await;
    // All are in the log before the partition starts, so that it reads them in one batch.
    let before = [open_sale(), reserve(1, None), confirm(1)];
    let before = before.into_iter().map(|body| encode_command(&command(1, body)));
    for record in before.chain([(&b"no command"[..]).into()]) {
        append(&ports, P, record).await;
    }
    let life = Life::with(ports, options()).await;
    life.until(P, |state| matches!(state, Some(PartitionState::Halted { .. }))).await;
    life.until_ledger_is_at(P, 3).await;
    assert!(life.ports.ledger.booking(booking_id(1)).await.unwrap().is_some());
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_fails_gets_everything_later() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    let mut reader = life.reader(P, 0).await;
    life.give(P, 0, open_sale()).await;
    life.until_ledger_is_at(P, 1).await;
    meddle(directory.path(), FAIL).await;
    for n in 1..=10 {
        life.give(P, n, reserve(n, None)).await;
        life.give(P, n, confirm(n)).await;
    }
    outcomes(&mut reader, 21).await;
    assert_eq!(life.ports.ledger.totals().await.unwrap().completed, 0);
    assert!(life.running.statuses().all()[&P].is_serving(), "seats are sold all the same");
    meddle(directory.path(), RECOVER).await;
    life.until_ledger_is_at(P, 21).await;
    assert_eq!(life.ports.ledger.totals().await.unwrap().completed, 10);
    life.stop().await;
}

const FAIL: &str = "CREATE TRIGGER down BEFORE INSERT ON bookings BEGIN SELECT RAISE(ABORT, 'on purpose'); END";
const RECOVER: &str = "DROP TRIGGER down";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_is_down_at_the_start_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let ports = ports(directory.path()).await;
    meddle(directory.path(), "ALTER TABLE ledger_positions RENAME TO elsewhere").await;
    let life = Life::with(ports, options()).await;
    let mut reader = life.reader(P, 0).await;
    life.until(P, |state| matches!(state, Some(PartitionState::BackingOff { reason }) if reason.contains("ledger")))
        .await;
    // Longer than as many restarts take as something that does not wait is given.
    tokio::time::sleep(options().restart_backoff * 2_u32.pow(RESTARTS_MAX + 1)).await;
    meddle(directory.path(), "ALTER TABLE elsewhere RENAME TO ledger_positions").await;
    life.give(P, 0, open_sale()).await;
    outcomes(&mut reader, 1).await;
    life.until(P, |state| state.is_some_and(PartitionState::is_serving)).await;
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_is_ahead_of_the_log_halts_the_partition() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    let mut reader = life.reader(P, 0).await;
    life.give(P, 0, open_sale()).await;
    life.give(P, 1, reserve(1, None)).await;
    life.give(P, 1, confirm(1)).await;
    outcomes(&mut reader, 3).await;
    life.until_ledger_is_at(P, 3).await;
    drop(reader);
    let stopped = life.stop().await;
    stopped.ledger.close().await;
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(directory.path().join("ledger.db"), elsewhere.path().join("ledger.db")).unwrap();
    let life = Life::start(elsewhere.path(), options()).await;
    let names_both = |reason: &str| reason.contains("up to 3") && reason.contains("outcome 0");
    life.until(P, |state| matches!(state, Some(PartitionState::Halted { reason }) if names_both(reason))).await;
    life.until(Q, |state| state.is_some_and(PartitionState::is_serving)).await;
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letting_go_of_all_partitions_takes_no_longer_than_of_one() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    meddle(directory.path(), FAIL).await;
    for partition in [P, Q] {
        let mut reader = life.reader(partition, 0).await;
        life.give(partition, 0, open_sale()).await;
        life.give(partition, 1, reserve(1 + u64::from(partition.0), None)).await;
        life.give(partition, 1, confirm(1 + u64::from(partition.0))).await;
        outcomes(&mut reader, 3).await;
    }
    // Each waits five seconds for the ledger before it is let go without a checkpoint.
    let stopping = tokio::time::timeout(Duration::from_secs(9), life.stop()).await;
    let stopped = stopping.expect("they wait side by side");
    let mut replayed = Processor::new(P);
    replayed.process(&records(&stopped.log, P, Offset(0)).await).unwrap();
    assert_eq!(replayed.last_outcome(), OutcomeNumber(3));
    assert_eq!(stopped.ledger.totals().await.unwrap().completed, 0);
    stopped.log.close();
    drop(stopped);
    meddle(directory.path(), RECOVER).await;
    let life = Life::start(directory.path(), options()).await;
    for partition in [P, Q] {
        life.until_ledger_is_at(partition, 3).await;
        let id = booking_id(1 + u64::from(partition.0));
        assert!(life.ports.ledger.booking(id).await.unwrap().is_some());
    }
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_gone_is_said_by_every_partition() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    life.until(P, |state| state.is_some_and(PartitionState::is_serving)).await;
    life.ports.log.close();
    life.until(P, |state| matches!(state, Some(PartitionState::BackingOff { reason }) if reason.contains("ended")))
        .await;
    assert!(life.ports.log.end(P).await.is_ok());
    assert_eq!(tokio::time::timeout(PATIENCE, life.ports.ledger.position(P)).await.unwrap(), Ok(OutcomeNumber(0)));
    life.stop().await;
}
