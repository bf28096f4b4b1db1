//! A shard, boards that follow it, and what the event looked like at every cursor that a reader may have.

use super::steps::{HOLD_MS, Step};
use crate::boards::{After, Boards, Changes};
use rowlock_engine::command::{
    AmendSale, BeginPayment, Cancel, Command, CommandBody, Confirm, Exchange, Extend, OpenSale, Reserve, SaleTerms,
    SeatSet,
};
use rowlock_engine::ids::{
    AreaId, BookingId, BuyerId, CorrelationId, EventId, Offset, OutcomeNumber, PartitionId, PaymentId, SeatId, TimeMs,
};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::Checkpoint;
use rowlock_engine::seat_map::spec::SeatMapSpec;
use rowlock_engine::seat_map::{SeatMap, SeatStates};
use rowlock_engine::shard::{Shard, Stamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

pub const EVENT: EventId = EventId(7);
pub const PARTITION: PartitionId = PartitionId(0);

fn terms() -> SaleTerms {
    SaleTerms {
        opens_at: None,
        hold_ms: HOLD_MS,
        tickets_per_booking_max: 4,
        tickets_per_buyer_max: None,
        accessible_released: false,
        refunds: true,
    }
}

pub struct World {
    pub shard: Shard,
    pub boards: Boards,
    pub outcomes: Vec<Outcome>,
    /// The states at every version that the board has had.
    pub history: BTreeMap<OutcomeNumber, SeatStates>,
    made: Vec<(BookingId, BuyerId)>,
    now: u64,
}

impl World {
    pub fn new(hall: Arc<SeatMapSpec>) -> Self {
        let mut world = Self {
            shard: Shard::new(PARTITION),
            boards: Boards::new(1),
            outcomes: Vec::new(),
            history: BTreeMap::new(),
            made: Vec::new(),
            now: 1,
        };
        world.ask(CommandBody::OpenSale(OpenSale { seat_map: hall, terms: terms() }));
        world
    }

    pub fn take(&mut self, step: Step) {
        match step {
            Step::Wait(ms) => {
                self.now += ms;
                self.ask(CommandBody::Pulse);
            }
            step => {
                if let Some(body) = self.body(step) {
                    self.ask(body);
                }
            }
        }
    }

    fn body(&mut self, step: Step) -> Option<CommandBody> {
        let seat_set = |seats: BTreeSet<u32>| SeatSet { seats: seats.into_iter().map(SeatId).collect() };
        let payment = PaymentId(Uuid::from_u128(1));
        let body = match step {
            Step::Reserve(buyer, wish) => {
                let booking = BookingId(Uuid::from_u128(1 + self.made.len() as u128));
                self.made.push((booking, BuyerId(buyer)));
                let buyer = BuyerId(buyer);
                CommandBody::Reserve(Reserve { booking, buyer, holder: None, hold_ms: None, wish })
            }
            Step::Block(seats) => CommandBody::Block(seat_set(seats)),
            Step::Unblock(seats) => CommandBody::Unblock(seat_set(seats)),
            Step::Amend(max) => {
                CommandBody::AmendSale(AmendSale { tickets_per_booking_max: Some(max), ..AmendSale::default() })
            }
            Step::Extend(at) => {
                let (booking, buyer) = *self.made.get(at)?;
                CommandBody::Extend(Extend { booking, buyer, hold_ms: None })
            }
            Step::Begin(at) => {
                let (booking, buyer) = *self.made.get(at)?;
                CommandBody::BeginPayment(BeginPayment { booking, buyer, payment, timeout_ms: HOLD_MS })
            }
            Step::Confirm(at) => {
                let (booking, buyer) = *self.made.get(at)?;
                CommandBody::Confirm(Confirm { booking, buyer, payment: (at % 2 == 0).then_some(payment) })
            }
            Step::Cancel(at) => {
                let (booking, buyer) = *self.made.get(at)?;
                CommandBody::Cancel(Cancel { booking, buyer })
            }
            Step::Exchange(at, wish) => {
                let (booking, buyer) = *self.made.get(at)?;
                CommandBody::Exchange(Exchange { booking, buyer, wish })
            }
            Step::Wait(_) => return None,
        };
        Some(body)
    }

    pub fn ask(&mut self, body: CommandBody) {
        let stamp = Stamp { offset: self.shard.next_offset(), at: TimeMs(self.now) };
        let command = Command { event: EVENT, request: None, correlation: CorrelationId(0), body };
        let mut outcomes = Vec::new();
        self.shard.apply(stamp, command, &mut outcomes).unwrap();
        for outcome in &outcomes {
            self.boards.apply(PARTITION, outcome);
            let view = self.boards.event(EVENT).unwrap().view();
            let known = self.history.entry(view.version).or_insert_with(|| view.states.clone());
            assert_eq!(*known, view.states, "one version, two states: {outcome:?}");
        }
        self.outcomes.extend(outcomes);
    }

    pub fn checkpoint(&self) -> Checkpoint {
        let delta = self.shard.freeze().delta(None);
        assert_eq!(delta.covers.next_offset, Offset(self.shard.next_offset().0));
        Checkpoint { covers: delta.covers, chunks: delta.changed }
    }

    /// Readers at every cursor that there has been come to what is now, each seat named once. Gives back how many of
    /// them are told to begin anew.
    pub fn check_readers(&self, boards: &Boards) -> usize {
        let event = boards.event(EVENT).unwrap();
        let now = event.view();
        let mut anew = 0;
        for (cursor, then) in &self.history {
            match event.changes_after(*cursor) {
                After::Nothing => assert_eq!((*cursor, then), (now.version, &now.states)),
                After::Changed(changes) => check_changes(&event.map, then, &now.states, &changes),
                After::Forgotten => anew += 1,
                After::Ahead => panic!("cursor {cursor} is not ahead of {}", now.version),
            }
        }
        assert_eq!(event.changes_after(now.version.next()), After::Ahead);
        anew
    }
}

fn check_changes(map: &SeatMap, then: &SeatStates, now: &SeatStates, changes: &Changes) {
    let mut seen = BTreeSet::new();
    let mut reader = then.clone();
    for &(seat, state) in &changes.seats {
        assert!(seen.insert(seat), "seat {seat} is named twice");
        reader.set(map, seat, state);
    }
    for seat in (0..map.positions()).map(SeatId) {
        assert_eq!(reader.state(seat), now.state(seat), "seat {seat}");
    }
    assert_eq!(changes.totals, now.totals());
    assert_eq!(changes.areas, [now.area_counts(AreaId(0))]);
}
