//! What the writer, the readers and the callers of one log share.

use super::options::LogOptions;
use super::segment::Segments;
use super::tail::Tail;
use super::trim::Trims;
use rowlock_engine::ids::PartitionId;
use rowlock_engine::ports::ReadError;
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;

#[derive(Debug)]
pub struct Shared {
    pub options: LogOptions,
    pub segments: Segments,
    pub trims: Trims,
    pub tails: Vec<Tail>,
    /// Bytes of the records that wait for the writer.
    pub queued_bytes: AtomicUsize,
    /// Why no record can be written any more, in this process.
    pub failure: OnceLock<String>,
}

impl Shared {
    /// An error when `offset` was trimmed.
    pub fn check_trimmed(&self, partition: PartitionId, offset: u64) -> Result<(), ReadError> {
        let first = self.trims.before(usize::from(partition.0));
        if offset < first { Err(ReadError::Trimmed { partition, asked: offset, first }) } else { Ok(()) }
    }

    /// The tail of `partition`.
    ///
    /// # Panics
    /// When the log has no such partition.
    pub fn tail(&self, partition: PartitionId) -> &Tail {
        &self.tails[usize::from(partition.0)]
    }
}
