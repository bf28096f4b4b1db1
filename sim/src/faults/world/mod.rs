//! Everything there is in one run, and what each move does to it. Single-threaded, with its own clock, and without chance.

mod breaking;
mod clients;
mod ending;
mod healing;
mod owners;
mod projecting;
mod saving;
mod starting;
mod working;

pub use clients::Call;
pub use owners::{Owner, Stage};

use super::backends::{Ledger, Log, Outcomes, Store};
use super::moves::{Move, Place};
use super::oracle::{Oracle, Violation};
use super::planted::Planted;
use super::swarm::Swarm;
use projecting::Projection;
use rowlock_engine::ids::{PartitionId, TimeMs};
use rowlock_engine::ports::Covers;
use saving::Save;
use std::collections::BTreeMap;

/// When the clock begins, in milliseconds since the epoch.
const BEGINNING_MS: u64 = 1_700_000_000_000;

/// One partition, from its log to its ledger, and what is true of it.
#[derive(Debug, Default)]
pub struct Partition {
    pub log: Log,
    pub outcomes: Outcomes,
    pub store: Store,
    /// The newest checkpoint there ever was, unless it was taken away.
    best: Option<Covers>,
    pub ledger: Ledger,
    pub oracle: Oracle,
    /// The last outcome that the gateway has read; `None` after it was started again.
    heard: Option<u64>,
    /// How far any owner has read.
    committed: u64,
}

/// Everything there is.
pub struct World {
    pub swarm: Swarm,
    planted: Option<Planted>,
    /// Milliseconds since the beginning.
    now: u64,
    /// How far the log's clock is off.
    clock_off: i64,
    pub partitions: Vec<Partition>,
    pub owners: BTreeMap<Place, Owner>,
    projections: BTreeMap<Place, Projection>,
    pub saves: Vec<Save>,
    pub calls: BTreeMap<u32, Call>,
    incarnations: u32,
    violation: Option<Violation>,
    /// What happened, line by line, if anybody wants to know.
    history: Option<Vec<String>>,
}

impl World {
    pub fn new(swarm: Swarm, planted: Option<Planted>, has_history: bool) -> Self {
        let partition = || Partition {
            outcomes: if swarm.tasks == 1 { Outcomes::default() } else { Outcomes::durable() },
            ..Partition::default()
        };
        Self {
            partitions: (0..swarm.partitions).map(|_| partition()).collect(),
            swarm,
            planted,
            now: 0,
            clock_off: 0,
            owners: BTreeMap::new(),
            projections: BTreeMap::new(),
            saves: Vec::new(),
            calls: BTreeMap::new(),
            incarnations: 0,
            violation: None,
            history: has_history.then(Vec::new),
        }
    }

    /// Makes a move; `None` when it is not possible now.
    pub fn perform(&mut self, step: &Move) -> Option<()> {
        match step {
            Move::Ask { call, command } => self.ask(*call, command),
            Move::AskAgain { call, of, differs } => self.ask_again(*call, *of, *differs),
            Move::Deliver { call, stays } => self.deliver(*call, *stays),
            Move::Lose { call } => self.lose(*call),
            Move::Answer { partition, most, lost } => self.answer(*partition, *most, *lost),
            Move::Sync { partition, records } => self.sync(*partition, *records),
            Move::Tear { partition, kept } => self.tear(*partition, *kept),
            Move::Assign(place) => self.assign(*place),
            Move::Load(place, fate) => self.load(*place, *fate),
            Move::Open(place, fate) => self.open(*place, *fate),
            Move::Read { place, most } => self.read(*place, *most),
            Move::Process(place) => self.process(*place),
            Move::Publish { place, fails_after } => self.publish(*place, *fails_after),
            Move::Pulse(place) => self.pulse(*place),
            Move::Freeze(place) => self.freeze(*place),
            Move::Save { place, which, fate } => self.save(*place, *which, *fate),
            Move::Fail(place) => self.fail(*place),
            Move::Release(place) => self.release(*place),
            Move::Project { place, most } => self.project(*place, *most),
            Move::Record(place, fate) => self.record(*place, *fate),
            Move::Crash { task, kept } => self.crash(*task, *kept),
            Move::LoseCheckpoint { partition } => self.lose_checkpoint(*partition),
            Move::Damage { partition, place } => self.damage(*partition, *place),
            Move::Wait { ms } => self.wait(*ms),
            Move::SetClock { ms } => self.set_clock(*ms),
        }
    }

    pub fn now(&self) -> u64 {
        self.now
    }

    /// What went wrong, if anything did: nothing after it counts.
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    pub fn into_end(self) -> (Option<Violation>, Vec<String>) {
        (self.violation, self.history.unwrap_or_default())
    }

    pub fn violate(&mut self, violation: Violation) {
        self.note(|| format!("VIOLATION of {}; {}", violation.promise, violation.what));
        self.violation.get_or_insert(violation);
    }

    /// Writes a line of history, if there is one; a violation is its last.
    pub fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(history) = self.history.as_mut().filter(|_| self.violation.is_none()) {
            history.push(format!("{:>9} {}", self.now, line()));
        }
    }

    fn is_planted(&self, bug: Planted) -> bool {
        self.planted == Some(bug)
    }

    /// What the log stamps records with now.
    fn stamp(&self) -> TimeMs {
        TimeMs((BEGINNING_MS + self.now).saturating_add_signed(self.clock_off))
    }

    fn partition(&mut self, partition: u16) -> &mut Partition {
        &mut self.partitions[usize::from(partition)]
    }

    fn wait(&mut self, ms: u64) -> Option<()> {
        self.now += ms;
        Some(())
    }

    fn set_clock(&mut self, ms: i64) -> Option<()> {
        self.clock_off = ms;
        self.note(|| format!("the log's clock is {ms} ms off"));
        Some(())
    }
}

fn id(partition: u16) -> PartitionId {
    PartitionId(partition)
}
