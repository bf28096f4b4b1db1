//! The outcomes of one partition that somebody may still ask for.

use super::{OutcomeBusOptions, READERS_MAX};
use rowlock_engine::ids::{OutcomeNumber, PartitionId};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{PublishError, ReadError};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What the window has for a reader.
#[derive(Debug)]
pub enum Windowed {
    Outcomes(Arc<[Outcome]>),
    /// The number left the window, or was never in it; this is the first that is there.
    Trimmed(u64),
    /// It is not published yet.
    NotYet,
}

/// Batches with consecutive numbers, and how far every living reader is.
#[derive(Debug, Default)]
pub struct Window {
    batches: VecDeque<Arc<[Outcome]>>,
    outcomes: usize,
    /// The number that is due; `None` before the first publish, which may begin anywhere.
    due: Option<u64>,
    /// The last number that each living reader has.
    readers: BTreeMap<u64, u64>,
    next_reader: u64,
}

impl Window {
    /// The first number that is there, or the one that is due.
    fn first(&self) -> Option<u64> {
        self.batches.front().map_or(self.due, |batch| Some(first_of(batch)))
    }

    /// Takes note of a reader; its first outcome is the one after `after`.
    pub fn register(&mut self, partition: PartitionId, after: u64) -> Result<u64, ReadError> {
        if let Some(first) = self.first().filter(|first| after + 1 < *first) {
            return Err(ReadError::Trimmed { partition, asked: after + 1, first });
        }
        if self.readers.len() >= READERS_MAX {
            return Err(ReadError::Backend(format!("partition {partition} has {READERS_MAX} readers of outcomes")));
        }
        self.next_reader += 1;
        self.readers.insert(self.next_reader, after);
        Ok(self.next_reader)
    }

    pub fn forget(&mut self, reader: u64, options: &OutcomeBusOptions) {
        self.readers.remove(&reader);
        self.let_go(options);
    }

    /// The last number that every reader has, but for those that the first publish found too early.
    fn slowest(&self) -> Option<u64> {
        let first = self.first()?;
        self.readers.values().copied().filter(|after| after + 1 >= first).min()
    }

    /// Whether the slowest living reader is too far behind for more.
    pub fn is_full(&self, options: &OutcomeBusOptions) -> bool {
        let (Some(due), Some(slowest)) = (self.due, self.slowest()) else { return false };
        (due - 1).saturating_sub(slowest) > options.lag_outcomes_max as u64
    }

    /// Drops from `outcomes` what is known, and checks that the rest follows.
    pub fn only_new(&self, partition: PartitionId, outcomes: &mut Vec<Outcome>) -> Result<(), PublishError> {
        if let Some(due) = self.due {
            let known = outcomes.iter().take_while(|outcome| outcome.number.0 < due).count();
            for outcome in &outcomes[..known] {
                if self.find(outcome.number.0).is_some_and(|known| known.hash != outcome.hash) {
                    return Err(PublishError::Diverged { partition, number: outcome.number });
                }
            }
            outcomes.drain(..known);
            let expected = OutcomeNumber(due);
            if let Some(got) = outcomes.first().map(|outcome| outcome.number).filter(|got| *got != expected) {
                return Err(PublishError::Gap { partition, expected, got });
            }
        }
        for pair in outcomes.windows(2) {
            let (expected, got) = (pair[0].number.next(), pair[1].number);
            if got != expected {
                return Err(PublishError::Gap { partition, expected, got });
            }
        }
        Ok(())
    }

    /// Appends outcomes that [`Self::only_new`] let through.
    pub fn push(&mut self, outcomes: Vec<Outcome>, options: &OutcomeBusOptions) {
        let Some(last) = outcomes.last() else { return };
        self.due = Some(last.number.0 + 1);
        self.outcomes += outcomes.len();
        self.batches.push_back(outcomes.into());
        self.let_go(options);
    }

    /// What `reader` has not seen of one batch. It has it from now on.
    pub fn read(&mut self, reader: u64, options: &OutcomeBusOptions) -> Windowed {
        let Some(after) = self.readers.get(&reader).copied() else { return Windowed::NotYet };
        let (Some(due), Some(first)) = (self.due, self.first()) else { return Windowed::NotYet };
        if after + 1 < first {
            return Windowed::Trimmed(first);
        }
        if after + 1 >= due {
            return Windowed::NotYet;
        }
        let batch = &self.batches[self.batch_of(after + 1)];
        let seen = usize::try_from(after + 1 - first_of(batch)).expect("within a batch");
        // Only where a reader joins in mid-batch is anything copied.
        let batch = if seen == 0 { batch.clone() } else { batch[seen..].into() };
        let last = first_of(&batch) + batch.len() as u64 - 1;
        self.readers.insert(reader, last);
        self.let_go(options);
        Windowed::Outcomes(batch)
    }

    /// Lets batches go that every living reader has, but for the newest few.
    fn let_go(&mut self, options: &OutcomeBusOptions) {
        let Some(due) = self.due else { return };
        let everybody_has = self.slowest().map_or(due - 1, |slowest| slowest.min(due - 1));
        while let Some(oldest) = self.batches.front() {
            let last = first_of(oldest) + oldest.len() as u64 - 1;
            if last > everybody_has || self.outcomes - oldest.len() < options.kept_outcomes {
                return;
            }
            self.outcomes -= oldest.len();
            self.batches.pop_front();
        }
    }

    fn batch_of(&self, number: u64) -> usize {
        self.batches.partition_point(|batch| first_of(batch) <= number) - 1
    }

    fn find(&self, number: u64) -> Option<&Outcome> {
        let first = self.batches.front().map(|batch| first_of(batch))?;
        let batch = if number < first { return None } else { &self.batches[self.batch_of(number)] };
        batch.get(usize::try_from(number - first_of(batch)).ok()?)
    }
}

fn first_of(batch: &[Outcome]) -> u64 {
    batch[0].number.0
}
