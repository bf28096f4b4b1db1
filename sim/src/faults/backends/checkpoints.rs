//! One partition's checkpoints: sealed chunks, and manifests that name them; the newest two are kept.

use bytes::Bytes;
use rowlock_engine::ids::PartitionId;
use rowlock_engine::ports::{Checkpoint, CheckpointDelta, CheckpointError, Chunk, Covers};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use xxhash_rust::xxh3::xxh3_64;

/// Checkpoints that are kept: the newest, and the one to fall back to.
const KEPT: usize = 2;

/// An event's chunk, or the partition's own, as a save wrote it.
type Name = (Option<u64>, u64);

#[derive(Clone, Debug)]
struct Sealed {
    bytes: Bytes,
    sum: u64,
}

#[derive(Clone, Debug)]
struct Manifest {
    covers: Covers,
    /// By event, the save that wrote its chunk.
    chunks: BTreeMap<Option<u64>, u64>,
}

/// What a store believes that it must not: planted bugs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trust {
    /// That what is offered is newer than what it has.
    pub age: bool,
    /// That it has the checkpoint which a delta builds upon.
    pub base: bool,
}

/// One partition's checkpoints.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// The newest first.
    kept: Vec<Manifest>,
    chunks: BTreeMap<Name, Sealed>,
    saves: u64,
}

impl Store {
    /// Makes `delta` the newest checkpoint; `trusts` says what no store may believe.
    pub fn save(
        &mut self,
        partition: PartitionId,
        delta: CheckpointDelta,
        trusts: Trust,
    ) -> Result<(), CheckpointError> {
        let manifest = self.manifest(partition, &delta, trusts)?;
        for Chunk { key, bytes } in delta.changed {
            self.chunks.insert((key, self.saves + 1), Sealed { sum: xxh3_64(&bytes), bytes });
        }
        self.saves += 1;
        self.kept.insert(0, manifest);
        self.kept.truncate(KEPT);
        let is_named = |(key, save): &Name| self.kept.iter().any(|kept| kept.chunks.get(key) == Some(save));
        self.chunks.retain(|name, _| is_named(name));
        Ok(())
    }

    fn manifest(
        &self,
        partition: PartitionId,
        delta: &CheckpointDelta,
        trusts: Trust,
    ) -> Result<Manifest, CheckpointError> {
        let (newest, offered) = (self.kept.first(), delta.covers.next_offset);
        if let Some(newest) = newest.filter(|newest| newest.covers.next_offset > offered && !trusts.age) {
            return Err(CheckpointError::Stale { partition, stored: newest.covers.next_offset, offered });
        }
        let is_base =
            |newest: &&Manifest| trusts.base || delta.since.is_none_or(|since| newest.covers.outcome >= since);
        let base = newest.filter(is_base);
        let mut chunks: BTreeMap<_, _> = delta.changed.iter().map(|chunk| (chunk.key, self.saves + 1)).collect();
        for event in &delta.events {
            if let Entry::Vacant(vacant) = chunks.entry(Some(*event)) {
                let before = base.and_then(|base| base.chunks.get(&Some(*event)));
                vacant.insert(*before.ok_or(CheckpointError::MissingChunk { partition, event: *event })?);
            }
        }
        Ok(Manifest { covers: delta.covers, chunks })
    }

    /// The newest checkpoint that is whole; those that are not are forgotten. `trusts` is what no store may do.
    pub fn load(&mut self, trusts: bool) -> Option<Checkpoint> {
        while let Some(newest) = self.kept.first() {
            let whole = newest.chunks.iter().map(|(key, save)| {
                let sealed = self.chunks.get(&(*key, *save))?;
                let is_whole = trusts || sealed.sum == xxh3_64(&sealed.bytes);
                is_whole.then(|| Chunk { key: *key, bytes: sealed.bytes.clone() })
            });
            if let Some(chunks) = whole.collect() {
                return Some(Checkpoint { covers: newest.covers, chunks });
            }
            self.kept.remove(0);
        }
        None
    }

    /// What the oldest kept checkpoint covers, once there are enough to fall back on.
    pub fn oldest_kept(&self) -> Option<Covers> {
        self.kept.get(KEPT - 1).map(|oldest| oldest.covers)
    }

    /// Every whole checkpoint that is kept.
    pub fn all(&self) -> Vec<Checkpoint> {
        let one = |manifest: &Manifest| Self { kept: vec![manifest.clone()], ..self.clone() }.load(false);
        self.kept.iter().filter_map(one).collect()
    }

    /// Whether the log, which begins at `first`, leads on from what is left without the newest.
    pub fn can_do_without_newest(&self, first: u64) -> bool {
        !self.kept.is_empty() && self.kept.get(1).map_or(0, |before| before.covers.next_offset.0) >= first
    }

    /// Forgets the newest, as after the loss of the server that had it.
    pub fn lose_newest(&mut self) {
        self.kept.remove(0);
    }

    /// Changes one bit in a chunk that only the newest has; says whether there is one.
    pub fn damage(&mut self, place: u32) -> bool {
        let Some((newest, before)) = self.kept.split_first() else { return false };
        let own =
            newest.chunks.iter().filter(|(key, save)| !before.iter().any(|kept| kept.chunks.get(key) == Some(save)));
        let own: Vec<Name> = own.map(|(key, save)| (*key, *save)).collect();
        let Some(name) = own.get(place as usize % own.len().max(1)) else { return false };
        let sealed = self.chunks.get_mut(name).expect("what is named is there");
        let mut bytes = sealed.bytes.to_vec();
        let at = place as usize / 8 % bytes.len();
        bytes[at] ^= 1 << (place % 8);
        sealed.bytes = bytes.into();
        true
    }
}
