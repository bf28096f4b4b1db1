//! After the moves nothing breaks any more: everything asked gets its answer, holds end, the ledger catches up.

use super::World;
use super::clients::as_call;
use super::owners::Stage;
use crate::faults::moves::{Fate, Place};
use crate::faults::oracle::{LIVE, Violation};

/// What is done at once when nothing is in the way.
const ALL: usize = usize::MAX;
/// Rounds after which what still moves will never rest.
const ROUNDS_MAX: usize = 200;
/// How long is waited at once for holds to end, and how often: longer than any hold of a run.
const WAIT_MS: u64 = 60_000;
const WAITS_MAX: usize = 12;
/// Where calls that are repeated at the end are numbered from.
pub(super) const REPEATS_FROM: u32 = 1_000_000;

impl World {
    /// Lets everything come to rest.
    pub fn heal(&mut self) {
        self.note(|| "nothing breaks any more".to_owned());
        self.set_clock_right();
        self.settle();
        self.ask_what_was_not_told();
        self.settle();
        for _ in 0..WAITS_MAX {
            if self.violation.is_some()
                || self.partitions.iter().all(|found| found.oracle.model.next_deadline().is_none())
            {
                return;
            }
            self.wait(WAIT_MS);
            self.settle();
        }
        self.violate(Violation::new(LIVE, "a hold that fell due does not end"));
    }

    /// The log's clock goes on from its latest stamp at least.
    fn set_clock_right(&mut self) {
        let stamps = self.partitions.iter().flat_map(|found| found.log.durable()).map(|record| record.at);
        if let Some(latest) = stamps.max().filter(|latest| *latest > self.stamp()) {
            let behind = i64::try_from(latest.0 - self.stamp().0).expect("clocks are set by hours");
            self.set_clock(self.clock_off + behind);
        }
    }

    fn ask_what_was_not_told(&mut self) {
        let open = self.calls.iter().filter(|(_, call)| call.told.is_none() && !call.told_no);
        let open: Vec<_> = open.map(|(id, call)| (*id, call.command.clone())).collect();
        for (id, mut command) in open {
            let call = REPEATS_FROM + id;
            as_call(&mut command, call);
            self.ask(call, &command);
        }
    }

    fn settle(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let moved = self.round();
            if self.violation.is_some() || !moved {
                return;
            }
        }
        self.violate(Violation::new(LIVE, "it does not come to rest"));
    }

    /// Everybody does what there is to do; says whether anything was.
    fn round(&mut self) -> bool {
        let mut moved = false;
        let under_way: Vec<u32> = self.calls.iter().filter(|(_, call)| call.under_way > 0).map(|(id, _)| *id).collect();
        for call in under_way {
            moved |= self.deliver(call, false).is_some();
        }
        for partition in 0..self.swarm.partitions {
            moved |= self.sync(partition, ALL).is_some();
            if !self.owners.keys().any(|place| place.partition == partition) {
                moved |= self.assign(Place { partition, task: 0 }).is_some();
            }
        }
        let places: Vec<Place> = self.owners.keys().copied().collect();
        for place in places {
            moved |= self.own(place);
        }
        for partition in 0..self.swarm.partitions {
            moved |= self.answer(partition, ALL, false).is_some();
        }
        while let Some(place) = self.saves.first().map(|save| save.place) {
            moved |= self.save(place, 0, Fate::Done).is_some();
        }
        moved
    }

    fn own(&mut self, place: Place) -> bool {
        let is_leaving = self.owners.get(&place).is_some_and(|owner| owner.is_leaving);
        let mut moved = is_leaving && self.release(place).is_some();
        moved |= self.load(place, Fate::Done).is_some();
        moved |= self.open(place, Fate::Done).is_some();
        moved |= self.pulse(place).is_some();
        moved |= self.read(place, ALL).is_some();
        while self.violation.is_none() && (self.process(place).is_some() || self.publish(place, None).is_some()) {
            moved = true;
        }
        while self.violation.is_none()
            && (self.project(place, ALL).is_some() || self.record(place, Fate::Done).is_some())
        {
            moved = true;
        }
        moved
    }

    /// Whether an owner has applied everything and published it.
    pub(super) fn is_idle(&self, place: Place) -> bool {
        self.owners.get(&place).is_some_and(|owner| match &owner.stage {
            Stage::Running(work) => work.batches.is_empty() && work.unpublished.is_empty(),
            Stage::Down | Stage::Loaded(_) => false,
        })
    }
}
