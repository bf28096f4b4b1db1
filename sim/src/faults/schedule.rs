//! Chance: which of the moves that are possible comes next.

use super::asks::{self, Known};
use super::moves::{Fate, Move, Place};
use super::swarm::{Kind, Swarm};
use super::world::{Stage, World};
use rand::Rng;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand_chacha::ChaCha8Rng;
use rowlock_engine::command::CommandBody;

/// Tries before time passes instead.
const TRIES: usize = 8;
/// Calls of one run.
const CALLS_MAX: u32 = 240;

/// Makes moves for a world.
pub struct Schedule {
    chance: ChaCha8Rng,
    swarm: Swarm,
    calls: u32,
    known: Vec<Known>,
}

impl Schedule {
    pub fn new(chance: ChaCha8Rng, swarm: Swarm) -> Self {
        Self { chance, swarm, calls: 0, known: Vec::new() }
    }

    /// Every sale is opened, every partition assigned.
    pub fn opening(&mut self) -> Vec<Move> {
        let mut moves = Vec::new();
        for event in 1..=self.swarm.events {
            let call = self.call();
            let command = Box::new(asks::open(event, call, &self.swarm, &mut self.chance));
            moves.extend([Move::Ask { call, command }, Move::Deliver { call, stays: false }]);
        }
        for partition in 0..self.swarm.partitions {
            let place = Place { partition, task: self.chance.random_range(0..self.swarm.tasks) };
            moves.extend([Move::Sync { partition, records: 9 }, Move::Assign(place)]);
        }
        moves
    }

    /// The next move; most are possible.
    pub fn next(&mut self, world: &World) -> Move {
        for _ in 0..TRIES {
            let kind = self.swarm.kind(&mut self.chance);
            if let Some(found) = self.of_kind(kind, world) {
                return found;
            }
        }
        Move::Wait { ms: 1 }
    }

    fn of_kind(&mut self, kind: Kind, world: &World) -> Option<Move> {
        match kind {
            Kind::Ask => self.ask(),
            Kind::AskAgain => {
                let of = *world.calls.keys().choose(&mut self.chance)?;
                let differs = self.percent(self.swarm.odd);
                Some(Move::AskAgain { call: self.call(), of, differs })
            }
            Kind::Deliver => self.deliver(world),
            Kind::Lose => Some(Move::Lose { call: self.under_way(world)? }),
            Kind::Answer => {
                let lost = self.percent(self.swarm.network);
                Some(Move::Answer { partition: self.partition(), most: self.chance.random_range(1..=20), lost })
            }
            Kind::Sync | Kind::Tear => self.log(kind, world),
            Kind::Assign => {
                let place = Place { partition: self.partition(), task: self.chance.random_range(0..self.swarm.tasks) };
                (!world.owners.contains_key(&place)).then_some(Move::Assign(place))
            }
            Kind::Start | Kind::Read | Kind::Process | Kind::Publish | Kind::Pulse | Kind::Freeze => {
                self.own(kind, world)
            }
            Kind::Fail => Some(Move::Fail(self.place(world)?)),
            Kind::Release => Some(Move::Release(self.place(world)?)),
            Kind::Project => Some(Move::Project { place: self.place(world)?, most: self.chance.random_range(1..=12) }),
            Kind::Record => Some(Move::Record(self.place(world)?, self.fate())),
            Kind::Save => {
                let which = self.chance.random_range(0..2);
                let place = world.saves.choose(&mut self.chance)?.place;
                Some(Move::Save { place, which, fate: self.fate() })
            }
            Kind::Wait => Some(Move::Wait { ms: self.chance.random_range(1..=self.swarm.wait_ms) }),
            Kind::Crash | Kind::LoseCheckpoint | Kind::Damage | Kind::SetClock => Some(self.break_something(kind)),
        }
    }

    fn break_something(&mut self, kind: Kind) -> Move {
        let (partition, most) = (self.partition(), self.swarm.clock_ms);
        match kind {
            Kind::LoseCheckpoint => Move::LoseCheckpoint { partition },
            Kind::Damage => Move::Damage { partition, place: self.chance.random() },
            Kind::SetClock => Move::SetClock { ms: self.chance.random_range(-most..=most) },
            _ => {
                let task = self.chance.random_range(0..=self.swarm.tasks);
                Move::Crash { task, kept: self.chance.random_range(0..4) }
            }
        }
    }

    fn ask(&mut self) -> Option<Move> {
        if self.calls >= CALLS_MAX {
            return None;
        }
        let call = self.call();
        let command = asks::any(call, &self.known, &self.swarm, &mut self.chance);
        if let CommandBody::Reserve(ask) = &command.body {
            self.known.push(Known { event: command.event, booking: ask.booking, buyer: ask.buyer });
        }
        Some(Move::Ask { call, command: Box::new(command) })
    }

    fn deliver(&mut self, world: &World) -> Option<Move> {
        let stays = self.percent(self.swarm.network / 2);
        Some(Move::Deliver { call: self.under_way(world)?, stays })
    }

    fn log(&mut self, kind: Kind, world: &World) -> Option<Move> {
        let partition = self.partition();
        let pending = world.partitions[usize::from(partition)].log.pending();
        if pending == 0 {
            return None;
        }
        Some(match kind {
            Kind::Tear => Move::Tear { partition, kept: self.chance.random_range(0..=pending) },
            _ => Move::Sync { partition, records: self.chance.random_range(1..=pending) },
        })
    }

    fn own(&mut self, kind: Kind, world: &World) -> Option<Move> {
        let place = self.place(world)?;
        let stage = &world.owners[&place].stage;
        match (kind, stage) {
            (Kind::Start, Stage::Down) => Some(Move::Load(place, self.fate())),
            (Kind::Start, Stage::Loaded(_)) => Some(Move::Open(place, self.fate())),
            (Kind::Read, Stage::Running(_)) => {
                Some(Move::Read { place, most: self.chance.random_range(1..=self.swarm.batch) })
            }
            (Kind::Process, Stage::Running(work)) => (!work.batches.is_empty()).then_some(Move::Process(place)),
            (Kind::Publish, Stage::Running(work)) if !work.unpublished.is_empty() => {
                let fails = self.percent(self.swarm.fails / 2);
                let fails_after = fails.then(|| self.chance.random_range(0..=work.unpublished.len()));
                Some(Move::Publish { place, fails_after })
            }
            (Kind::Pulse, Stage::Running(work)) => {
                work.pulse_at.is_some_and(|at| at <= world.now()).then_some(Move::Pulse(place))
            }
            (Kind::Freeze, Stage::Running(_)) => Some(Move::Freeze(place)),
            _ => None,
        }
    }

    fn call(&mut self) -> u32 {
        self.calls += 1;
        self.calls
    }

    fn partition(&mut self) -> u16 {
        self.chance.random_range(0..self.swarm.partitions)
    }

    fn place(&mut self, world: &World) -> Option<Place> {
        world.owners.keys().copied().choose(&mut self.chance)
    }

    fn under_way(&mut self, world: &World) -> Option<u32> {
        let calls = world.calls.iter().filter(|(_, call)| call.under_way > 0);
        calls.map(|(id, _)| *id).choose(&mut self.chance)
    }

    fn percent(&mut self, share: u32) -> bool {
        self.chance.random_range(0..100) < share
    }

    fn fate(&mut self) -> Fate {
        match (self.percent(self.swarm.fails), self.chance.random()) {
            (false, _) => Fate::Done,
            (true, false) => Fate::Fails,
            (true, true) => Fate::Unknown,
        }
    }
}
