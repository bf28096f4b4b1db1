//! The one thread that writes: takes what is queued, writes it as one group, syncs once, then tells.

use super::active::Active;
use super::format::{self, GROUP_HEADER_BYTES, RECORD_HEADER_BYTES, SECTION_HEADER_BYTES, SegmentHeader};
use super::shared::Shared;
use crate::embedded::files;
use bytes::Bytes;
use crossbeam_channel::Receiver;
use rowlock_engine::ids::{Offset, TimeMs};
use rowlock_engine::ports::{AppendDone, AppendError, Record};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A record that waits to be written.
pub struct Append {
    pub partition: u16,
    pub payload: Bytes,
    pub done: AppendDone,
}

/// What the thread works with.
pub struct Writer {
    pub shared: Arc<Shared>,
    pub queue: Receiver<Append>,
    pub directory: PathBuf,
    pub active: Active,
    /// The next offset of every partition.
    pub next: Vec<u64>,
    /// The last stamp that was given.
    pub stamp: TimeMs,
    /// The group in the making, by partition.
    pub group: Vec<Vec<Append>>,
    pub buffer: Vec<u8>,
}

/// Why a group was not written.
enum Failed {
    /// There is no room; there may be later.
    NoSpace(String),
    /// Nothing of it was written, and nothing will be.
    Before(String),
    /// Nobody knows what of it is on the disk.
    Midway(String),
}

impl Writer {
    /// Works until every sender is gone and the queue is empty.
    pub fn run(mut self) {
        while self.collect() {
            self.commit();
        }
        // After a failure nobody knows what is on the disk, so nothing is to be changed there.
        if self.shared.failure.get().is_none() {
            self.active.give_back();
        }
    }

    /// Waits for a record and takes what else is queued, as far as the caps go. False when there will be no more.
    fn collect(&mut self) -> bool {
        let Ok(first) = self.queue.recv() else { return false };
        let options = self.shared.options;
        let (mut records, mut bytes) = (1, self.take(first));
        while records < options.group_records_max && bytes < options.group_bytes_max {
            let Ok(append) = self.queue.try_recv() else { break };
            records += 1;
            bytes += self.take(append);
        }
        self.shared.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
        true
    }

    fn take(&mut self, append: Append) -> usize {
        let bytes = append.payload.len();
        self.group[usize::from(append.partition)].push(append);
        bytes
    }

    fn commit(&mut self) {
        if let Some(reason) = self.shared.failure.get() {
            let error = AppendError::Closed(reason.clone());
            return self.refuse(&error);
        }
        self.stamp = self.stamp.max((self.shared.options.clock)());
        match self.write() {
            Ok(()) => self.tell(),
            Err(Failed::NoSpace(problem)) => {
                tracing::error!(problem, "records are refused until there is room");
                self.refuse(&AppendError::NoSpace(problem));
            }
            Err(Failed::Before(problem)) => self.fail(AppendError::Closed, problem),
            Err(Failed::Midway(problem)) => self.fail(AppendError::Unknown, problem),
        }
    }

    /// Makes the group durable.
    fn write(&mut self) -> Result<(), Failed> {
        self.make_room(self.group_bytes()).map_err(|error| self.no_room(&error))?;
        let sections = self.encode();
        format::finish_group(&mut self.buffer, sections, self.active.segment.place(self.active.position()), self.stamp);
        self.active.write(&self.buffer).map_err(|error| {
            let path = self.active.segment.path.display();
            Failed::Midway(format!("{path}: a write failed: {error}; check the disk, then restart the service"))
        })
    }

    fn no_room(&self, error: &io::Error) -> Failed {
        let path = self.directory.display();
        if files::is_no_space(error) {
            return Failed::NoSpace(format!("{path}: the disk is full: make room, nothing was lost"));
        }
        Failed::Before(format!("{path}: no room could be allocated: {error}; check the disk, then restart the service"))
    }

    fn group_bytes(&self) -> usize {
        let sections = self.group.iter().filter(|appends| !appends.is_empty()).count();
        let records = self.group.iter().flatten().map(|append| RECORD_HEADER_BYTES + append.payload.len());
        GROUP_HEADER_BYTES + SECTION_HEADER_BYTES * sections + records.sum::<usize>()
    }

    /// Room for `len` bytes, in a new segment when this one is full.
    fn make_room(&mut self, len: usize) -> io::Result<()> {
        let options = self.shared.options;
        let is_full = (self.active.position() + len) as u64 > options.segment_bytes;
        if !is_full || self.active.is_empty() {
            return self.active.reserve(len, options.allocate_bytes);
        }
        let sequence = self.active.segment.header.sequence + 1;
        let header = SegmentHeader { sequence, stamp: self.stamp, next: self.next.clone() };
        let active = Active::create(&self.directory, header, options.allocate_bytes.max(len as u64))?;
        self.active.give_back();
        self.shared.segments.push(active.segment.clone());
        self.active = active;
        Ok(())
    }

    /// Encodes the group, but for its header; returns how many sections it has.
    fn encode(&mut self) -> u32 {
        self.buffer.clear();
        format::begin_group(&mut self.buffer);
        let mut sections = 0;
        for ((partition, appends), next) in (0..).zip(&self.group).zip(&self.next) {
            if !appends.is_empty() {
                let payloads = appends.iter().map(|append| &*append.payload);
                format::put_section(&mut self.buffer, partition, *next, payloads);
                sections += 1;
            }
        }
        sections
    }

    /// The group is durable: readers first, then those who wait for their append.
    fn tell(&mut self) {
        let mut told = Vec::new();
        let at = self.stamp;
        let mut batches = Vec::new();
        for ((appends, next), tail) in self.group.iter_mut().zip(&mut self.next).zip(&self.shared.tails) {
            let mut batch = Vec::with_capacity(appends.len());
            for append in appends.drain(..) {
                let offset = Offset(*next);
                batch.push(Record { offset, at, payload: append.payload });
                told.push((append.done, offset));
                *next += 1;
            }
            batches.push((tail, batch));
        }
        // Whoever finds a record too old for the tail must find it in the files.
        self.active.segment.grow(self.active.position(), &self.next);
        for (tail, batch) in batches {
            tail.push(batch, self.shared.options.tail_bytes_max);
        }
        told.into_iter().for_each(|(done, offset)| call(done, Ok(offset)));
    }

    fn refuse(&mut self, error: &AppendError) {
        let refused: Vec<Append> = self.group.iter_mut().flat_map(|appends| appends.drain(..)).collect();
        refused.into_iter().for_each(|append| call(append.done, Err(error.clone())));
    }

    /// From here on the log is closed: what a failed sync left behind only a restart can find out.
    fn fail(&mut self, kind: fn(String) -> AppendError, problem: String) {
        tracing::error!(problem, "ALARM: the command log is closed");
        // Only this thread sets it, and only once.
        let _ = self.shared.failure.set(problem.clone());
        self.shared.tails.iter().for_each(super::tail::Tail::finish);
        self.refuse(&kind(problem));
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.tails.iter().for_each(super::tail::Tail::finish);
    }
}

/// One caller's panic must not take the log with it.
fn call(done: AppendDone, fate: Result<Offset, AppendError>) {
    if catch_unwind(AssertUnwindSafe(|| done(fate))).is_err() {
        tracing::error!("whoever appended a record panicked when it was told its fate");
    }
}
