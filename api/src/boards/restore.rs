//! From a partition's checkpoint to its boards.

use super::Boards;
use super::event::{EventBoard, EventView};
use rowlock_engine::booking::Status;
use rowlock_engine::ids::{OutcomeNumber, PartitionId};
use rowlock_engine::ports::Checkpoint;
use rowlock_engine::shard::Event;
use rowlock_engine::shard::snapshot::{SnapshotError, restore_event};

impl Boards {
    /// Puts everything that a checkpoint has on the boards. Takes time in proportion to its size.
    ///
    /// # Errors
    /// When the checkpoint cannot be read; boards of events before the unreadable one are there then.
    pub(super) fn restore(&self, partition: PartitionId, checkpoint: &Checkpoint) -> Result<(), SnapshotError> {
        for chunk in checkpoint.chunks.iter().filter(|chunk| chunk.key.is_some()) {
            self.restore_event(partition, checkpoint.covers.outcome, &restore_event(&chunk.bytes)?);
        }
        self.set_followed(partition, checkpoint.covers.outcome);
        Ok(())
    }

    fn restore_event(&self, partition: PartitionId, covered: OutcomeNumber, event: &Event) {
        let view = EventView {
            states: event.seats().states().clone(),
            terms: event.terms().clone(),
            closed: event.is_closed(),
            version: event.touched().min(covered),
        };
        self.put_event(EventBoard::new(event.id(), partition, event.seat_map().clone(), view));
        // What is confirmed is in the ledger: a checkpoint waits for it.
        for booking in event.bookings().filter(|booking| booking.status != Status::Completed) {
            self.leaving(partition).note(covered, booking.created_at, &booking, None);
            self.bookings.put(covered, booking);
        }
    }
}
