//! The one thread that writes: takes what is queued, writes it as one group, syncs once, then tells.

use super::active::Active;
use super::format;
use super::header::SegmentHeader;
use super::options::{GATHER, GATHER_RECORDS_MAX, GATHER_RECORDS_MIN};
use super::pending::{Append, Pending};
use super::shared::Shared;
use super::tail::Tail;
use crate::embedded::files;
use crossbeam_channel::Receiver;
use rowlock_engine::ids::TimeMs;
use rowlock_engine::ports::AppendError;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

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
    pub pending: Pending,
    pub buffer: Vec<u8>,
    /// Whether records were written that no later group follows.
    pub unsealed: bool,
    /// Whether the last group found no room.
    pub is_disk_full: bool,
    /// Records of the last group.
    pub last_records: usize,
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
            self.seal();
            self.active.give_back();
        }
    }

    /// Waits for a record and takes what else is queued, as far as the caps go. False when there will be no more.
    fn collect(&mut self) -> bool {
        let Ok(first) = self.queue.recv() else { return false };
        let options = self.shared.options;
        if self.last_records >= GATHER_RECORDS_MIN && self.queue.len() < GATHER_RECORDS_MAX {
            std::thread::sleep(GATHER);
        }
        let (mut records, mut bytes) = (1, self.pending.take(first));
        while records < options.group_records_max && bytes < options.group_bytes_max {
            let Ok(append) = self.queue.try_recv() else { break };
            records += 1;
            bytes += self.pending.take(append);
        }
        self.shared.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.last_records = records;
        true
    }

    fn commit(&mut self) {
        if let Some(reason) = self.shared.failure.get() {
            let error = AppendError::Closed(reason.clone());
            return self.pending.refuse(&error);
        }
        self.stamp = self.stamp.max((self.shared.options.clock)());
        match self.write() {
            Ok(()) => self.publish(),
            Err(Failed::NoSpace(problem)) => self.refuse_for_now(problem),
            Err(Failed::Before(problem)) => self.fail(AppendError::Closed, problem),
            Err(Failed::Midway(problem)) => self.fail(AppendError::Unknown, problem),
        }
    }

    /// Makes the group durable.
    fn write(&mut self) -> Result<(), Failed> {
        self.make_room(self.pending.bytes_len()).map_err(|error| self.no_room(&error))?;
        let sections = self.pending.encode(&mut self.buffer, &self.next);
        format::finish_group(&mut self.buffer, sections, self.active.place(), self.stamp);
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

    /// The group is durable: readers first, then those who wait for their append.
    fn publish(&mut self) {
        if std::mem::take(&mut self.is_disk_full) {
            tracing::info!("there is room again: records are taken");
        }
        self.unsealed = true;
        let written = self.pending.written(&mut self.next, self.stamp);
        // Whoever finds a record too old for the tail must find it in the files.
        self.active.segment.grow(self.active.position(), &self.next);
        written.publish(&self.shared.tails, self.shared.options.tail_bytes_max);
    }

    fn refuse_for_now(&mut self, problem: String) {
        // Once is enough: there may be thousands of groups a second.
        if !std::mem::replace(&mut self.is_disk_full, true) {
            tracing::error!(problem, "ALARM: records are refused until there is room");
        }
        self.pending.refuse(&AppendError::NoSpace(problem));
    }

    /// From here on the log is closed: what a failed sync left behind only a restart can find out.
    fn fail(&mut self, kind: fn(String) -> AppendError, problem: String) {
        tracing::error!(problem, "ALARM: the command log is closed");
        // Only this thread sets it, and only once.
        let _ = self.shared.failure.set(problem.clone());
        self.shared.tails.iter().for_each(Tail::finish);
        self.pending.refuse(&kind(problem));
    }

    /// Ends with a group of nothing: damage to the last records can then be told from a write that was cut short.
    fn seal(&mut self) {
        if !self.unsealed {
            return;
        }
        self.buffer.clear();
        format::begin_group(&mut self.buffer);
        format::finish_group(&mut self.buffer, 0, self.active.place(), self.stamp);
        let room = self.active.reserve(self.buffer.len(), 0);
        if let Err(error) = room.and_then(|()| self.active.write(&self.buffer)) {
            let path = self.active.segment.path.display();
            tracing::warn!(%path, %error, "the log was not sealed; it is whole all the same");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.tails.iter().for_each(Tail::finish);
    }
}
