//! Reads along with one partition's outcomes.

use super::bus::Lane;
use super::window::Windowed;
use rowlock_engine::ids::OutcomeNumber;
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{OutcomeReader, ReadError};
use std::sync::Arc;

/// A living reader of one partition: what it has not read stays, until it is dropped.
#[derive(Debug)]
pub struct BusReader {
    lane: Arc<Lane>,
    id: u64,
    after: OutcomeNumber,
}

impl BusReader {
    pub(super) fn new(lane: Arc<Lane>, id: u64, after: OutcomeNumber) -> Self {
        Self { lane, id, after }
    }
}

impl OutcomeReader for BusReader {
    async fn next(&mut self) -> Result<Arc<[Outcome]>, ReadError> {
        loop {
            // Made before the look, so that nothing that arrives after it is slept through.
            let arrived = self.lane.arrived.notified();
            let read = self.lane.window().read(self.id, &self.lane.options);
            match read {
                Windowed::Outcomes(batch) => {
                    self.after = batch.last().expect("no batch is empty").number;
                    self.lane.room.notify_waiters();
                    return Ok(batch);
                }
                Windowed::Trimmed(first) => {
                    let asked = self.after.next().0;
                    return Err(ReadError::Trimmed { partition: self.lane.partition, asked, first });
                }
                Windowed::NotYet => arrived.await,
            }
        }
    }
}

impl Drop for BusReader {
    fn drop(&mut self) {
        self.lane.window().forget(self.id, &self.lane.options);
        self.lane.room.notify_waiters();
    }
}
