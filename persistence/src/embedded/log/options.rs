//! The caps of the local log by name, and how they relate.

use rowlock_engine::ids::TimeMs;
use rowlock_engine::limits::COMMAND_BYTES_MAX;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes of one segment before the next one is begun.
pub const SEGMENT_BYTES: u64 = 64 << 20;
/// Bytes that are allocated ahead at a time.
pub const ALLOCATE_BYTES: u64 = 8 << 20;
/// Records that may wait for the writer.
pub const QUEUE_RECORDS_MAX: usize = 65_536;
/// Bytes of the records that may wait for the writer.
pub const QUEUE_BYTES_MAX: usize = 64 << 20;
/// Records that one sync makes durable at most.
pub const GROUP_RECORDS_MAX: usize = 16_384;
/// Bytes that one sync makes durable at most, give or take one record.
pub const GROUP_BYTES_MAX: usize = 4 << 20;
/// How long the writer lets records gather before it begins a group, while there are neither few nor many of them: a
/// sync costs as much for ten records as for a hundred, and so does waking everybody after it. Measured: 2 ms gave 7% more at
/// 58,000 bookings a second over HTTP; 4 ms takes 7% off the work of 6,000 a second with payments on one core.
/// PostgreSQL's `commit_delay` is the same idea.
pub const GATHER: Duration = Duration::from_millis(4);
/// Records of the last group from which on they are let gather: below, a group has its sync to itself anyway.
pub const GATHER_RECORDS_MIN: usize = 32;
/// Records that wait already from which on nothing is gained by more of them.
pub const GATHER_RECORDS_MAX: usize = 1_024;
/// Bytes of durable records that each partition keeps in memory for its readers, give or take one group.
pub const TAIL_BYTES_MAX: usize = 4 << 20;
/// Records that a reader is given at once.
pub const BATCH_RECORDS_MAX: usize = 4_096;
/// Bytes that a reader is given at once, give or take one group's records of its partition.
pub const BATCH_BYTES_MAX: usize = 1 << 20;
/// Bytes of one record: what the engine allows, and room for other uses.
pub const RECORD_BYTES_MAX: usize = 2 * COMMAND_BYTES_MAX;

const _: () = assert!(GROUP_RECORDS_MAX < QUEUE_RECORDS_MAX);
const _: () = assert!(GATHER_RECORDS_MIN < GATHER_RECORDS_MAX && GATHER_RECORDS_MAX < GROUP_RECORDS_MAX);
const _: () = assert!(GROUP_BYTES_MAX + RECORD_BYTES_MAX < QUEUE_BYTES_MAX);
const _: () = assert!(((GROUP_BYTES_MAX + RECORD_BYTES_MAX) as u64) < SEGMENT_BYTES);
const _: () = assert!(BATCH_BYTES_MAX <= TAIL_BYTES_MAX);
const _: () = assert!(SEGMENT_BYTES < u32::MAX as u64);

/// Sizes of the local log; the defaults are the named caps.
#[derive(Clone, Copy, Debug)]
pub struct LogOptions {
    /// See [`SEGMENT_BYTES`].
    pub segment_bytes: u64,
    /// See [`ALLOCATE_BYTES`].
    pub allocate_bytes: u64,
    /// See [`QUEUE_RECORDS_MAX`].
    pub queue_records_max: usize,
    /// See [`QUEUE_BYTES_MAX`].
    pub queue_bytes_max: usize,
    /// See [`GROUP_RECORDS_MAX`].
    pub group_records_max: usize,
    /// See [`GROUP_BYTES_MAX`].
    pub group_bytes_max: usize,
    /// See [`TAIL_BYTES_MAX`].
    pub tail_bytes_max: usize,
    /// See [`BATCH_RECORDS_MAX`].
    pub batch_records_max: usize,
    /// See [`BATCH_BYTES_MAX`].
    pub batch_bytes_max: usize,
    /// What the time is; stamps never go back, even when it does.
    pub clock: fn() -> TimeMs,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            segment_bytes: SEGMENT_BYTES,
            allocate_bytes: ALLOCATE_BYTES,
            queue_records_max: QUEUE_RECORDS_MAX,
            queue_bytes_max: QUEUE_BYTES_MAX,
            group_records_max: GROUP_RECORDS_MAX,
            group_bytes_max: GROUP_BYTES_MAX,
            tail_bytes_max: TAIL_BYTES_MAX,
            batch_records_max: BATCH_RECORDS_MAX,
            batch_bytes_max: BATCH_BYTES_MAX,
            clock: wall_clock,
        }
    }
}

fn wall_clock() -> TimeMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TimeMs(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
