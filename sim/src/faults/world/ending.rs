//! What has to be so when everything is at rest.

use super::healing::REPEATS_FROM;
use super::owners::Stage;
use super::{Partition, World};
use crate::faults::backends::Row;
use crate::faults::oracle::{CHECKPOINTS, DURABLE, LEDGER, LIVE, Oracle, SAME, Violation};
use crate::faults::told;
use rowlock_engine::booking::Status;
use rowlock_engine::codec::encode_outcome;
use rowlock_engine::ids::{BookingId, EventId};
use rowlock_engine::outcome::{BookingChangeKind as Kind, Change, Outcome, OutcomeBody};
use rowlock_engine::processor::Processor;
use std::collections::BTreeMap;

/// How the log is cut into batches when it is replayed.
const SPLITS: [usize; 4] = [1, 3, 2, 7];

type Rows = BTreeMap<(EventId, BookingId), Row>;

impl World {
    /// Holds everything against everything.
    pub fn end(&mut self) {
        let found = self.check_calls().and_then(|()| {
            (0..).zip(&self.partitions).try_for_each(|(partition, found)| {
                let replayed = check_partition(partition, found)?;
                check_ledger(partition, found)?;
                told::check(&found.oracle, &self.calls, self.swarm.events, replayed.shard())
            })
        });
        if let Err(violation) = found.and_then(|()| self.check_owners()) {
            self.violate(violation);
        }
    }

    fn check_calls(&self) -> Result<(), Violation> {
        for (id, call) in &self.calls {
            let written = || {
                let mut outcomes = self.partitions[usize::from(call.partition)].oracle.outcomes().iter();
                outcomes.find(|outcome| outcome.correlation == Some(call.command.correlation))
            };
            if let Some(outcome) = call.told_no.then(written).flatten() {
                let what = format!("call {id} was told that nothing was written, and there is {outcome:?}");
                return Err(Violation::new(DURABLE, what));
            }
            if *id >= REPEATS_FROM && call.told.is_none() {
                return Err(Violation::new(LIVE, format!("call {id} is never answered: {:?}", call.command.body)));
            }
        }
        Ok(())
    }

    fn check_owners(&self) -> Result<(), Violation> {
        for (place, owner) in &self.owners {
            let Stage::Running(work) = &owner.stage else {
                return Err(Violation::new(LIVE, format!("{place:?} does not run")));
            };
            let found = &self.partitions[usize::from(place.partition)];
            if !self.is_idle(*place) || work.processor.shard().next_offset().0 != found.log.end() {
                return Err(Violation::new(LIVE, format!("{place:?} is not at the log's end")));
            }
            if let Some(difference) = found.oracle.model.differs_from(work.processor.shard()) {
                return Err(Violation::new(SAME, format!("{place:?}: {difference}")));
            }
        }
        Ok(())
    }
}

/// The whole log again, and what follows each checkpoint: the same outcomes, the same state.
fn check_partition(partition: u16, found: &Partition) -> Result<Processor, Violation> {
    let judged = found.oracle.judged() as u64;
    if judged != found.log.end() {
        return Err(Violation::new(
            LIVE,
            format!("partition {partition}: {judged} records of {} were applied", found.log.end()),
        ));
    }
    let same = |what: String| Violation::new(SAME, format!("partition {partition}, replayed: {what}"));
    let replayed = replay(Processor::new(super::id(partition)), found).map_err(same)?;
    for checkpoint in found.store.all() {
        let covers = checkpoint.covers;
        let wrong =
            |what: String| Violation::new(CHECKPOINTS, format!("partition {partition}, from {covers:?}: {what}"));
        let processor = Processor::restore(&checkpoint).map_err(|error| wrong(error.to_string()))?;
        replay(processor, found).map_err(wrong)?;
    }
    Ok(replayed)
}

fn replay(mut processor: Processor, found: &Partition) -> Result<Processor, String> {
    let from = usize::try_from(processor.shard().next_offset().0).expect("logs are short");
    let mut rest = found.log.durable().get(from..).ok_or("it covers more than there is")?;
    let mut due = processor.last_outcome().0;
    for split in SPLITS.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (batch, after) = rest.split_at((*split).min(rest.len()));
        rest = after;
        for outcome in processor.process(batch).map_err(|stopped| stopped.to_string())? {
            due += 1;
            let known = found.oracle.outcome(due);
            if known.map(encode_outcome) != Some(encode_outcome(&outcome)) {
                return Err(format!("{outcome:?} instead of {known:?}"));
            }
        }
    }
    if due != found.oracle.outcomes().len() as u64 {
        return Err(format!("it ends at outcome {due}"));
    }
    match found.oracle.model.differs_from(processor.shard()) {
        Some(difference) => Err(difference),
        None => Ok(processor),
    }
}

fn check_ledger(partition: u16, found: &Partition) -> Result<(), Violation> {
    let (position, last) = (found.ledger.position(), found.oracle.outcomes().len() as u64);
    let expected = confirmed(&found.oracle);
    let wrong = if position != last {
        Some(format!("it is at outcome {position} of {last}"))
    } else {
        let both = found.ledger.rows().keys().chain(expected.keys());
        let differs = |key: &(EventId, BookingId)| found.ledger.rows().get(key) != expected.get(key);
        let differing = both.copied().find(|key| differs(key) && !was_given_again(&found.oracle, *key));
        differing.map(|key| {
            let (row, due) = (found.ledger.rows().get(&key), expected.get(&key));
            format!("booking {} of event {} is {row:?}, not {due:?}", key.1, key.0)
        })
    };
    wrong.map_or(Ok(()), |what| Err(Violation::new(LEDGER, format!("partition {partition}'s ledger: {what}"))))
}

/// What was confirmed, once, and what it was last.
fn confirmed(oracle: &Oracle) -> Rows {
    let mut rows = Rows::new();
    for outcome in oracle.outcomes() {
        let OutcomeBody::Done(Change::Booking(change)) = &outcome.body else { continue };
        let key = (outcome.event, change.booking.id);
        let is_last_word = change.kind == Kind::Confirmed || change.before == Some(Status::Completed);
        if is_last_word {
            let (allocation, status) = (change.booking.allocation.clone(), change.booking.status);
            rows.insert(key, Row { allocation, status, confirmed: 1 });
        }
    }
    rows
}

/// Whether the id was forgotten after a day, and then came once more: ids are meant to be made once.
fn was_given_again(oracle: &Oracle, key: (EventId, BookingId)) -> bool {
    let is_it = |outcome: &&Outcome| match &outcome.body {
        OutcomeBody::Done(Change::Booking(change)) => {
            change.kind == Kind::Reserved && (outcome.event, change.booking.id) == key
        }
        _ => false,
    };
    oracle.outcomes().iter().filter(is_it).count() > 1
}
