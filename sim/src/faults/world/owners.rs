//! A task's hold on a partition, and how far it is.

use crate::faults::planted::Planted;
use rowlock_engine::codec::{decode_command, encode_command};
use rowlock_engine::ids::{OutcomeNumber, TimeMs};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::Record;
use rowlock_engine::processor::Processor;
use std::collections::{BTreeSet, VecDeque};

/// One task's hold on a partition.
#[derive(Debug, Default)]
pub struct Owner {
    pub incarnation: u32,
    pub stage: Stage,
    /// It was told to let go: it reads no more.
    pub is_leaving: bool,
}

/// How far it is.
#[derive(Debug, Default)]
pub enum Stage {
    /// It is to be started, for the first time or again.
    #[default]
    Down,
    /// It has its checkpoint.
    Loaded(Box<Loaded>),
    /// It works.
    Running(Box<Work>),
}

/// What it has to begin with.
#[derive(Debug)]
pub struct Loaded {
    pub(super) processor: Processor,
    pub(super) checkpointed: Option<OutcomeNumber>,
    pub(super) ledger: u64,
}

/// What it works with.
#[derive(Debug)]
pub struct Work {
    pub(super) processor: Processor,
    pub batches: VecDeque<Vec<Record>>,
    /// What became of the batch in hand.
    pub unpublished: Vec<Outcome>,
    /// The next offset to read.
    pub read_to: u64,
    /// How many records lie between what it reads and what it takes them for: a planted bug.
    pub(super) shift: u64,
    pub(super) caught_up_at: u64,
    pub(super) ledger: u64,
    pub(super) is_serving: bool,
    pub pulse_at: Option<u64>,
    pub(super) saved: Option<OutcomeNumber>,
    pub(super) saved_offset: u64,
    pub(super) is_saving: bool,
    /// Request ids that it has seen since it was restored.
    pub(super) seen: BTreeSet<u128>,
}

impl Work {
    pub(super) fn arm(&mut self, at: u64) {
        self.pulse_at = Some(self.pulse_at.map_or(at, |armed| armed.min(at)));
    }

    /// The record as a planted bug hands it to the engine.
    pub(super) fn spoil(&mut self, record: &Record, planted: Option<Planted>, now: TimeMs) -> Record {
        let mut record = record.clone();
        match planted {
            Some(Planted::OwnersClock) => record.at = now,
            Some(Planted::SkipDedup | Planted::ForgetDedup) => {
                let mut command = decode_command(&record.payload).expect("clients write commands");
                let is_new = command.request.is_some_and(|request| self.seen.insert(request.key));
                let is_forgotten = self.saved.is_some() && is_new;
                if planted == Some(Planted::SkipDedup) || is_forgotten {
                    command.request = None;
                }
                record.payload = encode_command(&command);
            }
            _ => {}
        }
        record
    }
}
