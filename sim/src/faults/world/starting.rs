//! An owner's start: checkpoint, ledger, log. Between any two steps everything else may happen.

use super::World;
use super::owners::{Loaded, Owner, Stage, Work};
use crate::faults::moves::{Fate, Place};
use crate::faults::oracle::{CHECKPOINTS, Violation};
use crate::faults::planted::Planted;
use rowlock_engine::ports::{Checkpoint, Covers};
use rowlock_engine::processor::Processor;
use std::collections::{BTreeSet, VecDeque};

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
        let offset = |covers: Covers| covers.next_offset;
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
}
