//! A partition as its outcomes tell it, and nothing else: no code of the shard, and every rule that an outcome can break.

use super::sale::Sale;
use rowlock_engine::ids::{EventId, TimeMs};
use rowlock_engine::outcome::{BookingChangeKind, Change, Outcome, OutcomeBody};
use rowlock_engine::shard::{Event, Shard};
use std::collections::BTreeMap;

/// All events of a partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    pub last: u64,
    hash: u64,
    sales: BTreeMap<EventId, Sale>,
}

impl Model {
    /// Takes an outcome in, or drops it when it was seen; panics when it skips a number or breaks a rule.
    pub fn read(&mut self, outcome: &Outcome) {
        if outcome.number.0 <= self.last {
            return;
        }
        assert_eq!(outcome.number.0, self.last + 1, "numbers have no gap");
        self.last += 1;
        assert_ne!(outcome.hash, self.hash, "the hash runs on with every outcome");
        self.hash = outcome.hash;
        if !is_expiry(outcome) {
            self.nothing_is_due(outcome.at);
        }
        if let OutcomeBody::Done(change) = &outcome.body {
            self.change(outcome.event, outcome.at, change);
        }
    }

    fn nothing_is_due(&self, now: TimeMs) {
        let pending = self.sales.values().flat_map(Sale::pending);
        let due = pending.filter(|booking| booking.deadline <= now).count();
        assert_eq!(due, 0, "what is due expires before anything else is judged");
    }

    fn change(&mut self, event: EventId, at: TimeMs, change: &Change) {
        if let Change::SaleOpened { seat_map, terms } = change {
            let sale = Sale::new(seat_map.clone(), terms.clone());
            assert!(self.sales.insert(event, sale).is_none(), "an event opens once");
            return;
        }
        if matches!(change, Change::RulesSet { .. }) {
            return;
        }
        let sale = self.sales.get_mut(&event).expect("what changes is on sale");
        match change {
            Change::SaleAmended { terms } => sale.terms = terms.clone(),
            Change::SaleClosed => sale.closed = true,
            Change::Booking(change) => sale.booking_change(at, change),
            Change::Blocked { seats } => seats.iter().for_each(|seat| sale.block(*seat, true)),
            Change::Unblocked { seats } => seats.iter().for_each(|seat| sale.block(*seat, false)),
            Change::SaleOpened { .. } | Change::RulesSet { .. } => unreachable!("handled above"),
        }
    }

    /// The shard's events are these, seat by seat and count by count.
    pub fn assert_is(&self, shard: &Shard) {
        let ids: Vec<_> = shard.events().map(Event::id).collect();
        assert_eq!(ids, self.sales.keys().copied().collect::<Vec<_>>());
        for event in shard.events() {
            self.sales[&event.id()].assert_is(event);
        }
    }
}

fn is_expiry(outcome: &Outcome) -> bool {
    matches!(&outcome.body, OutcomeBody::Done(Change::Booking(change)) if change.kind == BookingChangeKind::Expired)
}
