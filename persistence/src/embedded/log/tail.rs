//! The newest durable records of one partition, in memory for those who read along.

use rowlock_engine::ports::Record;
use std::collections::VecDeque;
use std::mem::size_of;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// What the tail has for a reader.
#[derive(Debug)]
pub enum Tailed {
    /// The next records, in memory.
    Records(Vec<Record>),
    /// They are older than the tail: only in files.
    InFiles,
    /// There is nothing newer yet.
    AtEnd,
    /// There will be nothing newer, in this process.
    Ended,
}

/// The tail of one partition.
#[derive(Debug)]
pub struct Tail {
    kept: Mutex<Kept>,
    /// Wakes those who wait at the end.
    pub arrived: Notify,
}

#[derive(Debug)]
struct Kept {
    /// Each is one group's.
    batches: VecDeque<Vec<Record>>,
    bytes: usize,
    end: u64,
    ended: bool,
}

impl Tail {
    pub fn new(end: u64) -> Self {
        let kept = Kept { batches: VecDeque::new(), bytes: 0, end, ended: false };
        Self { kept: Mutex::new(kept), arrived: Notify::new() }
    }

    /// The offset that the next durable record will have.
    pub fn end(&self) -> u64 {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).end
    }

    /// Makes durable records visible; what exceeds `bytes_max` is left to the files.
    pub fn push(&self, batch: Vec<Record>, bytes_max: usize) {
        let Some(last) = batch.last() else { return };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.end = last.offset.0 + 1;
        kept.bytes += bytes_of(&batch);
        kept.batches.push_back(batch);
        // Dropped after the lock is let go.
        let mut old = Vec::new();
        while kept.bytes > bytes_max && kept.batches.len() > 1 {
            let batch = kept.batches.pop_front().expect("there are two");
            kept.bytes -= bytes_of(&batch);
            old.push(batch);
        }
        drop(kept);
        self.arrived.notify_waiters();
    }

    /// Nothing will follow: whoever waits is told.
    pub fn finish(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        self.arrived.notify_waiters();
    }

    /// Records from `from` on, as many as the caps allow and at least one.
    pub fn read(&self, from: u64, records_max: usize, bytes_max: usize) -> Tailed {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if from >= kept.end {
            return if kept.ended { Tailed::Ended } else { Tailed::AtEnd };
        }
        let first = kept.batches.front().map_or(kept.end, |batch| first_of(batch));
        if from < first {
            return Tailed::InFiles;
        }
        let at = kept.batches.partition_point(|batch| first_of(batch) <= from) - 1;
        let skipped = usize::try_from(from - first_of(&kept.batches[at])).expect("within a batch");
        let (mut records, mut bytes) = (Vec::new(), 0);
        for record in kept.batches.range(at..).flatten().skip(skipped) {
            if records.len() >= records_max || bytes >= bytes_max {
                break;
            }
            bytes += record.payload.len();
            records.push(record.clone());
        }
        Tailed::Records(records)
    }
}

fn first_of(batch: &[Record]) -> u64 {
    batch[0].offset.0
}

fn bytes_of(batch: &[Record]) -> usize {
    batch.iter().map(|record| record.payload.len() + size_of::<Record>()).sum()
}
