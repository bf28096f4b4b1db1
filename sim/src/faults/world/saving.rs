//! Checkpoints beside the work: taken by an owner, saved by a task of its own, which may outlive the owner.

use super::World;
use super::owners::Stage;
use crate::faults::backends::Trust;
use crate::faults::moves::{Fate, Place};
use crate::faults::planted::Planted;
use rowlock_engine::ids::OutcomeNumber;
use rowlock_engine::ports::{CheckpointDelta, CheckpointError, Covers};
use rowlock_engine::shard::snapshot::Frozen;

/// A snapshot that waits to be saved.
#[derive(Debug)]
pub struct Save {
    pub place: Place,
    incarnation: u32,
    frozen: Frozen,
    since: Option<OutcomeNumber>,
}

impl World {
    pub(super) fn freeze(&mut self, place: Place) -> Option<()> {
        let owner = self.owners.get_mut(&place)?;
        let Stage::Running(work) = &mut owner.stage else { return None };
        // Between a batch and its outcomes' way to the log, the actor looks at nothing else.
        let is_in_batch = !work.unpublished.is_empty();
        if is_in_batch || work.is_saving || work.processor.shard().next_offset().0 <= work.saved_offset {
            return None;
        }
        work.is_saving = true;
        let (frozen, since, incarnation) = (work.processor.freeze(), work.saved, owner.incarnation);
        let covers = frozen.covers();
        self.saves.push(Save { place, incarnation, frozen, since });
        self.note(|| format!("{place:?}: takes a snapshot, {covers:?}, since outcome {since:?}"));
        Some(())
    }

    pub(super) fn save(&mut self, place: Place, which: usize, fate: Fate) -> Option<()> {
        let at = self.saves.iter().enumerate().filter(|(_, save)| save.place == place).nth(which)?.0;
        let Save { incarnation, frozen, since, .. } = self.saves.remove(at);
        let covers = frozen.covers();
        let result = match fate {
            Fate::Done => self.store(place.partition, &frozen, since),
            Fate::Fails => Err(failed()),
            Fate::Unknown => self.store(place.partition, &frozen, since).and(Err(failed())),
        };
        self.note(|| format!("{place:?}: the snapshot up to outcome {}: {}", covers.outcome, told(&result)));
        self.saved(place, incarnation, &result);
        Some(())
    }

    /// Once the ledger has what it covers; what then no kept checkpoint needs of the log may go.
    fn store(
        &mut self,
        partition: u16,
        frozen: &Frozen,
        since: Option<OutcomeNumber>,
    ) -> Result<Covers, CheckpointError> {
        let waits = !self.is_planted(Planted::CheckpointAheadOfLedger);
        let trusts = Trust {
            age: self.is_planted(Planted::CheckpointGoesBack),
            base: self.is_planted(Planted::DeltaWithoutBase),
        };
        let lacks_event = self.is_planted(Planted::CheckpointLacksEvent);
        let covers = frozen.covers();
        let found = self.partition(partition);
        if waits && found.ledger.position() < covers.outcome.0 {
            return Err(CheckpointError::Backend("put off: the ledger is behind".to_owned()));
        }
        let mut delta = frozen.delta(since);
        if lacks_event {
            spoil(&mut delta, since);
        }
        found.store.save(super::id(partition), delta, trusts)?;
        if found.best.is_none_or(|best| best.next_offset <= covers.next_offset) {
            found.best = Some(covers);
        }
        if let Some(oldest) = found.store.oldest_kept() {
            found.log.trim(oldest.next_offset);
        }
        Ok(covers)
    }

    /// The owner that took the snapshot hears of it, if it is still there.
    fn saved(&mut self, place: Place, incarnation: u32, result: &Result<Covers, CheckpointError>) {
        let owner = self.owners.get_mut(&place).filter(|owner| owner.incarnation == incarnation);
        let Some(Stage::Running(work)) = owner.map(|owner| &mut owner.stage) else { return };
        work.is_saving = false;
        match result {
            Ok(covers) => (work.saved, work.saved_offset) = (Some(covers.outcome), covers.next_offset.0),
            Err(CheckpointError::MissingChunk { .. }) => work.saved = None,
            // Somebody else owns the partition by now: start again.
            Err(CheckpointError::Stale { .. }) => drop(self.fail(place)),
            Err(CheckpointError::Backend(_)) => {}
        }
    }

    /// Reads no more, finishes what it has, saves once more, and is gone.
    pub(super) fn release(&mut self, place: Place) -> Option<()> {
        let owner = self.owners.get_mut(&place)?;
        let is_first = !std::mem::replace(&mut owner.is_leaving, true);
        if let Stage::Running(work) = &owner.stage {
            if !work.batches.is_empty() || !work.unpublished.is_empty() {
                if is_first {
                    self.note(|| format!("{place:?}: is told to let go"));
                }
                return is_first.then_some(());
            }
            if work.processor.shard().next_offset().0 > work.saved_offset || work.saved.is_none() {
                let (frozen, since) = (work.processor.freeze(), work.saved);
                let result = match self.store(place.partition, &frozen, since) {
                    Err(CheckpointError::MissingChunk { .. }) => self.store(place.partition, &frozen, None),
                    result => result,
                };
                self.note(|| format!("{place:?}: the last checkpoint: {}", told(&result)));
            }
        }
        self.owners.remove(&place);
        self.stop_projection(place);
        self.note(|| format!("{place:?}: is let go"));
        Some(())
    }
}

fn failed() -> CheckpointError {
    CheckpointError::Backend("the store does not answer".to_owned())
}

fn told(result: &Result<Covers, CheckpointError>) -> String {
    result.as_ref().map_or_else(ToString::to_string, |_| "saved".to_owned())
}

/// Leaves out an event that the store may have from before.
fn spoil(delta: &mut CheckpointDelta, since: Option<OutcomeNumber>) {
    if since.is_some() {
        delta.changed.truncate(delta.changed.len().max(2) - 1);
    }
}
