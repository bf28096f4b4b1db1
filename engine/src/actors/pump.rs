//! Carries batches of durable records to a partition, as far as its credit goes.

use super::partition::Message;
use crate::ports::{CommandReader, Record};
use ractor::ActorRef;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

/// Records on their way to a partition. The credit comes back when the batch is dropped.
pub struct Batch {
    pub records: Vec<Record>,
    _credit: OwnedSemaphorePermit,
}

/// Starts to carry what `reader` gives to `partition`, with at most `credit` batches under way. Ends with
/// the reader, which it reports, or with the partition.
pub fn spawn<R: CommandReader>(mut reader: R, partition: ActorRef<Message>, credit: usize) -> JoinHandle<()> {
    let credit = Arc::new(Semaphore::new(credit));
    tokio::spawn(async move {
        loop {
            let permit = credit.clone().acquire_owned().await.expect("the semaphore is never closed");
            let message = match reader.next().await {
                Ok(records) => Message::Batch(Batch { records, _credit: permit }),
                Err(error) => Message::ReadFailed(error),
            };
            let failed = matches!(message, Message::ReadFailed(_));
            if partition.cast(message).is_err() || failed {
                return;
            }
        }
    })
}
