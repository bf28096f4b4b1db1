//! The records that become one group.

use super::format::{self, GROUP_HEADER_BYTES, RECORD_HEADER_BYTES, SECTION_HEADER_BYTES};
use super::tail::Tail;
use bytes::Bytes;
use rowlock_engine::ids::{Offset, TimeMs};
use rowlock_engine::ports::{AppendDone, AppendError, Record};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A record that waits to be written.
pub struct Append {
    pub partition: u16,
    pub payload: Bytes,
    pub done: AppendDone,
}

/// A group in the making, by partition.
pub struct Pending(Vec<Vec<Append>>);

/// What a group has become: every partition's records, and who is to be told of them.
pub struct Written {
    batches: Vec<Vec<Record>>,
    told: Vec<(AppendDone, Offset)>,
}

impl Pending {
    pub fn new(partitions: usize) -> Self {
        Self((0..partitions).map(|_| Vec::new()).collect())
    }

    /// Takes a record; returns how many bytes it has.
    pub fn take(&mut self, append: Append) -> usize {
        let bytes = append.payload.len();
        self.0[usize::from(append.partition)].push(append);
        bytes
    }

    /// Bytes of the group as it will be written.
    pub fn bytes_len(&self) -> usize {
        let sections = self.0.iter().filter(|appends| !appends.is_empty()).count();
        let records = self.0.iter().flatten().map(|append| RECORD_HEADER_BYTES + append.payload.len());
        GROUP_HEADER_BYTES + SECTION_HEADER_BYTES * sections + records.sum::<usize>()
    }

    /// Encodes the group into `buffer`, but for its header; returns how many sections it has.
    pub fn encode(&self, buffer: &mut Vec<u8>, next: &[u64]) -> u32 {
        buffer.clear();
        format::begin_group(buffer);
        let mut sections = 0;
        for ((partition, appends), next) in (0..).zip(&self.0).zip(next) {
            if !appends.is_empty() {
                let payloads = appends.iter().map(|append| &*append.payload);
                format::put_section(buffer, partition, *next, payloads);
                sections += 1;
            }
        }
        sections
    }

    /// Gives the records their offsets, moving `next` along. Payloads are handed on, not copied.
    pub fn written(&mut self, next: &mut [u64], at: TimeMs) -> Written {
        let mut written = Written { batches: Vec::with_capacity(next.len()), told: Vec::new() };
        for (appends, next) in self.0.iter_mut().zip(next) {
            let mut batch = Vec::with_capacity(appends.len());
            for append in appends.drain(..) {
                let offset = Offset(*next);
                batch.push(Record { offset, at, payload: append.payload });
                written.told.push((append.done, offset));
                *next += 1;
            }
            written.batches.push(batch);
        }
        written
    }

    /// Tells everybody that nothing became of it.
    pub fn refuse(&mut self, error: &AppendError) {
        self.0
            .iter_mut()
            .flat_map(|appends| appends.drain(..))
            .for_each(|append| call(append.done, Err(error.clone())));
    }
}

impl Written {
    /// Shows the records to readers, then tells everybody the offset of theirs.
    pub fn publish(self, tails: &[Tail], bytes_max: usize) {
        for (batch, tail) in self.batches.into_iter().zip(tails) {
            tail.push(batch, bytes_max);
        }
        self.told.into_iter().for_each(|(done, offset)| call(done, Ok(offset)));
    }
}

/// One caller's panic must not take the log with it.
fn call(done: AppendDone, fate: Result<Offset, AppendError>) {
    if catch_unwind(AssertUnwindSafe(|| done(fate))).is_err() {
        tracing::error!("whoever appended a record panicked when it was told its fate");
    }
}
