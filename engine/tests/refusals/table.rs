//! The refusal table: each variant reached by a command.

use crate::support::ask::{
    BUYER, OTHER, amend, area, begin_payment, best, block, booking, cancel, command, confirm, end_payment, exchange,
    extend, from_buyer, named, open_sale, request, reserve, reserve_for, seats,
};
use crate::support::desk::{Desk, EVENT, OPENED_AT};
use crate::support::hall::{MISSING, ORDINARY_SEATS, POSITIONS, hall, plain, terms};
use crate::support::refusals::{VARIANTS, invalid, variant};
use rowlock_engine::booking::Status;
use rowlock_engine::command::CommandBody;
use rowlock_engine::ids::{EventId, TimeMs};
use rowlock_engine::limits::EVENTS_PER_PARTITION_MAX;
use rowlock_engine::outcome::OutcomeBody;
use rowlock_engine::refusal::{LimitScope, Refusal};
use std::collections::BTreeSet;

/// What no command can bring about here; the tests inside the crate reach in for them.
const INSIDE: [&str; 2] = ["Internal", "TooManyBookings"];

/// How a refusal comes about.
type Row = fn(&mut Desk) -> (CommandBody, Refusal);

const ROWS: &[Row] = &[
    |_| (CommandBody::SetRules(0), Refusal::UnknownRules { version: 0 }),
    |_| (CommandBody::SetRules(2), Refusal::UnknownRules { version: 2 }),
    |desk| {
        *desk = Desk::empty();
        (CommandBody::CloseSale, Refusal::UnknownEvent)
    },
    |_| (open_sale(hall(), terms()), Refusal::EventExists),
    |desk| {
        *desk = Desk::empty();
        for event in 0..EVENTS_PER_PARTITION_MAX as u64 {
            desk.send(&command(EventId(100 + event), open_sale(plain(1, 1), terms())));
        }
        (open_sale(hall(), terms()), Refusal::TooManyEvents)
    },
    |_| (cancel(1), Refusal::UnknownBooking),
    |desk| {
        desk.done(reserve_for(OTHER, 1, best(1)));
        (cancel(1), Refusal::UnknownBooking)
    },
    |desk| {
        desk.done(reserve_for(OTHER, 1, best(1)));
        (reserve(1, best(1)), Refusal::BookingExists)
    },
    |_| (reserve(1, best(0)), invalid("quantity", "must be at least 1")),
    |_| (reserve(1, named(&[12, MISSING, POSITIONS])), Refusal::UnknownSeat { seats: seats(&[MISSING, POSITIONS]) }),
    |_| (block(&[POSITIONS, 12, MISSING]), Refusal::UnknownSeat { seats: seats(&[MISSING, POSITIONS]) }),
    |_| (reserve(1, area(2, 1)), Refusal::UnknownSection),
    |desk| {
        desk.done(CommandBody::CloseSale);
        (reserve(1, best(1)), Refusal::NotOnSale { opens_at: None })
    },
    |desk| {
        let opens_at = Some(TimeMs(OPENED_AT + 1));
        desk.done(amend(|amend| amend.opens_at = Some(opens_at)));
        (reserve(1, best(1)), Refusal::NotOnSale { opens_at })
    },
    |_| (reserve(1, best(5)), Refusal::LimitExceeded { max: 4, per: LimitScope::Booking }),
    |desk| {
        desk.done(amend(|amend| amend.tickets_per_buyer_max = Some(Some(3))));
        desk.done(reserve(1, best(2)));
        (reserve(2, best(2)), Refusal::LimitExceeded { max: 3, per: LimitScope::Buyer })
    },
    |desk| {
        desk.done(reserve(1, best(1)));
        desk.wait(60_000);
        (begin_payment(1, 1), Refusal::HoldExpired)
    },
    |desk| {
        desk.done(reserve(1, best(1)));
        desk.done(cancel(1));
        (confirm(1, None), Refusal::WrongStatus { status: Status::Cancelled })
    },
    |desk| {
        desk.done(reserve(1, best(1)));
        desk.done(begin_payment(1, 1));
        (begin_payment(1, 2), Refusal::PaymentUnderWay)
    },
    |desk| {
        desk.done(reserve(1, best(1)));
        (extend(1, None), Refusal::ExtensionLimit)
    },
    |desk| {
        desk.done(reserve(1, area(1, 3)));
        (reserve(2, area(1, 1)), Refusal::SoldOut)
    },
    |desk| {
        desk.done(block(&ORDINARY_SEATS));
        (reserve(2, best(1)), Refusal::SoldOut)
    },
    |desk| {
        desk.done(reserve(1, area(1, 1)));
        (reserve(2, area(1, 3)), Refusal::NotEnoughSeats { free: 2 })
    },
    |desk| {
        desk.done(reserve(1, named(&[13, 15])));
        let alternatives = vec![seats(&[4, 5]), seats(&[10, 11]), seats(&[16, 17])];
        (reserve(2, named(&[12, 13])), Refusal::SeatsTaken { seats: seats(&[13]), alternatives })
    },
    |desk| {
        desk.done(reserve(1, named(&[12])));
        desk.done(confirm(1, None));
        (exchange(1, named(&[16])), Refusal::PriceDiffers { paid: 1000, asked: 500 })
    },
];

/// The variants that commands can bring about, in their written order.
fn reachable() -> Vec<&'static str> {
    VARIANTS.iter().copied().filter(|variant| !INSIDE.contains(variant)).collect()
}

#[test]
fn every_refusal_is_given_and_changes_nothing() {
    let mut reached = BTreeSet::from([a_mismatch()]);
    for (at, row) in ROWS.iter().enumerate() {
        let mut desk = Desk::open();
        let (body, expected) = row(&mut desk);
        desk.pulse();
        let before: Vec<_> = desk.shard.freeze().delta(None).changed.split_off(1);
        assert_eq!(desk.refused(body), expected, "row {at}");
        assert!(before == desk.shard.freeze().delta(None).changed[1..], "row {at} changed an event");
        reached.insert(variant(&expected));
    }
    let missing: Vec<_> = reachable().into_iter().filter(|variant| !reached.contains(variant)).collect();
    assert!(missing.is_empty(), "no row gives {missing:?}");
}

/// The one refusal that needs request ids.
fn a_mismatch() -> &'static str {
    let mut desk = Desk::open();
    let mut first = command(EVENT, reserve(1, best(1)));
    first.request = request(1, 1);
    desk.ask_as(&first);
    first.request = request(1, 2);
    let refused = desk.send(&first).pop().unwrap();
    let OutcomeBody::Refused(refused) = refused.body else { panic!("{refused:?}") };
    assert_eq!(refused.booking, Some((booking(1), BUYER)), "a refused reservation says whose it was");
    variant(&refused.refusal)
}

#[test]
fn the_written_order_is_the_order_of_precedence() {
    let mut given: Vec<_> = ROWS.iter().map(|row| row(&mut Desk::open()).1).collect();
    given.push(Refusal::RequestMismatch);
    given.sort();
    let mut names: Vec<_> = given.iter().map(variant).collect();
    names.dedup();
    assert_eq!(names, reachable());
}

#[test]
fn somebody_elses_booking_is_as_good_as_none() {
    let commands =
        [extend(1, None), begin_payment(1, 1), end_payment(1, 1), confirm(1, None), cancel(1), exchange(1, best(1))];
    let mut desk = Desk::open();
    desk.done(reserve(1, best(1)));
    for body in commands {
        assert_eq!(desk.refused(from_buyer(OTHER, body)), Refusal::UnknownBooking);
    }
}
