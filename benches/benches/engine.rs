//! How long one reservation of two best-available seats takes in an event of 50,000 seats that is 50%, 95% and 99.9% full.
//!
//! The free seats lie scattered: the event was sold by bookings of one to four seats and some were given up. Only the reservation is
//! timed; what brings the event back to its fill level (any other buyers giving up, or buying) is not. `apply` is `Shard::apply` alone;
//! `process` is what a partition does with a record: decode, apply, encode the outcome. `after freeze` is the first apply after a
//! snapshot was taken, which copies what it touches. `exchange` gives a new booking the best two seats for its own, and `seats taken`
//! refuses two sold seats by name and offers others.
//!
//! Each line has the median, p99.9 and maximum of all rounds, then p99.9 and maximum of each step's least time over the rounds:
//! rounds do exactly the same, so what only the machine's other work caused falls out, and what the engine causes stays. The ratio is
//! the median against decoding the command's record, measured in the same run. Targets: 1 µs typical, 20 µs worst.

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use rowlock_benches::crowd::Crowd;
use rowlock_benches::hall::{apply, partition, stamp};
use rowlock_benches::samples::{COLUMNS, Samples, timed};
use rowlock_engine::booking::{Allocation, SeatList};
use rowlock_engine::codec::{decode_command, encode_command, encode_outcome};
use rowlock_engine::command::{Command, Wish};
use rowlock_engine::ids::EventId;
use rowlock_engine::outcome::{Outcome, OutcomeBody};
use rowlock_engine::ports::{Checkpoint, Record};
use rowlock_engine::processor::Processor;
use rowlock_engine::refusal::Refusal;
use rowlock_engine::shard::Shard;

const SEATS: u32 = 50_000;
const STEPS: usize = 20_000;
const ROUNDS: usize = 5;
/// Steps of what is measured beside the reservations.
const FEWER: usize = 500;
const FILLS: [(&str, u32); 3] = [("50%", 25_000), ("95%", 47_500), ("99.9%", 49_950)];

fn main() {
    println!("two best-available seats of {SEATS}, {ROUNDS} rounds of {STEPS}\n{:<22}{COLUMNS}", "");
    let decode = decoding();
    line("decode a record", &decode, &decode);
    for (name, target) in FILLS {
        let mut shard = partition(0..1, SEATS);
        let mut crowd = Crowd::new(EventId(0));
        crowd.fill(target, SEATS, |command| apply(&mut shard, command));
        assert_eq!(crowd.taken(), target);
        let (samples, split) = applying(&shard, &crowd, target);
        line(&format!("apply, {name}"), &samples, &decode);
        line(&format!("process, {name}"), &processing(&shard, &crowd, target), &decode);
        line(&format!("after freeze, {name}"), &after_freeze(&shard, &crowd, target), &decode);
        line(&format!("exchange, {name}"), &exchanging(&shard, &crowd, target), &decode);
        line(&format!("seats taken, {name}"), &refusing(&shard, &crowd), &decode);
        println!("  {split} of {STEPS} had to sit apart");
    }
}

fn line(name: &str, samples: &Samples, decode: &Samples) {
    let tenths = samples.median() * 10 / decode.median().max(1);
    println!("{name:<22}{samples}   {}.{} decodes", tenths / 10, tenths % 10);
}

fn decoding() -> Samples {
    let record = encode_command(&Crowd::new(EventId(0)).best(2));
    let mut samples = Samples::default();
    for _ in 0..ROUNDS {
        samples.next_round();
        for _ in 0..STEPS {
            samples.push(timed(|| decode_command(std::hint::black_box(&record))).1);
        }
    }
    samples
}

/// Also how many reservations were given seats apart.
fn applying(shard: &Shard, crowd: &Crowd, target: u32) -> (Samples, usize) {
    let mut samples = Samples::default();
    let mut split = 0;
    for _ in 0..ROUNDS {
        let (mut shard, mut crowd) = (shard.clone(), crowd.clone());
        samples.next_round();
        split = 0;
        for _ in 0..STEPS {
            let (outcome, nanos) = timed_apply(&mut shard, crowd.best(2));
            samples.push(nanos);
            let booking = crowd.see(&outcome).expect("a reservation");
            let Allocation::Seats(seats) = &booking.allocation else { panic!("seats were asked for") };
            split += usize::from(seats[0].0.abs_diff(seats[1].0) != 1);
            restore(&mut crowd, target, |command| apply(&mut shard, command));
        }
    }
    (samples, split)
}

fn timed_apply(shard: &mut Shard, command: Command) -> (Outcome, u64) {
    let mut outcomes = Vec::with_capacity(1);
    let stamp = stamp(shard.next_offset());
    let (result, nanos) = timed(|| shard.apply(stamp, command, &mut outcomes));
    result.expect("records come in order");
    (outcomes.remove(0), nanos)
}

fn restore(crowd: &mut Crowd, target: u32, mut apply: impl FnMut(Command) -> Outcome) {
    while let Some(command) = crowd.towards(target) {
        let outcome = apply(command);
        crowd.see(&outcome);
    }
}

fn processing(shard: &Shard, crowd: &Crowd, target: u32) -> Samples {
    let delta = shard.freeze().delta(None);
    let checkpoint = Checkpoint { covers: delta.covers, chunks: delta.changed };
    let mut samples = Samples::default();
    for _ in 0..ROUNDS {
        let mut processor = Processor::restore(&checkpoint).expect("a checkpoint of this build");
        let mut crowd = crowd.clone();
        samples.next_round();
        for _ in 0..STEPS {
            let reservation = [record(&processor, &crowd.best(2))];
            let (outcomes, nanos) = timed(|| {
                let outcomes = processor.process(&reservation).expect("records come in order");
                std::hint::black_box(encode_outcome(&outcomes[0]));
                outcomes
            });
            samples.push(nanos);
            crowd.see(&outcomes[0]);
            restore(&mut crowd, target, |command| {
                let record = record(&processor, &command);
                processor.process(&[record]).expect("records come in order").remove(0)
            });
        }
    }
    samples
}

fn record(processor: &Processor, command: &Command) -> Record {
    let stamp = stamp(processor.shard().next_offset());
    Record { offset: stamp.offset, at: stamp.at, payload: encode_command(command) }
}

fn after_freeze(shard: &Shard, crowd: &Crowd, target: u32) -> Samples {
    let mut samples = Samples::default();
    for _ in 0..ROUNDS {
        let (mut shard, mut crowd) = (shard.clone(), crowd.clone());
        samples.next_round();
        for _ in 0..FEWER {
            let frozen = shard.freeze();
            let (outcome, nanos) = timed_apply(&mut shard, crowd.best(2));
            drop(frozen);
            samples.push(nanos);
            crowd.see(&outcome);
            restore(&mut crowd, target, |command| apply(&mut shard, command));
        }
    }
    samples
}

fn exchanging(shard: &Shard, crowd: &Crowd, target: u32) -> Samples {
    let mut samples = Samples::default();
    for _ in 0..ROUNDS {
        let (mut shard, mut crowd) = (shard.clone(), crowd.clone());
        samples.next_round();
        for _ in 0..FEWER {
            let reserved = apply(&mut shard, crowd.best(2));
            let booking = crowd.see(&reserved).expect("a reservation");
            let (outcome, nanos) = timed_apply(&mut shard, crowd.exchange(&booking));
            samples.push(nanos);
            crowd.see(&outcome);
            restore(&mut crowd, target, |command| apply(&mut shard, command));
        }
    }
    samples
}

fn refusing(shard: &Shard, crowd: &Crowd) -> Samples {
    let mut samples = Samples::default();
    for _ in 0..ROUNDS {
        let (mut shard, mut crowd) = (shard.clone(), crowd.clone());
        let pairs: Vec<_> = crowd.living().iter().filter_map(|booking| pair(&booking.allocation)).collect();
        samples.next_round();
        for pair in pairs.iter().cycle().step_by(pairs.len() / 100).take(FEWER) {
            let (outcome, nanos) = timed_apply(&mut shard, crowd.reserve(Wish::Named(pair.clone())));
            samples.push(nanos);
            assert!(matches!(&outcome.body, OutcomeBody::Refused(refused) if is_taken(&refused.refusal)));
        }
    }
    samples
}

fn pair(allocation: &Allocation) -> Option<SeatList> {
    match allocation {
        Allocation::Seats(seats) if seats.len() == 2 => Some(seats.clone()),
        _ => None,
    }
}

fn is_taken(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::SeatsTaken { .. })
}
