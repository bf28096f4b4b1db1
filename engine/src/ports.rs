//! The three ports: the logs, the checkpoint store, the ledger. Each has an embedded and a clustered
//! backend, and one suite of contract tests that runs on all.

use crate::ids::{Offset, OutcomeNumber, PartitionId, TimeMs};
use crate::outcome::Outcome;
use bytes::Bytes;
use std::future::Future;
use std::sync::Arc;

/// Why an append did not become durable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// As many records wait as may; nothing was queued.
    #[error("the command log's queue is full")]
    QueueFull,
    /// No room on the disk; nothing was written, and appending may work again later.
    #[error("no room for the command log: {0}")]
    NoSpace(String),
    /// The log does not take records any more, in this process.
    #[error("the command log is closed: {0}")]
    Closed(String),
    /// It is not known whether the record became durable; its outcome tells.
    #[error("it is not known whether the record was written: {0}")]
    Unknown(String),
}

/// Why a log could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The log begins later than asked for: what came before was trimmed.
    #[error("partition {partition}: {asked} was trimmed, the first that is left is {first}")]
    Trimmed {
        /// Which partition.
        partition: PartitionId,
        /// The offset or number asked for.
        asked: u64,
        /// The first that is left.
        first: u64,
    },
    /// The backend failed.
    #[error("{0}")]
    Backend(String),
}

/// Called once with the fate of an append: durable at an offset, or not.
pub type AppendDone = Box<dyn FnOnce(Result<Offset, AppendError>) + Send>;

/// A record as the log gives it back: durable, placed and stamped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place in the partition.
    pub offset: Offset,
    /// The log's stamp.
    pub at: TimeMs,
    /// An encoded command.
    pub payload: Bytes,
}

/// The writing half of the command log, all that a gateway needs.
pub trait CommandAppender: Send + Sync + 'static {
    /// Queues a record and returns at once; `done` is called from any thread when its fate is known.
    ///
    /// # Errors
    /// `QueueFull` or `Closed`: then `done` is never called and nothing was queued.
    fn append(&self, partition: PartitionId, payload: Bytes, done: AppendDone) -> Result<(), AppendError>;
}

/// The command log: decides the order.
pub trait CommandLog: CommandAppender {
    /// Reads one partition.
    type Reader: CommandReader;

    /// A reader of `partition` whose first record is the one at `from`.
    ///
    /// # Errors
    /// `Trimmed` when `from` is no longer there.
    fn reader(
        &self,
        partition: PartitionId,
        from: Offset,
    ) -> impl Future<Output = Result<Self::Reader, ReadError>> + Send;

    /// The offset that the next durable record of `partition` will have.
    fn end(&self, partition: PartitionId) -> impl Future<Output = Result<Offset, ReadError>> + Send;

    /// Allows the log to forget the records of `partition` before `before`.
    fn trim(&self, partition: PartitionId, before: Offset) -> impl Future<Output = Result<(), ReadError>> + Send;
}

/// Reads one partition of the command log in order.
pub trait CommandReader: Send + 'static {
    /// Waits for the next durable records, at least one; never skips, never repeats.
    ///
    /// Dropping the future loses nothing.
    fn next(&mut self) -> impl Future<Output = Result<Vec<Record>, ReadError>> + Send;
}

/// A change of what this task owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// The partition is this task's now.
    Assigned(PartitionId),
    /// The partition is to be let go; confirmed by [`Assignments::released`].
    Revoked(PartitionId),
}

/// Says which partitions this task owns, as they come and go.
pub trait Assignments: Send + 'static {
    /// Waits for the next change; `None` when there will be no more.
    ///
    /// Dropping the future loses nothing.
    fn next(&mut self) -> impl Future<Output = Option<Assignment>> + Send;
    /// Tells that a revoked partition has been let go.
    fn released(&mut self, partition: PartitionId);
}

/// The outcome log: what owners publish and everybody reads.
pub trait OutcomeLog: Send + Sync + 'static {
    /// Reads one partition.
    type Reader: OutcomeReader;

    /// Publishes outcomes with consecutive numbers, in order. Numbers that the log already has are
    /// dropped, so a replay publishes nothing twice. Waits while readers that must not miss anything
    /// are too far behind.
    ///
    /// # Errors
    /// `Diverged` when a known number comes with another hash; `Gap` when a number is skipped.
    fn publish(
        &self,
        partition: PartitionId,
        outcomes: Vec<Outcome>,
    ) -> impl Future<Output = Result<(), PublishError>> + Send;

    /// A reader whose first outcome is the one after `after`.
    ///
    /// # Errors
    /// `Trimmed` when that is no longer there.
    fn reader(
        &self,
        partition: PartitionId,
        after: OutcomeNumber,
    ) -> impl Future<Output = Result<Self::Reader, ReadError>> + Send;
}

/// Why outcomes could not be published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// One number, two hashes: somebody decided differently.
    #[error("partition {partition}: outcome {number} was published with another hash; the partition must halt")]
    Diverged {
        /// Which partition.
        partition: PartitionId,
        /// The number with two hashes.
        number: OutcomeNumber,
    },
    /// A number was skipped.
    #[error("partition {partition}: outcome {got} came where {expected} was due")]
    Gap {
        /// Which partition.
        partition: PartitionId,
        /// The number that was due.
        expected: OutcomeNumber,
        /// The number that came.
        got: OutcomeNumber,
    },
    /// The backend failed.
    #[error("{0}")]
    Backend(String),
}

/// Reads one partition of the outcome log in order.
pub trait OutcomeReader: Send + 'static {
    /// Waits for the next outcomes, at least one, shared with every other reader.
    ///
    /// Dropping the future loses nothing.
    fn next(&mut self) -> impl Future<Output = Result<Arc<[Outcome]>, ReadError>> + Send;
}

/// What a checkpoint covers: everything before `next_offset`, with outcomes up to `outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covers {
    /// The first record that a restored shard is to read.
    pub next_offset: Offset,
    /// The last outcome that the state contains.
    pub outcome: OutcomeNumber,
}

/// One immutable piece of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// What it holds: an event's id; `None` for the partition's own part.
    pub key: Option<u64>,
    /// Encoded state.
    pub bytes: Bytes,
}

/// A checkpoint to be saved: the chunks that changed, and the keys of all that it consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointDelta {
    /// What it covers.
    pub covers: Covers,
    /// An event that is not among `changed` is as it was after this outcome; `None` when all are.
    pub since: Option<OutcomeNumber>,
    /// The events that the state has, changed or not.
    pub events: Vec<u64>,
    /// The partition's own part, and every event that changed since the checkpoint before.
    pub changed: Vec<Chunk>,
}

/// A whole checkpoint, as it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// What it covers.
    pub covers: Covers,
    /// All chunks.
    pub chunks: Vec<Chunk>,
}

/// Why a checkpoint could not be saved or loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The store has a newer one: a checkpoint never goes back.
    #[error("partition {partition}: the store has a checkpoint at offset {stored}, newer than {offered}")]
    Stale {
        /// Which partition.
        partition: PartitionId,
        /// The offset in the store.
        stored: Offset,
        /// The offset that was offered.
        offered: Offset,
    },
    /// An unchanged chunk that the delta relies on is not in the store, or only an older one: save everything.
    #[error("partition {partition}: the store lacks an unchanged chunk of event {event}")]
    MissingChunk {
        /// Which partition.
        partition: PartitionId,
        /// The event whose chunk is missing.
        event: u64,
    },
    /// The backend failed.
    #[error("{0}")]
    Backend(String),
}

/// Keeps checkpoints: chunks first, then one write that names them and refuses to go back.
pub trait CheckpointStore: Send + Sync + 'static {
    /// Makes `delta` the partition's checkpoint, durably, all or nothing. The one before is kept as well.
    /// Where that covers less than `since`, the chunk of an event that is not among `changed` may be too old, and is missing.
    ///
    /// # Errors
    /// `Stale`, `MissingChunk` or `Backend`; the checkpoint before stays in force.
    fn save(
        &self,
        partition: PartitionId,
        delta: CheckpointDelta,
    ) -> impl Future<Output = Result<(), CheckpointError>> + Send;

    /// The newest whole checkpoint; one with a missing or damaged chunk counts as none, and the one before is given.
    ///
    /// # Errors
    /// `Backend` when the store cannot be read.
    fn load(&self, partition: PartitionId) -> impl Future<Output = Result<Option<Checkpoint>, CheckpointError>> + Send;

    /// The lowest offset that any kept checkpoint may replay from: the log can be trimmed before it.
    ///
    /// # Errors
    /// `Backend` when the store cannot be read.
    fn oldest_kept(
        &self,
        partition: PartitionId,
    ) -> impl Future<Output = Result<Option<Covers>, CheckpointError>> + Send;
}

/// Why the ledger did not take a batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The guard did not hold: the ledger is at another number.
    #[error("partition {partition}: the ledger is at outcome {actual}, not {expected}")]
    OutOfOrder {
        /// Which partition.
        partition: PartitionId,
        /// The number that the batch follows.
        expected: OutcomeNumber,
        /// The number that the ledger is at.
        actual: OutcomeNumber,
    },
    /// The backend failed; the batch can be tried again.
    #[error("{0}")]
    Backend(String),
}

/// Records confirmed bookings, each exactly once.
pub trait Ledger: Send + Sync + 'static {
    /// The last outcome of `partition` that the ledger has seen.
    ///
    /// # Errors
    /// `Backend` when the ledger cannot be read.
    fn position(&self, partition: PartitionId) -> impl Future<Output = Result<OutcomeNumber, LedgerError>> + Send;

    /// In one transaction: writes what `outcomes` say of confirmed bookings, and moves the partition's
    /// position from `after` to the number of the last one.
    ///
    /// # Errors
    /// `OutOfOrder` when the position is not `after`; then nothing was written.
    fn record<'a>(
        &self,
        partition: PartitionId,
        after: OutcomeNumber,
        outcomes: impl IntoIterator<Item = &'a Outcome> + Send,
    ) -> impl Future<Output = Result<(), LedgerError>> + Send;
}
