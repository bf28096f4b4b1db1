//! Clients, the network and the gateway: calls that are lost, come late or twice, and answers that are read from outcomes.

use super::{Partition, World};
use crate::faults::backends::Origin;
use crate::faults::brief;
use crate::faults::oracle::{DURABLE, NUMBERS, Violation};
use crate::faults::planted::Planted;
use rowlock_engine::codec::encode_command;
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::ids::{BookingId, CorrelationId};
use uuid::Uuid;

/// A call, and what its client knows of it.
#[derive(Clone, Debug)]
pub struct Call {
    pub command: Command,
    pub partition: u16,
    /// Copies of it that the network has.
    pub under_way: u32,
    /// Whether a gateway waits for its outcome.
    pub is_waited_for: bool,
    /// The number of the outcome that the client was told.
    pub told: Option<u64>,
    /// Whether the client was told that nothing was written.
    pub told_no: bool,
}

impl World {
    pub(super) fn ask(&mut self, call: u32, command: &Command) -> Option<()> {
        let partition = u16::try_from(command.event.0 % u64::from(self.swarm.partitions)).expect("partitions are few");
        let fresh = Call {
            command: command.clone(),
            partition,
            under_way: 1,
            is_waited_for: false,
            told: None,
            told_no: false,
        };
        self.note(|| format!("call {call}: {}", brief::command(command)));
        self.calls.insert(call, fresh);
        Some(())
    }

    pub(super) fn ask_again(&mut self, call: u32, of: u32, differs: bool) -> Option<()> {
        let mut command = self.calls.get(&of)?.command.clone();
        command.request.as_mut()?.fingerprint += u64::from(differs);
        as_call(&mut command, call);
        let how = if differs { "has the request id" } else { "is a repetition" };
        self.note(|| format!("call {call} {how} of call {of}"));
        self.ask(call, &command)
    }

    pub(super) fn deliver(&mut self, call: u32, stays: bool) -> Option<()> {
        let found = self.calls.get_mut(&call).filter(|found| found.under_way > 0)?;
        let (partition, payload) = (found.partition, encode_command(&found.command));
        if !self.partitions[usize::from(partition)].log.append(payload, Origin::Call(call)) {
            return None;
        }
        found.under_way -= u32::from(!stays);
        found.is_waited_for = found.told.is_none();
        let twice = if stays { ", and will come again" } else { "" };
        self.note(|| format!("call {call} is appended{twice}"));
        Some(())
    }

    pub(super) fn lose(&mut self, call: u32) -> Option<()> {
        self.calls.get_mut(&call).filter(|found| found.under_way > 0)?.under_way = 0;
        self.note(|| format!("call {call} is lost"));
        Some(())
    }

    pub(super) fn sync(&mut self, partition: u16, records: usize) -> Option<()> {
        let at = self.stamp();
        let log = &mut self.partition(partition).log;
        if log.pending() == 0 {
            return None;
        }
        let from = log.end();
        log.sync(records, at);
        let end = log.end();
        self.note(|| format!("partition {partition}: records {from} to {} are durable at {at}", end - 1));
        Some(())
    }

    /// Reads outcomes, and tells those who wait.
    pub(super) fn answer(&mut self, partition: u16, most: usize, lost: bool) -> Option<()> {
        let found = self.partition(partition);
        let after = found.heard.or_else(|| found.outcomes.first().map(|first| first - 1))?;
        let read = match found.outcomes.read(super::id(partition), after, most) {
            Ok(read) if read.is_empty() => return None,
            Ok(read) => read,
            Err(error) => {
                self.violate(Violation::new(NUMBERS, error.to_string()));
                return Some(());
            }
        };
        let mut due = after;
        for outcome in read {
            due += 1;
            if outcome.number.0 != due {
                let what = format!("partition {partition}: a reader got {} where {due} was due", outcome.number);
                self.violate(Violation::new(NUMBERS, what));
                return Some(());
            }
            self.partition(partition).heard = Some(due);
            let Some(CorrelationId(call)) = outcome.correlation else { continue };
            let call = u32::try_from(call).expect("calls are few");
            let Some(waiting) = self.calls.get_mut(&call).filter(|found| found.is_waited_for) else { continue };
            waiting.is_waited_for = false;
            if lost {
                self.note(|| format!("the answer to call {call}, outcome {due}, is lost"));
                continue;
            }
            waiting.told = Some(due);
            self.note(|| format!("call {call} is told: {}", brief::outcome(&outcome)));
            let is_true = self.partitions[usize::from(partition)].oracle.outcome(due) == Some(&outcome);
            if !is_true {
                let what =
                    format!("call {call} was told outcome {due}, which follows from no durable record: {outcome:?}");
                self.violate(Violation::new(DURABLE, what));
            }
        }
        Some(())
    }

    /// The fate of what waited to become durable is not known; whoever waits goes on waiting for an outcome.
    pub(super) fn tear(&mut self, partition: u16, kept: usize) -> Option<()> {
        let at = self.stamp();
        let Partition { log, .. } = self.partition(partition);
        if log.pending() == 0 {
            return None;
        }
        let all: Vec<_> = log.origins();
        let lost = log.tear(kept, at);
        let end = log.end();
        self.note(|| {
            format!("partition {partition}: the log goes down, {} are lost, records end at {end}", lost.len())
        });
        for origin in lost {
            if let Origin::Pulse(incarnation) = origin {
                self.pulse_lost(incarnation);
            }
        }
        if self.is_planted(Planted::UnknownIsNo) {
            for origin in all {
                if let Origin::Call(call) = origin {
                    let call = self.calls.get_mut(&call).expect("calls stay");
                    call.told_no = call.is_waited_for;
                    call.is_waited_for = false;
                }
            }
        }
        Some(())
    }
}

/// The command as another call brings it: whoever asks for a booking once more has made a new id for it.
pub fn as_call(command: &mut Command, call: u32) {
    command.correlation = CorrelationId(call.into());
    if let CommandBody::Reserve(ask) = &mut command.body {
        ask.booking = BookingId(Uuid::from_u128(call.into()));
    }
}
