//! An owner's work, step by step as the partition's actor does it: read, apply, publish, and a pulse when nothing arrives.

use super::World;
use super::owners::Stage;
use crate::faults::backends::Origin;
use crate::faults::moves::Place;
use crate::faults::oracle::{LIVE, Violation};
use crate::faults::planted::Planted;
use rowlock_engine::codec::encode_command;
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::ids::{CorrelationId, EventId, Offset, TimeMs};
use rowlock_engine::ports::Record;

/// Batches that may wait for an owner: its credit.
const CREDIT: usize = 2;
/// How soon and how late a pulse follows.
const PULSE_MS: std::ops::RangeInclusive<u64> = 5..=60_000;
/// How long after a pulse that was lost the next one is tried.
const PULSE_RETRY_MS: u64 = 500;

impl World {
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

    pub(super) fn serve_when_caught_up(&mut self, place: Place) {
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

    pub(super) fn append_pulse(&mut self, place: Place) {
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

fn shifted(record: Record, by: u64) -> Record {
    Record { offset: Offset(record.offset.0 - by), ..record }
}
