//! From a partition's checkpoint to its boards.

use super::Boards;
use super::event::{EventBoard, EventView};
use rowlock_engine::booking::Status;
use rowlock_engine::ids::{OutcomeNumber, PartitionId};
use rowlock_engine::ports::Checkpoint;
use rowlock_engine::shard::snapshot::{EventPart, SnapshotError, read_event};

impl Boards {
    /// Puts everything that a checkpoint has on the boards. Takes time in proportion to its size.
    ///
    /// # Errors
    /// When the checkpoint cannot be read; boards of events before the unreadable one are there then.
    pub(super) fn restore(&self, partition: PartitionId, checkpoint: Checkpoint) -> Result<(), SnapshotError> {
        let covered = checkpoint.covers.outcome;
        // Chunk by chunk, each let go before the next: together they are as large as all that they describe.
        for chunk in checkpoint.chunks.into_iter().filter(|chunk| chunk.key.is_some()) {
            self.restore_event(partition, covered, read_event(&chunk.bytes)?);
        }
        self.set_followed(partition, covered);
        Ok(())
    }

    fn restore_event(&self, partition: PartitionId, covered: OutcomeNumber, event: EventPart) {
        // What is confirmed is in the ledger: a checkpoint waits for it.
        for booking in event.bookings().filter(|booking| booking.status != Status::Completed) {
            self.leaving(partition).note(covered, booking.created_at, &booking, None);
            self.bookings.put(covered, booking);
        }
        // Forgetting an ended booking touches an event without an outcome: none of it is news.
        let version = event.touched.min(covered);
        let view = EventView { states: event.states, terms: event.terms, closed: event.closed, version };
        self.put_event(EventBoard::new(event.id, partition, event.map, view));
    }
}
