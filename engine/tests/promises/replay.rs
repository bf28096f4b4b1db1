//! Promises 1, 3, 4 and 5 of the design, over random command sequences.

use crate::support::desk::{checkpoint, encoded, numbers};
use crate::support::model::Model;
use crate::support::random::{records, steps};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rowlock_engine::ids::{Offset, OutcomeNumber, PartitionId, TimeMs};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{Checkpoint, CheckpointDelta, Chunk, Record};
use rowlock_engine::processor::Processor;
use std::collections::BTreeMap;

/// Longest sequence.
const STEPS_MAX: usize = 120;

fn process(processor: &mut Processor, log: &[Record]) -> Vec<Outcome> {
    processor.process(log).unwrap()
}

/// A processor that has read all of `log`, and what came of it.
fn replay(log: &[Record]) -> (Processor, Vec<Outcome>) {
    let mut processor = Processor::new(PartitionId(0));
    let outcomes = process(&mut processor, log);
    (processor, outcomes)
}

/// Every byte of the state that a checkpoint keeps.
fn state(processor: &Processor) -> Checkpoint {
    checkpoint(processor.shard())
}

/// `log` cut where `cuts` say, all pieces in order.
fn pieces<'a>(log: &'a [Record], cuts: &[Index]) -> Vec<&'a [Record]> {
    let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(log.len())).chain([0, log.len()]).collect();
    ends.sort_unstable();
    ends.windows(2).map(|ends| &log[ends[0]..ends[1]]).collect()
}

/// A store: what a chain of deltas adds up to.
#[derive(Default)]
struct Store {
    chunks: BTreeMap<Option<u64>, Chunk>,
    newest: Option<CheckpointDelta>,
}

impl Store {
    fn save(&mut self, delta: CheckpointDelta) {
        self.chunks.extend(delta.changed.iter().map(|chunk| (chunk.key, chunk.clone())));
        self.newest = Some(delta);
    }

    fn covered(&self) -> Option<OutcomeNumber> {
        self.newest.as_ref().map(|delta| delta.covers.outcome)
    }

    fn load(&self) -> Checkpoint {
        let newest = self.newest.as_ref().unwrap();
        let named = newest.events.iter().map(|event| self.chunks[&Some(*event)].clone());
        let chunks = std::iter::once(self.chunks[&None].clone()).chain(named).collect();
        Checkpoint { covers: newest.covers, chunks }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Promise 1, with counts: the model panics on a seat with two holders, and is compared after every record.
    #[test]
    fn a_seat_never_has_two_holders_and_counts_equal_seats(steps in steps(STEPS_MAX)) {
        let (mut processor, mut model) = (Processor::new(PartitionId(0)), Model::default());
        let mut latest = TimeMs(0);
        for record in records(&steps) {
            latest = latest.max(record.at);
            for outcome in process(&mut processor, std::slice::from_ref(&record)) {
                prop_assert_eq!((outcome.offset, outcome.at), (record.offset, latest), "time never goes back");
                model.read(&outcome);
            }
            model.assert_is(processor.shard());
        }
    }

    /// Promise 3: batches do not matter.
    #[test]
    fn any_split_into_batches_decides_the_same(steps in steps(STEPS_MAX), cuts in vec(any::<Index>(), 0..8)) {
        let log = records(&steps);
        let (whole, outcomes) = replay(&log);
        let mut processor = Processor::new(PartitionId(0));
        let split: Vec<_> =
            pieces(&log, &cuts).into_iter().flat_map(|piece| process(&mut processor, piece)).collect();
        prop_assert_eq!(encoded(&split), encoded(&outcomes));
        prop_assert_eq!(state(&processor), state(&whole));
    }

    /// Promises 3 and 5: from a whole checkpoint at any place, the rest comes out the same.
    #[test]
    fn a_restored_checkpoint_goes_on_as_if_nothing_had_been(steps in steps(STEPS_MAX), cut in any::<Index>()) {
        let log = records(&steps);
        let (whole, outcomes) = replay(&log);
        let cut = cut.index(log.len());
        let (before, first) = replay(&log[..cut]);
        let saved = state(&before);
        let mut restored = Processor::restore(&saved).unwrap();
        prop_assert_eq!(state(&restored), saved);
        let rest = process(&mut restored, &log[cut..]);
        prop_assert_eq!(encoded(&[first, rest].concat()), encoded(&outcomes));
        prop_assert_eq!(state(&restored), state(&whole));
    }

    /// Promise 5 for deltas: each holds only what changed since the one before.
    #[test]
    fn a_chain_of_deltas_is_a_checkpoint(steps in steps(STEPS_MAX), cuts in vec(any::<Index>(), 1..8)) {
        let log = records(&steps);
        let (whole, outcomes) = replay(&log);
        let (mut processor, mut store) = (Processor::new(PartitionId(0)), Store::default());
        for piece in pieces(&log, &cuts) {
            process(&mut processor, piece);
            store.save(processor.freeze().delta(store.covered()));
            prop_assert_eq!(store.load(), state(&processor));
        }
        let mut store = Store::default();
        let mut restored = Processor::new(PartitionId(0));
        let mut all = Vec::new();
        for piece in pieces(&log, &cuts) {
            all.extend(process(&mut restored, piece));
            store.save(restored.freeze().delta(store.covered()));
            restored = Processor::restore(&store.load()).unwrap();
        }
        prop_assert_eq!(encoded(&all), encoded(&outcomes));
        prop_assert_eq!(state(&restored), state(&whole));
    }

    /// A frozen state stays as it was while the shard goes on.
    #[test]
    fn a_frozen_shard_does_not_thaw(steps in steps(STEPS_MAX), cut in any::<Index>()) {
        let log = records(&steps);
        let cut = cut.index(log.len());
        let (mut processor, _) = replay(&log[..cut]);
        let (frozen, saved) = (processor.freeze(), state(&processor));
        process(&mut processor, &log[cut..]);
        prop_assert_eq!(frozen.delta(None).changed, saved.chunks);
    }

    /// Promise 4: numbers without a gap, old records change nothing, and a reader that drops what it has seen
    /// ends the same for every zombie that writes again.
    #[test]
    fn outcomes_are_numbered_and_duplicates_are_harmless(
        steps in steps(STEPS_MAX),
        cuts in vec(any::<Index>(), 1..5),
    ) {
        let log = records(&steps);
        let (mut whole, outcomes) = replay(&log);
        prop_assert_eq!(numbers(&outcomes), (1..=outcomes.len() as u64).map(OutcomeNumber).collect::<Vec<_>>());
        let (mut once, mut again) = (Model::default(), Model::default());
        outcomes.iter().for_each(|outcome| once.read(outcome));
        for cut in &cuts {
            let cut = cut.index(log.len());
            let (zombie, first) = replay(&log[..cut]);
            first.iter().for_each(|outcome| again.read(outcome));
            let late = process(&mut Processor::restore(&state(&zombie)).unwrap(), &log[cut..]);
            late.iter().for_each(|outcome| again.read(outcome));
            let before = state(&whole);
            prop_assert_eq!(process(&mut whole, &log[cut..]), Vec::new());
            prop_assert_eq!(state(&whole), before);
        }
        prop_assert_eq!(again, once);
    }

    /// A record that is missing is a fault and changes nothing.
    #[test]
    fn a_missing_record_is_a_fault(steps in steps(20), skipped in 1u64..4) {
        let mut log = records(&steps);
        let (mut processor, _) = replay(&log);
        let before = state(&processor);
        let mut late = log.pop().unwrap();
        late.offset = Offset(log.len() as u64 + 1 + skipped);
        prop_assert!(processor.process(&[late]).is_err());
        prop_assert_eq!(state(&processor), before);
    }
}
