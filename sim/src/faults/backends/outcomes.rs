//! One partition of the outcome log: drops known numbers, and refuses gaps and second hashes.

use rowlock_engine::ids::{OutcomeNumber, PartitionId};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{PublishError, ReadError};

/// One partition of the outcome log.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// The first number that is there; `None` where the first publish may begin anywhere.
    first: Option<u64>,
    list: Vec<Outcome>,
}

impl Outcomes {
    /// One that begins with the first outcome, for good.
    pub fn durable() -> Self {
        Self { first: Some(1), list: Vec::new() }
    }

    /// It was in memory, and is gone with its process.
    pub fn lose(&mut self) {
        *self = Self::default();
    }

    pub fn first(&self) -> Option<u64> {
        self.first
    }

    /// Publishes; `drops_known` is what every such log does.
    pub fn publish(
        &mut self,
        partition: PartitionId,
        outcomes: &[Outcome],
        drops_known: bool,
    ) -> Result<(), PublishError> {
        for outcome in outcomes {
            let number = outcome.number.0;
            let first = *self.first.get_or_insert(number);
            let due = self.list.last().map_or(first, |last| last.number.0 + 1);
            if number > due {
                return Err(PublishError::Gap { partition, expected: OutcomeNumber(due), got: outcome.number });
            }
            if number == due || !drops_known {
                self.list.push(outcome.clone());
            } else if number >= first && self.at(number, first).hash != outcome.hash {
                return Err(PublishError::Diverged { partition, number: outcome.number });
            }
        }
        Ok(())
    }

    fn at(&self, number: u64, first: u64) -> &Outcome {
        &self.list[usize::try_from(number - first).expect("logs are short")]
    }

    /// Up to `most` outcomes after a place in the log, which is a number while numbers have no gap.
    pub fn read(&self, partition: PartitionId, after: u64, most: usize) -> Result<Vec<Outcome>, ReadError> {
        let Some(first) = self.first else { return Ok(Vec::new()) };
        if after + 1 < first {
            return Err(ReadError::Trimmed { partition, asked: after + 1, first });
        }
        let skipped = usize::try_from(after + 1 - first).expect("logs are short");
        Ok(self.list.iter().skip(skipped).take(most).cloned().collect())
    }
}
