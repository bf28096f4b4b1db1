//! Stopped and started again: from the checkpoint, as if nothing had been.

use super::commands::{booking_id, confirm, open_sale, reserve};
use super::rig::{Embedded, Life, P, options, outcomes, ports, records, until};
use rowlock_engine::actors::{Options, Ports};
use rowlock_engine::ids::{Offset, OutcomeNumber};
use rowlock_engine::ports::{CheckpointStore, CommandLog, Ledger, Record};
use rowlock_engine::processor::Processor;

/// The hash of the state that the newest checkpoint holds, which is at the end of the log.
async fn hash_at_the_end(ports: &Ports<Embedded>) -> (OutcomeNumber, u64) {
    let checkpoint = ports.checkpoints.load(P).await.unwrap().expect("letting go leaves a checkpoint");
    assert_eq!(Ok(checkpoint.covers.next_offset), ports.log.end(P).await);
    let processor = Processor::restore(&checkpoint).unwrap();
    (processor.last_outcome(), processor.shard().hash())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_on_from_checkpoints_is_replaying_everything() {
    let directory = tempfile::tempdir().unwrap();
    let (mut all, mut bookings): (Vec<Record>, _) = (Vec::new(), 1);
    for life in 0..4 {
        let ports = ports(directory.path()).await;
        let last = ports.checkpoints.load(P).await.unwrap().map_or(0, |checkpoint| checkpoint.covers.outcome.0);
        let life_ports = ports.clone();
        let running = Life::with(ports, options()).await;
        let mut reader = running.reader(P, last).await;
        if life == 0 {
            running.give(P, 0, open_sale()).await;
            outcomes(&mut reader, 1).await;
        }
        for n in bookings..bookings + 30 {
            running.give(P, n, reserve(n, None)).await;
            running.give(P, n, confirm(n)).await;
        }
        bookings += 30;
        outcomes(&mut reader, 60).await;
        all.extend(records(&life_ports.log, P, Offset(all.len() as u64)).await);
        drop((reader, life_ports));
        let ports = running.stop().await;
        let mut replayed = Processor::new(P);
        replayed.process(&all).unwrap();
        assert_eq!(hash_at_the_end(&ports).await, (replayed.last_outcome(), replayed.shard().hash()));
        assert_eq!(ports.ledger.position(P).await, Ok(replayed.last_outcome()));
        assert_eq!(ports.ledger.totals().await.unwrap().completed, bookings - 1);
        ports.log.close();
        ports.ledger.close().await;
        drop(ports);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_life_that_ends_without_a_word_is_made_up_for() {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), options()).await;
    let mut reader = life.reader(P, 0).await;
    life.give(P, 0, open_sale()).await;
    life.give(P, 1, reserve(1, None)).await;
    life.give(P, 2, confirm(1)).await;
    let first = outcomes(&mut reader, 3).await;
    // What a crash would leave: the log, no checkpoint, and a ledger that has nothing yet.
    let crashed = tempfile::tempdir().unwrap();
    std::fs::create_dir(crashed.path().join("log")).unwrap();
    for entry in std::fs::read_dir(directory.path().join("log")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), crashed.path().join("log").join(entry.file_name())).unwrap();
    }
    let again = Life::start(crashed.path(), options()).await;
    let mut reader = again.reader(P, 0).await;
    assert_eq!(outcomes(&mut reader, 3).await, first, "the same outcomes, number by number and hash by hash");
    again.until_ledger_is_at(P, 3).await;
    assert!(again.ports.ledger.booking(booking_id(1)).await.unwrap().is_some());
    again.stop().await;
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_trimmed_behind_the_checkpoints() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { checkpoint_records: 10, ..options() };
    let life = Life::start(directory.path(), options).await;
    life.give(P, 0, open_sale()).await;
    // Two checkpoints are kept, so the second lets the log forget what the first covered.
    until(async || {
        life.ports.checkpoints.oldest_kept(P).await.unwrap().is_some() || {
            for _ in 0..10 {
                life.give(P, 1, reserve(1, None)).await;
            }
            false
        }
    })
    .await;
    let oldest = life.ports.checkpoints.oldest_kept(P).await.unwrap().unwrap().next_offset;
    until(async || life.ports.log.reader(P, Offset(oldest.0 - 1)).await.is_err()).await;
    assert!(life.ports.log.reader(P, oldest).await.is_ok());
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letting_go_while_a_checkpoint_is_under_way_ends_with_the_newest() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { checkpoint_records: 1, ..options() };
    let life = Life::start(directory.path(), options).await;
    let mut reader = life.reader(P, 0).await;
    life.give(P, 0, open_sale()).await;
    for n in 1..=200 {
        life.give(P, n, reserve(n, None)).await;
    }
    outcomes(&mut reader, 201).await;
    drop(reader);
    let ports = life.stop().await;
    assert_eq!(hash_at_the_end(&ports).await.0, OutcomeNumber(201));
}
