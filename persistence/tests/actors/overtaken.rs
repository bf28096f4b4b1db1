//! An owner that is started while others still save: between its look at the checkpoints and at the log, both move on.

use super::commands::{open_sale, reserve};
use super::rig::{Life, P, PARTITIONS, options, ports, until};
use rowlock_engine::actors::{Backends, Options, PartitionState, Ports, start};
use rowlock_engine::ids::{Offset, PartitionId};
use rowlock_engine::ports::{Checkpoint, CheckpointDelta, CheckpointError, CheckpointStore, CommandLog, Covers};
use rowlock_persistence::embedded::{AllPartitions, LocalCheckpoints, LocalLog, OutcomeBus};
use rowlock_persistence::sql::Database;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A store that is asked before there was any checkpoint, and has some by the time that its answer comes.
struct Overtaken {
    store: Arc<LocalCheckpoints>,
    looks: AtomicU32,
    /// How many looks at `P` come too early.
    early: u32,
}

impl CheckpointStore for Overtaken {
    async fn save(&self, partition: PartitionId, delta: CheckpointDelta) -> Result<(), CheckpointError> {
        self.store.save(partition, delta).await
    }

    async fn load(&self, partition: PartitionId) -> Result<Option<Checkpoint>, CheckpointError> {
        if partition == P && self.looks.fetch_add(1, Ordering::Relaxed) < self.early {
            return Ok(None);
        }
        self.store.load(partition).await
    }

    async fn oldest_kept(&self, partition: PartitionId) -> Result<Option<Covers>, CheckpointError> {
        self.store.oldest_kept(partition).await
    }
}

struct OvertakenBackends;

impl Backends for OvertakenBackends {
    type Log = LocalLog;
    type Outcomes = OutcomeBus;
    type Checkpoints = Overtaken;
    type Ledger = Database;
}

/// What becomes of `P` when so many looks come too early.
async fn state_of_overtaken(early: u32) -> PartitionState {
    let directory = tempfile::tempdir().unwrap();
    let life = Life::start(directory.path(), Options { checkpoint_records: 10, ..options() }).await;
    life.give(P, 0, open_sale()).await;
    until(async || {
        for _ in 0..10 {
            life.give(P, 1, reserve(1, None)).await;
        }
        life.ports.log.reader(P, Offset(0)).await.is_err()
    })
    .await;
    drop(life.stop().await);
    let ports = ports(directory.path()).await;
    let checkpoints = Overtaken { store: ports.checkpoints, looks: AtomicU32::new(0), early };
    let ports = Ports::<OvertakenBackends> {
        log: ports.log,
        outcomes: ports.outcomes,
        checkpoints: Arc::new(checkpoints),
        ledger: ports.ledger,
    };
    let (assignments, stop) = AllPartitions::new(PARTITIONS);
    let running = start(ports, options(), assignments).await.unwrap();
    let state = || running.statuses().all().get(&P).cloned();
    until(async || state().is_some_and(|state| state.is_serving() || matches!(state, PartitionState::Halted { .. })))
        .await;
    let state = state().expect("it is there");
    stop.stop();
    running.stopped().await;
    state
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_whose_checkpoint_was_overtaken_takes_the_newer_one() {
    let state = state_of_overtaken(1).await;
    assert!(state.is_serving(), "{state:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_that_finds_no_newer_checkpoint_halts() {
    let state = state_of_overtaken(u32::MAX).await;
    assert!(matches!(&state, PartitionState::Halted { reason } if reason.contains("trimmed")), "{state:?}");
}
