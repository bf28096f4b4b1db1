//! Instructions that the engine's hot paths take, counted by valgrind: the same on a busy machine as on an idle one.
//!
//! Each benchmark does its step [`STEPS`] times, in an event of 50,000 seats of which half, 95% or 99.9% are taken and the free ones
//! lie scattered; the name ends with how full. Preparing the event, the commands and dropping the state are not counted. Read the
//! counts as ratios between two states of the code. `scripts/instructions.sh` runs this and holds the counts against
//! `instructions-baseline.json`.

#![allow(missing_docs, reason = "what the macros make is called by no one else")]

use gungraun::{Callgrind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use rowlock_benches::crowd::Crowd;
use rowlock_benches::hall::{apply, partition, stamp};
use rowlock_engine::booking::{Booking, SeatList};
use rowlock_engine::codec::{decode_command, encode_command, encode_outcome};
use rowlock_engine::command::{Command, CommandBody, Wish};
use rowlock_engine::ids::{CorrelationId, EventId, Offset, SeatId};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::CheckpointDelta;
use rowlock_engine::seat_map::SeatState;
use rowlock_engine::shard::snapshot::Frozen;
use rowlock_engine::shard::{Shard, Stamp};
use std::hint::black_box;

const SEATS: u32 = 50_000;
const HALF: u32 = 25_000;
const NEARLY: u32 = 47_500;
const ALL_BUT: u32 = 49_950;
/// How often each benchmark does its step.
const STEPS: usize = 16;

/// Commands to be applied, and the shard that they come to.
struct Prepared {
    shard: Shard,
    commands: Vec<(Stamp, Command)>,
    outcomes: Vec<Outcome>,
}

impl Prepared {
    fn new(shard: Shard, commands: Vec<Command>) -> Self {
        let next = shard.next_offset().0;
        let commands = commands.into_iter().zip(next..).map(|(command, offset)| (stamp(Offset(offset)), command));
        Self { shard, commands: commands.collect(), outcomes: Vec::with_capacity(4 * STEPS) }
    }
}

fn sold(taken: u32) -> (Shard, Crowd) {
    let mut shard = partition(0..1, SEATS);
    let mut crowd = Crowd::new(EventId(0));
    crowd.fill(taken, SEATS, |command| apply(&mut shard, command));
    (shard, crowd)
}

fn best(taken: u32) -> Prepared {
    let (shard, mut crowd) = sold(taken);
    Prepared::new(shard, (0..STEPS).map(|_| crowd.best(2)).collect())
}

fn named(taken: u32) -> Prepared {
    let (shard, mut crowd) = sold(taken);
    let pairs = pairs(&shard, SeatState::Available);
    Prepared::new(shard, pairs.into_iter().map(|pair| crowd.reserve(Wish::Named(pair))).collect())
}

fn taken_seats(taken: u32) -> Prepared {
    let (shard, mut crowd) = sold(taken);
    let pairs = pairs(&shard, SeatState::Sold);
    Prepared::new(shard, pairs.into_iter().map(|pair| crowd.reserve(Wish::Named(pair))).collect())
}

/// Pairs of seats in that state, from all over the event.
fn pairs(shard: &Shard, state: SeatState) -> Vec<SeatList> {
    let event = shard.event(EventId(0)).expect("it is on sale");
    let all: Vec<_> = (0..SEATS).map(SeatId).filter(|seat| event.seats().state(*seat) == state).collect();
    let apart = all.len() / (2 * STEPS);
    all.chunks_exact(2).step_by(apart.max(1)).take(STEPS).map(SeatList::from_slice).collect()
}

/// A command for each of some pending bookings.
fn for_pending(taken: u32, command: impl Fn(&Crowd, &Booking) -> Command) -> Prepared {
    let (shard, crowd) = sold(taken);
    let pending = crowd.living().iter().filter(|booking| is_pending(&shard, booking));
    let commands = pending.step_by(50).take(STEPS).map(|booking| command(&crowd, booking)).collect();
    Prepared::new(shard, commands)
}

fn is_pending(shard: &Shard, booking: &Booking) -> bool {
    let event = shard.event(EventId(0)).expect("it is on sale");
    let Some(first) = seats(booking).first() else { return false };
    event.seats().state(*first) == SeatState::Held
}

fn seats(booking: &Booking) -> &[SeatId] {
    match &booking.allocation {
        rowlock_engine::booking::Allocation::Seats(seats) => seats,
        rowlock_engine::booking::Allocation::Area { .. } => &[],
    }
}

fn confirm(taken: u32) -> Prepared {
    for_pending(taken, Crowd::confirm)
}

fn cancel(taken: u32) -> Prepared {
    for_pending(taken, Crowd::cancel)
}

fn exchange(taken: u32) -> Prepared {
    for_pending(taken, Crowd::exchange)
}

/// A pulse at the deadline of the `STEPS`th hold, so that about as many expire.
fn expire(taken: u32) -> Prepared {
    let (shard, crowd) = sold(taken);
    let pending = crowd.living().iter().filter(|booking| is_pending(&shard, booking));
    let mut deadlines: Vec<_> = pending.map(|booking| booking.deadline).collect();
    deadlines.sort_unstable();
    let pulse = Command { event: EventId(0), request: None, correlation: CorrelationId(0), body: CommandBody::Pulse };
    let mut prepared = Prepared::new(shard, vec![pulse]);
    prepared.commands[0].0.at = deadlines[STEPS - 1];
    prepared
}

fn records(taken: u32) -> (Prepared, Vec<bytes::Bytes>) {
    let mut prepared = best(taken);
    let records = prepared.commands.iter().map(|(_, command)| encode_command(command)).collect();
    prepared.commands.clear();
    (prepared, records)
}

fn frozen(taken: u32) -> Frozen {
    sold(taken).0.freeze()
}

#[library_benchmark]
#[bench::best_50(args = (HALF), setup = best)]
#[bench::best_95(args = (NEARLY), setup = best)]
#[bench::best_99_9(args = (ALL_BUT), setup = best)]
#[bench::named_95(args = (NEARLY), setup = named)]
#[bench::taken_95(args = (NEARLY), setup = taken_seats)]
#[bench::confirm_95(args = (NEARLY), setup = confirm)]
#[bench::cancel_95(args = (NEARLY), setup = cancel)]
#[bench::exchange_95(args = (NEARLY), setup = exchange)]
#[bench::expire_95(args = (NEARLY), setup = expire)]
fn applied(mut prepared: Prepared) -> Prepared {
    for (stamp, command) in std::mem::take(&mut prepared.commands) {
        prepared.shard.apply(stamp, command, &mut prepared.outcomes).expect("records come in order");
    }
    prepared
}

#[library_benchmark]
#[bench::best_95(args = (NEARLY), setup = records)]
fn processed((mut prepared, records): (Prepared, Vec<bytes::Bytes>)) -> (Prepared, Vec<bytes::Bytes>) {
    for record in &records {
        let command = decode_command(record).expect("a record of this build");
        let stamp = stamp(prepared.shard.next_offset());
        prepared.shard.apply(stamp, command, &mut prepared.outcomes).expect("records come in order");
        black_box(encode_outcome(prepared.outcomes.last().expect("an outcome a record")));
    }
    (prepared, records)
}

#[library_benchmark]
#[bench::event_95(args = (NEARLY), setup = frozen)]
fn snapshot(frozen: Frozen) -> (Frozen, CheckpointDelta) {
    let delta = frozen.delta(None);
    (frozen, delta)
}

library_benchmark_group!(name = engine, benchmarks = [applied, processed, snapshot]);
main!(
    // Instructions are all that is wanted: without the simulated cache it takes half the time.
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = engine
);
