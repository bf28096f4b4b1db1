//! The checkpoint store as the engine sees it: blocking work where blocking is allowed.

use super::partition::PartitionStore;
use crate::embedded::{DataDir, OpenError};
use rowlock_engine::ids::PartitionId;
use rowlock_engine::ports::{Checkpoint, CheckpointDelta, CheckpointError, CheckpointStore, Covers};
use std::sync::{Arc, Mutex, PoisonError};

const DIRECTORY: &str = "checkpoints";

/// The checkpoints of one process, in its data directory. Clones share them.
#[derive(Clone, Debug)]
pub struct LocalCheckpoints {
    partitions: Arc<[Mutex<PartitionStore>]>,
    _data_dir: DataDir,
}

impl LocalCheckpoints {
    /// Opens the checkpoints in `data_dir`, or makes room for them. This blocks.
    ///
    /// # Errors
    /// What the file system says. A checkpoint that is not whole is no error: it counts as not there.
    pub fn open(data_dir: &DataDir, partitions: u16) -> Result<Self, OpenError> {
        let open = |partition: u16| {
            let name = format!("{DIRECTORY}/{partition}");
            let io =
                |error: std::io::Error| OpenError::Io { path: data_dir.path().join(&name), cause: error.to_string() };
            let directory = data_dir.subdirectory(&name).map_err(io)?;
            PartitionStore::open(directory, PartitionId(partition)).map(Mutex::new).map_err(io)
        };
        let partitions = (0..partitions).map(open).collect::<Result<_, _>>()?;
        Ok(Self { partitions, _data_dir: data_dir.clone() })
    }

    /// Does `work` on the store of `partition`, off the threads that must not block.
    async fn run<T: Send + 'static>(
        &self,
        partition: PartitionId,
        work: impl FnOnce(&mut PartitionStore) -> Result<T, CheckpointError> + Send + 'static,
    ) -> Result<T, CheckpointError> {
        let partitions = self.partitions.clone();
        let done = tokio::task::spawn_blocking(move || {
            let store = partitions.get(usize::from(partition.0));
            let store = store.unwrap_or_else(|| panic!("the checkpoint store has no partition {partition}"));
            work(&mut store.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.unwrap_or_else(|error| Err(CheckpointError::Backend(error.to_string())))
    }
}

impl CheckpointStore for LocalCheckpoints {
    async fn save(&self, partition: PartitionId, delta: CheckpointDelta) -> Result<(), CheckpointError> {
        self.run(partition, move |store| store.save(&delta)).await
    }

    async fn load(&self, partition: PartitionId) -> Result<Option<Checkpoint>, CheckpointError> {
        self.run(partition, |store| Ok(store.load())).await
    }

    async fn oldest_kept(&self, partition: PartitionId) -> Result<Option<Covers>, CheckpointError> {
        self.run(partition, |store| Ok(store.oldest_kept())).await
    }
}
