//! Follows one partition: through the files first, then along with the writer.

use super::history::{self, Place};
use super::shared::Shared;
use super::tail::Tailed;
use rowlock_engine::ids::PartitionId;
use rowlock_engine::ports::{CommandReader, ReadError, Record};
use std::sync::Arc;

/// A reader of one partition of the local log.
#[derive(Debug)]
pub struct LocalReader {
    shared: Arc<Shared>,
    partition: PartitionId,
    next: u64,
    /// Where it is in the files, while it is behind the tail.
    place: Option<Place>,
}

impl LocalReader {
    pub(super) fn new(shared: Arc<Shared>, partition: PartitionId, from: u64) -> Self {
        Self { shared, partition, next: from, place: None }
    }

    /// Reads files where blocking is allowed. Nothing has moved until it has ended, so that it can be given up.
    async fn read_files(&mut self) -> Result<Vec<Record>, ReadError> {
        let (shared, partition, from, place) = (self.shared.clone(), self.partition, self.next, self.place.clone());
        let read = tokio::task::spawn_blocking(move || history::read(&shared, partition, from, place)).await;
        let (records, place) = read.map_err(|error| ReadError::Backend(format!("reading the log: {error}")))??;
        self.place = Some(place);
        Ok(records)
    }

    fn advance(&mut self, records: Vec<Record>) -> Vec<Record> {
        let last = records.last().expect("a batch has at least one record");
        self.next = last.offset.0 + 1;
        records
    }
}

impl CommandReader for LocalReader {
    async fn next(&mut self) -> Result<Vec<Record>, ReadError> {
        let shared = self.shared.clone();
        let (tail, options) = (shared.tail(self.partition), &shared.options);
        loop {
            shared.check_trimmed(self.partition, self.next)?;
            // Made before the look, so that nothing that arrives after it is slept through.
            let arrived = tail.arrived.notified();
            match tail.read(self.next, options.batch_records_max, options.batch_bytes_max) {
                Tailed::Records(records) => {
                    self.place = None;
                    return Ok(self.advance(records));
                }
                Tailed::InFiles => {
                    let records = self.read_files().await?;
                    return Ok(self.advance(records));
                }
                Tailed::AtEnd => arrived.await,
                Tailed::Ended => {
                    let reason = shared.failure.get().map_or("it was closed", String::as_str);
                    return Err(ReadError::Backend(format!("the command log has ended: {reason}")));
                }
            }
        }
    }
}
