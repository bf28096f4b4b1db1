//! An owner's hold on a partition, step by step as the partition's actor does it; between any two steps everything else may happen.

use super::World;
use crate::faults::backends::Origin;
use crate::faults::moves::{Fate, Place};
use crate::faults::oracle::{CHECKPOINTS, LIVE, Violation};
use crate::faults::planted::Planted;
use rowlock_engine::codec::{decode_command, encode_command};
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::ids::{CorrelationId, EventId, Offset, OutcomeNumber, TimeMs};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{Checkpoint, Record};
use rowlock_engine::processor::Processor;
use std::collections::{BTreeSet, VecDeque};

/// Batches that may wait for an owner: its credit.
const CREDIT: usize = 2;
/// How soon and how late a pulse follows.
const PULSE_MS: std::ops::RangeInclusive<u64> = 5..=60_000;
/// How long after a pulse that was lost the next one is tried.
const PULSE_RETRY_MS: u64 = 500;

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

#[derive(Debug)]
pub struct Loaded {
    processor: Processor,
    checkpointed: Option<OutcomeNumber>,
    ledger: u64,
}

#[derive(Debug)]
pub struct Work {
    pub(super) processor: Processor,
    pub batches: VecDeque<Vec<Record>>,
    /// What became of the batch in hand.
    pub unpublished: Vec<Outcome>,
    /// The next offset to read.
    pub read_to: u64,
    /// How many records lie between what it reads and what it takes them for: a planted bug.
    shift: u64,
    caught_up_at: u64,
    ledger: u64,
    is_serving: bool,
    pub pulse_at: Option<u64>,
    pub(super) saved: Option<OutcomeNumber>,
    pub(super) saved_offset: u64,
    pub(super) is_saving: bool,
    /// Request ids that it has seen since it was restored.
    seen: BTreeSet<u128>,
}

impl World {
    pub(super) fn assign(&mut self, place: Place) -> Option<()> {
        let is_free = !self.owners.keys().any(|other| other.partition == place.partition);
        if self.owners.contains_key(&place) || !(is_free || self.swarm.has_zombies) {
            return None;
        }
        self.incarnations += 1;
        self.owners.insert(place, Owner { incarnation: self.incarnations, ..Owner::default() });
        self.note(|| format!("{place:?}: assigned{}", if is_free { "" } else { ", though another has it" }));
        Some(())
    }

    /// The supervisor starts the projection, then the partition loads its checkpoint.
    pub(super) fn load(&mut self, place: Place, fate: Fate) -> Option<()> {
        let is_down = self.owners.get(&place).is_some_and(|owner| matches!(owner.stage, Stage::Down));
        if !is_down || fate != Fate::Done {
            return None;
        }
        self.start_projection(place);
        let trusts = self.is_planted(Planted::DamagedChunk);
        let checkpoint = self.partition(place.partition).store.load(trusts);
        let processor = match checkpoint.as_ref().map(Processor::restore) {
            None => Processor::new(super::id(place.partition)),
            Some(Ok(processor)) => processor,
            Some(Err(error)) => return self.halt(place, &format!("the checkpoint: {error}")),
        };
        self.check_loaded(place, checkpoint.as_ref());
        let (ledger, last) = (self.partition(place.partition).ledger.position(), processor.last_outcome().0);
        if ledger < last {
            return self.halt(place, &format!("the ledger is at outcome {ledger}, the checkpoint at {last}"));
        }
        let checkpointed = checkpoint.map(|checkpoint| checkpoint.covers.outcome);
        self.incarnations += 1;
        let incarnation = self.incarnations;
        let owner = self.owners.get_mut(&place)?;
        owner.incarnation = incarnation;
        owner.stage = Stage::Loaded(Box::new(Loaded { processor, checkpointed, ledger }));
        self.note(|| format!("{place:?}: loads {}", checkpointed.map_or("nothing".into(), |n| format!("outcome {n}"))));
        Some(())
    }

    fn check_loaded(&mut self, place: Place, loaded: Option<&Checkpoint>) {
        let best = self.partition(place.partition).best;
        let offset = |covers: rowlock_engine::ports::Covers| covers.next_offset;
        let found = loaded.map(|checkpoint| checkpoint.covers);
        if best.map(offset) > found.map(offset) {
            let what = format!("{place:?} loaded a checkpoint of {found:?}, and there was one of {best:?}");
            self.violate(Violation::new(CHECKPOINTS, what));
        }
    }

    pub(super) fn open(&mut self, place: Place, fate: Fate) -> Option<()> {
        let owner = self.owners.get_mut(&place)?;
        let Stage::Loaded(_) = owner.stage else { return None };
        let Stage::Loaded(loaded) = std::mem::take(&mut owner.stage) else { return None };
        if fate != Fate::Done {
            self.note(|| format!("{place:?}: cannot open the log"));
            return Some(());
        }
        let next = loaded.processor.shard().next_offset().0;
        let log = &self.partition(place.partition).log;
        let (first, end) = (log.first(), log.end());
        if next > end {
            return self.halt(place, &format!("the checkpoint ends at record {next}, the log at {end}"));
        }
        if next < first {
            return self.look_again(place, next, first);
        }
        self.run(place, *loaded, next, end);
        self.serve_when_caught_up(place);
        // Holds that fell due while nobody was here expire now.
        self.append_pulse(place);
        Some(())
    }

    /// Others may have saved since it loaded its checkpoint, so that the log was trimmed.
    fn look_again(&mut self, place: Place, next: u64, first: u64) -> Option<()> {
        let newest = self.partition(place.partition).store.load(false);
        if newest.is_none_or(|newest| newest.covers.next_offset.0 <= next) {
            return self.halt(place, &format!("record {next} was trimmed, the first is {first}"));
        }
        self.note(|| format!("{place:?}: record {next} was trimmed, there is a newer checkpoint"));
        Some(())
    }

    fn run(&mut self, place: Place, loaded: Loaded, next: u64, end: u64) {
        let is_restored = loaded.checkpointed.is_some();
        let shift = u64::from(self.is_planted(Planted::RestoreSkips) && is_restored && next < end);
        let committed = self.is_planted(Planted::RestoreFromCommitted) && is_restored;
        let from = if committed { self.partition(place.partition).committed.max(next) } else { next + shift };
        let work = Work {
            processor: loaded.processor,
            batches: VecDeque::new(),
            unpublished: Vec::new(),
            read_to: from,
            shift,
            caught_up_at: end,
            ledger: loaded.ledger,
            is_serving: false,
            pulse_at: None,
            saved: loaded.checkpointed,
            saved_offset: next,
            is_saving: false,
            seen: BTreeSet::new(),
        };
        self.owners.get_mut(&place).expect("it is being started").stage = Stage::Running(Box::new(work));
        self.note(|| format!("{place:?}: reads from record {from}"));
    }

    pub(super) fn read(&mut self, place: Place, most: usize) -> Option<()> {
        let (is_early, at) = (self.is_planted(Planted::ReplyBeforeDurable), self.stamp());
        let owner = self.owners.get_mut(&place).filter(|owner| !owner.is_leaving)?;
        let Stage::Running(work) = &mut owner.stage else { return None };
        if work.batches.len() >= CREDIT {
            return None;
        }
        let partition = &mut self.partitions[usize::from(place.partition)];
        let read = if is_early {
            partition.log.read_early(work.read_to, most, at)
        } else {
            partition.log.read(work.read_to, most)
        };
        let (first, last) = (read.first()?.offset, read.last()?.offset);
        work.read_to = last.0 + 1;
        partition.committed = partition.committed.max(work.read_to);
        let shift = work.shift;
        work.batches.push_back(read.into_iter().map(|record| shifted(record, shift)).collect());
        self.note(|| format!("{place:?}: reads records {first} to {last}"));
        Some(())
    }

    /// Record to outcome, by the engine.
    pub(super) fn process(&mut self, place: Place) -> Option<()> {
        let (planted, now) = (self.planted, TimeMs(super::BEGINNING_MS + self.now));
        let owner = self.owners.get_mut(&place)?;
        let Stage::Running(work) = &mut owner.stage else { return None };
        if !work.unpublished.is_empty() {
            return None;
        }
        let records = work.batches.pop_front()?;
        let spoiled = records.iter().map(|record| work.spoil(record, planted, now)).collect::<Vec<_>>();
        let (outcomes, fault) = match work.processor.process(&spoiled) {
            Ok(outcomes) => (outcomes, None),
            Err(stopped) => (stopped.outcomes, Some(stopped.fault)),
        };
        work.unpublished.clone_from(&outcomes);
        let count = outcomes.len();
        self.note(|| format!("{place:?}: applies {} records, {count} outcomes", records.len()));
        if let Some(fault) = fault {
            return self.halt(place, &fault.to_string());
        }
        let partition = self.partition(place.partition);
        if let Err(violation) = partition.oracle.derived(partition.log.durable(), &records, &outcomes) {
            self.violate(violation);
        }
        if count == 0 {
            self.published(place);
        }
        Some(())
    }

    pub(super) fn publish(&mut self, place: Place, fails_after: Option<usize>) -> Option<()> {
        let drops_known = !self.is_planted(Planted::PublishAgain);
        let owner = self.owners.get_mut(&place)?;
        let Stage::Running(work) = &mut owner.stage else { return None };
        if work.unpublished.is_empty() {
            return None;
        }
        let all = std::mem::take(&mut work.unpublished);
        let some = &all[..fails_after.unwrap_or(all.len()).min(all.len())];
        let published = self.partition(place.partition).outcomes.publish(super::id(place.partition), some, drops_known);
        if let Err(error) = published {
            return self.halt(place, &error.to_string());
        }
        let (count, total) = (some.len(), all.len());
        self.note(|| format!("{place:?}: publishes {count} of {total} outcomes up to {}", all[total - 1].number));
        if fails_after.is_some() {
            return self.fail(place);
        }
        self.published(place);
        Some(())
    }

    fn published(&mut self, place: Place) {
        self.serve_when_caught_up(place);
        let (now, is_pulsing) = (self.now, !self.is_planted(Planted::NoPulse));
        if let Some(Stage::Running(work)) = self.owners.get_mut(&place).map(|owner| &mut owner.stage) {
            let shard = work.processor.shard();
            if let Some(due) = shard.next_deadline().filter(|_| is_pulsing) {
                let wait = due.0.saturating_sub(shard.now().0).clamp(*PULSE_MS.start(), *PULSE_MS.end());
                work.arm(now + wait);
            }
        }
    }

    fn serve_when_caught_up(&mut self, place: Place) {
        let Some(Stage::Running(work)) = self.owners.get_mut(&place).map(|owner| &mut owner.stage) else { return };
        let shard = work.processor.shard();
        if work.is_serving || shard.next_offset().0 < work.caught_up_at {
            return;
        }
        work.is_serving = true;
        let (ledger, last) = (work.ledger, shard.last_outcome().0);
        if last < ledger {
            self.halt(place, &format!("the ledger is at outcome {ledger}, the log leads to {last}"));
        }
    }

    pub(super) fn pulse(&mut self, place: Place) -> Option<()> {
        let now = self.now;
        let Stage::Running(work) = &self.owners.get(&place)?.stage else { return None };
        work.pulse_at.filter(|at| *at <= now)?;
        self.append_pulse(place);
        Some(())
    }

    fn append_pulse(&mut self, place: Place) {
        let now = self.now;
        let Some(owner) = self.owners.get_mut(&place) else { return };
        let Stage::Running(work) = &mut owner.stage else { return };
        work.pulse_at = None;
        let (event, correlation) = (EventId(0), CorrelationId(0));
        let pulse = encode_command(&Command { event, request: None, correlation, body: CommandBody::Pulse });
        let log = &mut self.partitions[usize::from(place.partition)].log;
        if !log.append(pulse, Origin::Pulse(owner.incarnation)) {
            work.arm(now + PULSE_RETRY_MS);
        }
        self.note(|| format!("{place:?}: appends a pulse"));
    }

    /// It did not get into the log, as far as anybody knows.
    pub(super) fn pulse_lost(&mut self, incarnation: u32) {
        let now = self.now;
        let owner = self.owners.values_mut().find(|owner| owner.incarnation == incarnation);
        if let Some(Stage::Running(work)) = owner.map(|owner| &mut owner.stage) {
            work.arm(now + PULSE_RETRY_MS);
        }
    }

    pub(super) fn fail(&mut self, place: Place) -> Option<()> {
        let owner = self.owners.get_mut(&place).filter(|owner| !matches!(owner.stage, Stage::Down))?;
        owner.stage = Stage::Down;
        self.note(|| format!("{place:?}: fails, and will be started again"));
        Some(())
    }

    /// Nothing that is broken here is worth a halt.
    #[allow(clippy::unnecessary_wraps, reason = "a halt is the end of a step")]
    pub(super) fn halt(&mut self, place: Place, reason: &str) -> Option<()> {
        self.violate(Violation::new(LIVE, format!("{place:?} halts: {reason}")));
        Some(())
    }
}

impl Work {
    fn arm(&mut self, at: u64) {
        self.pulse_at = Some(self.pulse_at.map_or(at, |armed| armed.min(at)));
    }

    /// The record as a planted bug hands it to the engine.
    fn spoil(&mut self, record: &Record, planted: Option<Planted>, now: TimeMs) -> Record {
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

fn shifted(record: Record, by: u64) -> Record {
    Record { offset: Offset(record.offset.0 - by), ..record }
}
