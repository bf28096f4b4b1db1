//! A shard with its log: asks, and keeps what was asked and answered.

use super::ask;
use super::hall::{hall, terms};
use rowlock_engine::booking::{Booking, Status};
use rowlock_engine::codec::{decode_command, encode_command, encode_outcome};
use rowlock_engine::command::{Command, CommandBody, SaleTerms};
use rowlock_engine::ids::{EventId, Offset, OutcomeNumber, PartitionId, SeatId, TimeMs};
use rowlock_engine::outcome::{Answer, BookingChange, BookingChangeKind, Change, Outcome, OutcomeBody};
use rowlock_engine::ports::{Checkpoint, Record};
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::SeatState;
use rowlock_engine::shard::{Shard, Stamp};

/// The event that a desk sells.
pub const EVENT: EventId = EventId(1);
/// When a desk opens.
pub const OPENED_AT: u64 = 1_000_000;

pub struct Desk {
    pub shard: Shard,
    pub log: Vec<Record>,
    pub outcomes: Vec<Outcome>,
    pub now: u64,
}

impl Desk {
    /// Nothing on sale.
    pub fn empty() -> Self {
        let shard = Shard::new(PartitionId(0));
        Self { shard, log: Vec::new(), outcomes: Vec::new(), now: OPENED_AT }
    }

    /// The hall on sale, on its usual terms.
    pub fn open() -> Self {
        Self::on(terms())
    }

    pub fn on(terms: SaleTerms) -> Self {
        let mut desk = Self::empty();
        desk.done(ask::open_sale(hall(), terms));
        desk
    }

    /// Sends a command and gives all that came of it.
    pub fn send(&mut self, command: &Command) -> Vec<Outcome> {
        let (offset, at) = (Offset(self.log.len() as u64), TimeMs(self.now));
        let payload = encode_command(command);
        let decoded = decode_command(&payload).unwrap();
        self.log.push(Record { offset, at, payload });
        let mut outcomes = Vec::new();
        self.shard.apply(Stamp { offset, at }, decoded, &mut outcomes).unwrap();
        self.outcomes.extend(outcomes.iter().cloned());
        outcomes
    }

    /// The command's own outcome, for the desk's event.
    pub fn ask(&mut self, body: CommandBody) -> OutcomeBody {
        self.ask_as(&ask::command(EVENT, body))
    }

    pub fn ask_as(&mut self, command: &Command) -> OutcomeBody {
        let mut outcomes = self.send(command);
        outcomes.pop().expect("a command that is no pulse has an outcome").body
    }

    pub fn done(&mut self, body: CommandBody) -> Change {
        match self.ask(body.clone()) {
            OutcomeBody::Done(change) => change,
            other => panic!("{body:?} came to {other:?}"),
        }
    }

    pub fn changed(&mut self, body: CommandBody) -> BookingChange {
        match self.done(body) {
            Change::Booking(change) => *change,
            other => panic!("{other:?} is no booking"),
        }
    }

    /// The kind of a booking's change, its status and its deadline.
    pub fn kind(&mut self, body: CommandBody) -> (BookingChangeKind, Status, TimeMs) {
        let BookingChange { kind, booking, .. } = self.changed(body);
        (kind, booking.status, booking.deadline)
    }

    pub fn refused(&mut self, body: CommandBody) -> Refusal {
        match self.ask(body.clone()) {
            OutcomeBody::Refused(refused) => refused.refusal,
            other => panic!("{body:?} came to {other:?}"),
        }
    }

    pub fn repeated(&mut self, command: &Command) -> Answer {
        match self.ask_as(command) {
            OutcomeBody::Repeated(answer) => *answer,
            other => panic!("{command:?} came to {other:?}"),
        }
    }

    /// Lets time pass; nothing is sent.
    pub fn wait(&mut self, ms: u64) -> &mut Self {
        self.now += ms;
        self
    }

    pub fn pulse(&mut self) -> Vec<Outcome> {
        self.send(&ask::command(EventId(0), CommandBody::Pulse))
    }

    pub fn state(&self, seat: u32) -> SeatState {
        self.shard.event(EVENT).unwrap().seats().state(SeatId(seat))
    }

    pub fn booking(&self, id: u128) -> Option<Booking> {
        self.shard.event(EVENT)?.bookings().find(|found| found.id == ask::booking(id))
    }
}

/// Every outcome's record.
pub fn encoded(outcomes: &[Outcome]) -> Vec<Vec<u8>> {
    outcomes.iter().map(|outcome| encode_outcome(outcome).to_vec()).collect()
}

/// A whole checkpoint of `shard`.
pub fn checkpoint(shard: &Shard) -> Checkpoint {
    let delta = shard.freeze().delta(None);
    Checkpoint { covers: delta.covers, chunks: delta.changed }
}

/// The numbers of some outcomes.
pub fn numbers(outcomes: &[Outcome]) -> Vec<OutcomeNumber> {
    outcomes.iter().map(|outcome| outcome.number).collect()
}
