//! The promises of a shard, over random command sequences with expiry and repeats in them.

#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::outcome::{Answer, Outcome, OutcomeBody};
use rowlock_engine::ports::{Checkpoint, Record};
use rowlock_engine::processor::Processor;
use rowlock_engine::refusal::Refusal;
use std::collections::BTreeMap;
use support::commands::commands;
use support::model::Model;
use support::{PARTITION, bytes, checkpoint, records, state};

const MOST: usize = 120;

/// Everything at once.
fn run(records: &[Record]) -> (Processor, Vec<Outcome>) {
    let mut processor = Processor::new(PARTITION);
    let outcomes = processor.process(records).unwrap();
    (processor, outcomes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    /// Promises 1 and 4: a seat never has two living holds or bookings, and outcomes are numbered without a gap.
    #[test]
    fn no_seat_is_anybody_elses(commands in commands(MOST)) {
        let (mut processor, mut model) = (Processor::new(PARTITION), Model::default());
        for record in records(&commands) {
            for outcome in processor.process(std::slice::from_ref(&record)).unwrap() {
                model.see(&outcome);
            }
            model.check(processor.shard());
        }
    }

    /// Promise 3: any split into batches gives the same outcomes and the same state, byte for byte.
    #[test]
    fn batches_make_no_difference(commands in commands(MOST), cuts in proptest::collection::vec(1..20usize, 1..40)) {
        let records = records(&commands);
        let (whole, expected) = run(&records);
        let (mut processor, mut outcomes, mut rest) = (Processor::new(PARTITION), Vec::new(), &records[..]);
        for cut in cuts.iter().cycle() {
            let (batch, later) = rest.split_at((*cut).min(rest.len()));
            outcomes.extend(processor.process(batch).unwrap());
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(bytes(&outcomes), bytes(&expected));
        prop_assert_eq!(state(&processor), state(&whole));
    }

    /// Promises 3 and 5: restoring a checkpoint and replaying what follows equals replaying everything.
    #[test]
    fn a_checkpoint_makes_no_difference(commands in commands(MOST), at in any::<prop::sample::Index>()) {
        let records = records(&commands);
        let (whole, expected) = run(&records);
        let (before, after) = records.split_at(at.index(records.len()));
        let (first, seen) = run(before);
        let mut restored = Processor::restore(&checkpoint(&first.freeze())).unwrap();
        let outcomes = restored.process(after).unwrap();
        prop_assert_eq!(bytes(&outcomes), bytes(&expected[seen.len()..]));
        prop_assert_eq!(state(&restored), state(&whole));
    }

    /// Promise 5: checkpoints that carry only what changed add up to the whole.
    #[test]
    fn deltas_add_up(commands in commands(MOST), step in 1..30usize) {
        let records = records(&commands);
        let (mut processor, mut chunks, mut since) = (Processor::new(PARTITION), BTreeMap::new(), None);
        for batch in records.chunks(step) {
            processor.process(batch).unwrap();
            let delta = processor.freeze().delta(since);
            chunks.extend(delta.changed.into_iter().map(|chunk| (chunk.key, chunk)));
            since = Some(delta.covers.outcome);
        }
        let covers = processor.freeze().covers();
        let restored = Processor::restore(&Checkpoint { covers, chunks: chunks.into_values().collect() }).unwrap();
        prop_assert_eq!(state(&restored), state(&processor));
    }

    /// Promise 4: records that were applied before change nothing and have no outcomes.
    #[test]
    fn a_replay_adds_nothing(commands in commands(MOST), from in any::<prop::sample::Index>()) {
        let records = records(&commands);
        let (mut processor, _) = run(&records);
        let before = state(&processor);
        prop_assert_eq!(processor.process(&records[from.index(records.len())..]).unwrap(), vec![]);
        prop_assert_eq!(state(&processor), before);
    }

    /// A repeated request gets the first answer again; the same id with another request is refused.
    #[test]
    fn a_repeated_request_gets_its_first_answer(commands in commands(MOST)) {
        let mut first: BTreeMap<u128, (u64, Answer)> = BTreeMap::new();
        let mut processor = Processor::new(PARTITION);
        // Within ten minutes nothing is forgotten; requests name one event, as callers' keys do.
        let begin = commands[0].0;
        let soon = commands.into_iter().filter(|(at, command)| *at < begin + 600_000 && command.event.0 == 0);
        let commands: Vec<(u64, Command)> = soon.collect();
        for (record, (_, command)) in records(&commands).iter().zip(&commands) {
            let outcomes = processor.process(std::slice::from_ref(record)).unwrap();
            let (Some(request), false) = (command.request, command.body == CommandBody::Pulse) else { continue };
            let body = &outcomes.last().unwrap().body;
            match (first.get(&request.key), body) {
                (None, OutcomeBody::Done(change)) => {
                    first.insert(request.key, (request.fingerprint, Answer::Done(change.clone())));
                }
                (None, OutcomeBody::Refused(refused)) => {
                    first.insert(request.key, (request.fingerprint, Answer::Refused(refused.clone())));
                }
                (Some((fingerprint, answer)), OutcomeBody::Repeated(again)) => {
                    prop_assert_eq!(*fingerprint, request.fingerprint);
                    prop_assert_eq!(&**again, answer);
                }
                (Some((fingerprint, _)), OutcomeBody::Refused(refused)) => {
                    prop_assert_ne!(*fingerprint, request.fingerprint);
                    prop_assert_eq!(&refused.refusal, &Refusal::RequestMismatch);
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }

    /// Damaged chunks are errors, never panics, and never another state.
    #[test]
    fn damaged_checkpoints_are_errors(commands in commands(40), chunk in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0..8u32, cut in any::<bool>()) {
        let (processor, _) = run(&records(&commands));
        let mut damaged = checkpoint(&processor.freeze());
        let chunk = chunk.get(&damaged.chunks).clone();
        let mut content = chunk.bytes.to_vec();
        let at = at.index(content.len());
        if cut { content.truncate(at) } else { content[at] ^= 1 << bit }
        damaged.chunks.iter_mut().find(|other| other.key == chunk.key).unwrap().bytes = content.into();
        // A flipped bit may be a valid other state, which the store's checksums are for; a cut never is.
        let restored = Processor::restore(&damaged);
        prop_assert!(!cut || restored.is_err());
    }
}
