//! The checkpoints of one partition, in a directory of its own.

use super::manifest::{Manifest, chunk_path, manifest_path, manifest_sequence};
use super::{KEPT, chunk};
use crate::embedded::files;
use rowlock_engine::ids::PartitionId;
use rowlock_engine::ports::{Checkpoint, CheckpointDelta, CheckpointError, Covers};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// One partition's directory, and the manifests in it that are whole.
#[derive(Debug)]
pub struct PartitionStore {
    partition: PartitionId,
    directory: PathBuf,
    /// Newest first, at most [`KEPT`].
    kept: Vec<Manifest>,
    /// The number of the next save; no file of an earlier one is ever written again.
    next_sequence: u64,
}

impl PartitionStore {
    /// Looks at what is in `directory`, which exists.
    pub fn open(directory: PathBuf, partition: PartitionId) -> io::Result<Self> {
        files::delete_unfinished(&directory)?;
        let entries = std::fs::read_dir(&directory)?.collect::<Result<Vec<_>, _>>()?;
        let mut sequences: Vec<u64> = entries.iter().filter_map(|entry| manifest_sequence(&entry.path())).collect();
        sequences.sort_unstable();
        let next_sequence = sequences.last().map_or(1, |last| last + 1);
        let mut kept = Vec::new();
        for sequence in sequences.into_iter().rev().take(KEPT) {
            match Manifest::read(&manifest_path(&directory, sequence), partition) {
                Ok(manifest) => kept.push(manifest),
                Err(problem) => warn(partition, &problem),
            }
        }
        Ok(Self { partition, directory, kept, next_sequence })
    }

    /// Makes `delta` the newest checkpoint; the ones before stay as they are when that fails.
    pub fn save(&mut self, delta: &CheckpointDelta) -> Result<(), CheckpointError> {
        let manifest = self.manifest(delta)?;
        self.next_sequence += 1;
        if let Err(error) = self.write(delta, &manifest) {
            self.delete_unnamed();
            let path = self.directory.display();
            return Err(CheckpointError::Backend(format!("{path}: {error}; the checkpoint before stays in force")));
        }
        self.kept.insert(0, manifest);
        self.kept.truncate(KEPT);
        self.delete_unnamed();
        Ok(())
    }

    /// The newest checkpoint that is whole. Those that are not are forgotten.
    pub fn load(&mut self) -> Option<Checkpoint> {
        while let Some(newest) = self.kept.first() {
            match newest.load(&self.directory) {
                Ok(checkpoint) => return Some(checkpoint),
                Err(problem) => warn(self.partition, &problem),
            }
            self.kept.remove(0);
        }
        None
    }

    /// What the oldest kept checkpoint covers. While there is only one, the log's beginning is what to fall back to.
    pub fn oldest_kept(&self) -> Option<Covers> {
        let is_complete = self.kept.len() == KEPT;
        is_complete.then(|| self.kept.iter().map(Manifest::covers).min_by_key(|covers| covers.next_offset)).flatten()
    }

    /// What the manifest of `delta` says, if the store can take it.
    fn manifest(&self, delta: &CheckpointDelta) -> Result<Manifest, CheckpointError> {
        let (partition, sequence) = (self.partition, self.next_sequence);
        let newest = self.kept.first();
        if let Some(stored) =
            newest.map(|newest| newest.next_offset).filter(|stored| *stored > delta.covers.next_offset)
        {
            return Err(CheckpointError::Stale { partition, stored, offered: delta.covers.next_offset });
        }
        // The checkpoint that the delta builds upon may have been damaged, and forgotten, since.
        let base = newest.filter(|newest| delta.since.is_none_or(|since| newest.outcome >= since));
        let mut chunks: BTreeMap<Option<u64>, u64> = delta.changed.iter().map(|chunk| (chunk.key, sequence)).collect();
        for event in &delta.events {
            if chunks.contains_key(&Some(*event)) {
                continue;
            }
            let before = base.and_then(|base| base.chunks.get(&Some(*event)).copied());
            let is_there = |written: &u64| chunk_path(&self.directory, Some(*event), *written).is_file();
            let written = before.filter(is_there).ok_or(CheckpointError::MissingChunk { partition, event: *event })?;
            chunks.insert(Some(*event), written);
        }
        let covers = delta.covers;
        Ok(Manifest { sequence, partition, next_offset: covers.next_offset, outcome: covers.outcome, chunks })
    }

    /// Chunks first, then the manifest: it may only name what is durable.
    fn write(&self, delta: &CheckpointDelta, manifest: &Manifest) -> io::Result<()> {
        for changed in &delta.changed {
            chunk::write(&chunk_path(&self.directory, changed.key, manifest.sequence), &changed.bytes)?;
        }
        files::sync_directory(&self.directory)?;
        files::replace(&manifest_path(&self.directory, manifest.sequence), &chunk::seal(&manifest.encode()))
    }

    /// Deletes what no kept checkpoint names. What cannot be deleted now is tried again after the next save.
    fn delete_unnamed(&self) {
        let named: BTreeSet<PathBuf> = self.kept.iter().flat_map(|manifest| manifest.files(&self.directory)).collect();
        if let Err(error) = delete_others(&self.directory, &named) {
            tracing::warn!(partition = %self.partition, %error, "files of old checkpoints were not deleted");
        }
    }
}

fn delete_others(directory: &Path, named: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if !named.contains(&path) {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn warn(partition: PartitionId, problem: &str) {
    tracing::warn!(%partition, problem, "a checkpoint cannot be used; the one before it is taken");
}
