//! One partition of the command log: what was appended is lost or stays until it is synced, and then stays for good.

use bytes::Bytes;
use rowlock_engine::ids::{Offset, TimeMs};
use rowlock_engine::ports::Record;
use std::collections::VecDeque;

/// Records that may wait to become durable: the queue's cap.
const PENDING_MAX: usize = 64;

/// Who appended a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A gateway, for this call.
    Call(u32),
    /// An owner of this incarnation.
    Pulse(u32),
}

/// One partition of the command log.
#[derive(Clone, Debug, Default)]
pub struct Log {
    durable: Vec<Record>,
    /// The first record that was not trimmed.
    first: u64,
    pending: VecDeque<(Bytes, Origin)>,
}

impl Log {
    /// Queues a record; refuses it when the queue is full.
    pub fn append(&mut self, payload: Bytes, origin: Origin) -> bool {
        let has_room = self.pending.len() < PENDING_MAX;
        if has_room {
            self.pending.push_back((payload, origin));
        }
        has_room
    }

    /// Makes the first `records` that wait durable, with one stamp.
    pub fn sync(&mut self, records: usize, at: TimeMs) {
        for (payload, _) in self.pending.drain(..records.min(self.pending.len())) {
            self.durable.push(Record { offset: Offset(self.durable.len() as u64), at, payload });
        }
    }

    /// A crash: the first `kept` that wait have become durable all the same, the others are lost. Nobody was told which.
    pub fn tear(&mut self, kept: usize, at: TimeMs) -> Vec<Origin> {
        self.sync(kept, at);
        self.pending.drain(..).map(|(_, origin)| origin).collect()
    }

    /// Loses the last durable record: what no log may do.
    pub fn lose_last(&mut self) {
        self.durable.pop();
    }

    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Who waits.
    pub fn origins(&self) -> Vec<Origin> {
        self.pending.iter().map(|(_, origin)| *origin).collect()
    }

    pub fn durable(&self) -> &[Record] {
        &self.durable
    }

    pub fn end(&self) -> u64 {
        self.durable.len() as u64
    }

    pub fn first(&self) -> u64 {
        self.first
    }

    pub fn trim(&mut self, before: Offset) {
        self.first = self.first.max(before.0);
    }

    /// Durable records from an offset on.
    pub fn read(&self, from: u64, most: usize) -> Vec<Record> {
        self.durable.iter().skip(usize::try_from(from).expect("logs are short")).take(most).cloned().collect()
    }

    /// Records from an offset on, those included that are not durable: what no reader may see.
    pub fn read_early(&self, from: u64, most: usize, at: TimeMs) -> Vec<Record> {
        let early = self.pending.iter().zip(self.end()..);
        let early = early.map(|((payload, _), offset)| Record { offset: Offset(offset), at, payload: payload.clone() });
        let all = self.durable.iter().cloned().chain(early);
        all.skip(usize::try_from(from).expect("logs are short")).take(most).collect()
    }
}
