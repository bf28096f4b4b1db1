//! The state behind one partition, and `apply`: one record in, numbered outcomes out.

mod answers;
mod bookings;
mod consistency;
mod deadlines;
mod entry;
mod event;
mod index;
mod judge;
mod ring;
pub mod snapshot;
#[cfg(test)]
mod tests;

pub(crate) use entry::Entry;
pub use event::Event;

use crate::booking::Status;
use crate::codec::digest;
use crate::command::{Command, CommandBody};
use crate::ids::{BookingId, CorrelationId, EventId, Offset, OutcomeNumber, PartitionId, TimeMs};
use crate::limits::{ACCEPTED_KEPT_MS, ENDED_BOOKINGS_MAX, FORGOTTEN_PER_RECORD_MAX};
use crate::outcome::{BookingChange, BookingChangeKind, Change, Outcome, OutcomeBody};
use answers::Answers;
use deadlines::{Deadlines, Due};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The newest version of the rules that this build knows, and the one that a new partition starts with.
pub const RULES_CURRENT: u32 = 1;
/// The oldest version of the rules that this build still knows.
pub const RULES_OLDEST: u32 = 1;

/// Where and when the log put a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its place in the partition.
    pub offset: Offset,
    /// The log's clock.
    pub at: TimeMs,
}

/// Why a record could not be applied at all; the partition has to stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A record is missing.
    #[error("record {got} came where {expected} was due")]
    Gap {
        /// The offset that was due.
        expected: Offset,
        /// The offset that came.
        got: Offset,
    },
    /// A record that this build cannot read.
    #[error("record {offset}: {error}")]
    Undecodable {
        /// Where it stands.
        offset: Offset,
        /// What is wrong with it.
        error: crate::codec::DecodeError,
    },
}

/// An ended booking that is still remembered.
#[derive(Clone, Copy, Debug)]
struct Ended {
    event: EventId,
    booking: BookingId,
    forget_at: TimeMs,
}

impl Ended {
    fn new(event: EventId, booking: BookingId, created_at: TimeMs) -> Self {
        Self { event, booking, forget_at: created_at.plus_ms(ACCEPTED_KEPT_MS) }
    }
}

/// The seats, holds and bookings of every event routed to one partition.
#[derive(Clone, Debug)]
pub struct Shard {
    partition: PartitionId,
    rules: u32,
    now: TimeMs,
    next_offset: Offset,
    last_outcome: OutcomeNumber,
    hash: u64,
    events: BTreeMap<EventId, Event>,
    bookings_total: usize,
    deadlines: Deadlines,
    answers: Answers,
    /// By the outcome that ended them.
    ended: BTreeMap<OutcomeNumber, Ended>,
    /// Reused for hashing.
    scratch: Vec<u8>,
}

impl Shard {
    /// An empty shard, before the first record.
    #[must_use]
    pub fn new(partition: PartitionId) -> Self {
        Self {
            partition,
            rules: RULES_CURRENT,
            now: TimeMs(0),
            next_offset: Offset(0),
            last_outcome: OutcomeNumber(0),
            hash: 0,
            events: BTreeMap::new(),
            bookings_total: 0,
            deadlines: Deadlines::default(),
            answers: Answers::default(),
            ended: BTreeMap::new(),
            scratch: Vec::new(),
        }
    }

    /// Applies one record and appends what became of it to `outcomes`: expiries that were due first, then
    /// the command's own outcome (a pulse has none). A record that was applied before changes nothing.
    ///
    /// # Errors
    /// `Fault::Gap` when records are missing before this one; nothing was changed.
    ///
    /// # Panics
    /// When an invariant is broken. The shard must not be used afterwards.
    pub fn apply(&mut self, stamp: Stamp, command: Command, outcomes: &mut Vec<Outcome>) -> Result<(), Fault> {
        if stamp.offset > self.next_offset {
            return Err(Fault::Gap { expected: self.next_offset, got: stamp.offset });
        }
        if stamp.offset < self.next_offset {
            return Ok(());
        }
        self.next_offset = stamp.offset.next();
        self.now = self.now.max(stamp.at);
        self.expire_due(stamp.offset, outcomes);
        self.forget_old();
        if command.body != CommandBody::Pulse {
            let (event, correlation) = (command.event, command.correlation);
            let body = self.answer(command);
            self.emit(stamp.offset, event, Some(correlation), body, outcomes);
        }
        Ok(())
    }

    /// The partition.
    #[must_use]
    pub fn partition(&self) -> PartitionId {
        self.partition
    }

    /// The offset of the record to apply next.
    #[must_use]
    pub fn next_offset(&self) -> Offset {
        self.next_offset
    }

    /// The number of the last outcome.
    #[must_use]
    pub fn last_outcome(&self) -> OutcomeNumber {
        self.last_outcome
    }

    /// The running hash of all outcomes.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Shard time: the largest stamp seen.
    #[must_use]
    pub fn now(&self) -> TimeMs {
        self.now
    }

    /// When the next hold falls due: a pulse is wanted then, if nothing else arrives.
    #[must_use]
    pub fn next_deadline(&self) -> Option<TimeMs> {
        self.deadlines.first().map(|due| due.at)
    }

    /// One event.
    #[must_use]
    pub fn event(&self, id: EventId) -> Option<&Event> {
        self.events.get(&id)
    }

    /// All events, by id.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.values()
    }

    /// The number that the outcome in the making will have.
    pub(crate) fn number(&self) -> OutcomeNumber {
        self.last_outcome.next()
    }

    /// An event that exists, to be changed by the outcome in the making.
    pub(crate) fn event_mut(&mut self, id: EventId) -> &mut Event {
        let number = self.number();
        let event = self.events.get_mut(&id).expect("decide saw the event");
        event.touched = number;
        event
    }

    pub(crate) fn add_event(&mut self, mut event: Event) {
        event.touched = self.number();
        self.events.insert(event.id, event);
    }

    pub(crate) fn set_rules(&mut self, version: u32) {
        self.rules = version;
    }

    /// Puts a new hold into the book.
    pub(crate) fn add_hold(&mut self, event: EventId, entry: Entry) {
        self.bookings_total += 1;
        self.deadlines.add(Due { at: entry.deadline, event, booking: entry.id });
        self.event_mut(event).bookings.insert(entry);
    }

    pub(crate) fn deadline_moved(&mut self, event: EventId, booking: BookingId, from: TimeMs, to: TimeMs) {
        self.deadlines.remove(Due { at: from, event, booking });
        self.deadlines.add(Due { at: to, event, booking });
    }

    /// A hold with this deadline is no hold any more: it was sold or has ended.
    pub(crate) fn hold_ended(&mut self, event: EventId, booking: BookingId, deadline: TimeMs) {
        self.deadlines.remove(Due { at: deadline, event, booking });
    }

    /// Remembers an ended booking for as long as its id must be known.
    pub(crate) fn remember_ended(&mut self, event: EventId, booking: BookingId, created_at: TimeMs) {
        self.ended.insert(self.number(), Ended::new(event, booking, created_at));
        if self.ended.len() > ENDED_BOOKINGS_MAX {
            self.forget_first_ended();
        }
    }

    /// A booking that ended with outcome `ended` lives again.
    pub(crate) fn revived(&mut self, ended: OutcomeNumber) {
        self.ended.remove(&ended);
    }

    fn emit(
        &mut self,
        offset: Offset,
        event: EventId,
        correlation: Option<CorrelationId>,
        body: OutcomeBody,
        outcomes: &mut Vec<Outcome>,
    ) {
        let mut outcome = Outcome { number: self.number(), offset, at: self.now, event, correlation, body, hash: 0 };
        digest(&outcome, &mut self.scratch);
        self.hash = xxh3_64_with_seed(&self.scratch, self.hash);
        outcome.hash = self.hash;
        self.last_outcome = outcome.number;
        outcomes.push(outcome);
    }

    fn expire_due(&mut self, offset: Offset, outcomes: &mut Vec<Outcome>) {
        while let Some(due) = self.deadlines.first().filter(|due| due.at <= self.now) {
            let change = self.expire(due);
            self.emit(offset, due.event, None, OutcomeBody::Done(change), outcomes);
        }
    }

    fn expire(&mut self, Due { at, event, booking }: Due) -> Change {
        let number = self.number();
        let found = self.event_mut(event);
        let entry = found.bookings.get(booking).expect("every deadline is of a living hold").clone();
        let ended = found.end_booking(&entry, Status::Expired, number);
        self.hold_ended(event, booking, at);
        self.remember_ended(event, booking, entry.created_at);
        Change::Booking(Box::new(BookingChange {
            kind: BookingChangeKind::Expired,
            booking: ended.view(event),
            before: Some(Status::PendingPayment),
            released: Some(ended.allocation),
        }))
    }

    fn forget_old(&mut self) {
        self.answers.forget(self.now);
        for _ in 0..FORGOTTEN_PER_RECORD_MAX {
            match self.ended.first_key_value() {
                Some((_, oldest)) if oldest.forget_at <= self.now => self.forget_first_ended(),
                _ => return,
            }
        }
    }

    fn forget_first_ended(&mut self) {
        let Some((_, oldest)) = self.ended.pop_first() else { return };
        self.event_mut(oldest.event).bookings.remove(oldest.booking);
        self.bookings_total -= 1;
    }

    /// How many bookings the partition remembers.
    pub(crate) fn bookings_total(&self) -> usize {
        self.bookings_total
    }

    pub(crate) fn events_len(&self) -> usize {
        self.events.len()
    }
}
