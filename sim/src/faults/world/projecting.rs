//! The projection: outcomes to the ledger, batch by batch, as the projector's actor does it.

use super::World;
use crate::faults::moves::{Fate, Place};
use crate::faults::oracle::{NUMBERS, Violation};
use crate::faults::planted::Planted;
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::LedgerError;

/// One task's projection of a partition.
#[derive(Debug)]
pub struct Projection {
    /// Where it believes the ledger to be.
    position: u64,
    read_to: u64,
    pub batch: Vec<Outcome>,
}

impl World {
    /// It outlives owners that are started again.
    pub(super) fn start_projection(&mut self, place: Place) {
        let position = self.partition(place.partition).ledger.position();
        let fresh = Projection { position, read_to: position, batch: Vec::new() };
        self.projections.entry(place).or_insert(fresh);
    }

    pub(super) fn stop_projection(&mut self, place: Place) {
        self.projections.remove(&place);
    }

    pub(super) fn project(&mut self, place: Place, most: usize) -> Option<()> {
        let projection = self.projections.get_mut(&place).filter(|projection| projection.batch.is_empty())?;
        let outcomes = &self.partitions[usize::from(place.partition)].outcomes;
        let read = match outcomes.read(super::id(place.partition), projection.read_to, most) {
            Ok(read) => read,
            Err(error) => return self.halt(place, &error.to_string()),
        };
        let last = read.last()?.number.0;
        let due = projection.read_to + 1;
        let has_gap = (due..).zip(&read).any(|(due, outcome)| outcome.number.0 != due);
        (projection.read_to, projection.batch) = (due - 1 + read.len() as u64, read);
        // Another one may have recorded some of it already.
        let position = projection.position;
        projection.batch.retain(|outcome| outcome.number.0 > position);
        self.note(|| format!("{place:?}: the projection reads outcomes {due} to {last}"));
        if has_gap {
            let what = format!("{place:?}: the projection read other numbers than those from {due} on");
            self.violate(Violation::new(NUMBERS, what));
        }
        Some(())
    }

    pub(super) fn record(&mut self, place: Place, fate: Fate) -> Option<()> {
        let is_guarded = !self.is_planted(Planted::LedgerUnguarded);
        let skips = self.is_planted(Planted::SkipFailedBatch);
        let projection = self.projections.get_mut(&place)?;
        let last = projection.batch.last()?.number.0;
        let ledger = &mut self.partitions[usize::from(place.partition)].ledger;
        let (position, id) = (projection.position, super::id(place.partition));
        let result = match fate {
            Fate::Fails => Err(LedgerError::Backend("the ledger does not answer".to_owned())),
            Fate::Done | Fate::Unknown => ledger.record(id, position, &projection.batch, is_guarded),
        };
        let told =
            if fate == Fate::Unknown { result.and(Err(LedgerError::Backend("no answer".to_owned()))) } else { result };
        match &told {
            Ok(()) => (projection.position, projection.batch) = (last, Vec::new()),
            // Somebody else recorded some of it: go on from there.
            Err(LedgerError::OutOfOrder { actual, .. }) if actual.0 > projection.position => {
                projection.position = actual.0;
                projection.batch.retain(|outcome| outcome.number > *actual);
            }
            Err(_) if skips => {
                projection.batch.clear();
                projection.position = ledger.position();
            }
            Err(_) => {}
        }
        self.note(|| {
            format!(
                "{place:?}: outcomes up to {last} to the ledger: {}",
                told.map_or_else(|e| e.to_string(), |()| "recorded".into())
            )
        });
        Some(())
    }
}
