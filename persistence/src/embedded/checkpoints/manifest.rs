//! Names the chunks that a checkpoint consists of.

use super::{chunk, unusable};
use rowlock_engine::ids::{Offset, OutcomeNumber, PartitionId};
use rowlock_engine::ports::{Checkpoint, Chunk, Covers};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const MANIFEST: &str = "manifest";
const CHUNK: &str = "chunk";

/// One checkpoint: what it covers, and which save wrote each of its chunks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Counts the saves of its partition.
    pub sequence: u64,
    pub partition: PartitionId,
    pub next_offset: Offset,
    pub outcome: OutcomeNumber,
    /// By event; `None` is the partition's own part.
    pub chunks: BTreeMap<Option<u64>, u64>,
}

impl Manifest {
    pub fn covers(&self) -> Covers {
        Covers { next_offset: self.next_offset, outcome: self.outcome }
    }

    pub fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("plain data always encodes")
    }

    /// Reads the manifest at `path`, or says why it cannot be used.
    pub fn read(path: &Path, partition: PartitionId) -> Result<Self, String> {
        let content = chunk::read(path)?;
        let manifest: Self = postcard::from_bytes(&content).map_err(|error| unusable(path, error))?;
        if manifest.partition != partition {
            return Err(unusable(path, format!("it is of partition {}", manifest.partition)));
        }
        Ok(manifest)
    }

    /// All chunks of the checkpoint, or why one of them cannot be used.
    pub fn load(&self, directory: &Path) -> Result<Checkpoint, String> {
        let read = |(key, sequence): (&Option<u64>, &u64)| {
            chunk::read(&chunk_path(directory, *key, *sequence)).map(|bytes| Chunk { key: *key, bytes })
        };
        let chunks = self.chunks.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Checkpoint { covers: self.covers(), chunks })
    }

    /// The files that the checkpoint consists of.
    pub fn files(&self, directory: &Path) -> impl Iterator<Item = PathBuf> {
        let chunks = self.chunks.iter().map(|(key, sequence)| chunk_path(directory, *key, *sequence));
        chunks.chain([manifest_path(directory, self.sequence)])
    }
}

pub fn manifest_path(directory: &Path, sequence: u64) -> PathBuf {
    directory.join(format!("{sequence:010}.{MANIFEST}"))
}

/// Where save `sequence` put the chunk of `key`.
pub fn chunk_path(directory: &Path, key: Option<u64>, sequence: u64) -> PathBuf {
    let key = key.map_or("partition".to_owned(), |event| format!("event-{event}"));
    directory.join(format!("{sequence:010}-{key}.{CHUNK}"))
}

/// The number of the save that made a manifest, by its name; `None` for other files.
pub fn manifest_sequence(path: &Path) -> Option<u64> {
    let is_manifest = path.extension().is_some_and(|extension| extension == MANIFEST);
    is_manifest.then(|| path.file_stem()?.to_str()?.parse().ok()).flatten()
}
