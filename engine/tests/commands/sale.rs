//! open_sale, amend_sale, close_sale, block, unblock, set_rules.

use crate::support::ask::{amend, best, block, command, confirm, extend, named, open_sale, reserve, seats, unblock};
use crate::support::desk::{Desk, EVENT, OPENED_AT};
use crate::support::hall::{hall, terms};
use rowlock_engine::command::{AmendSale, CommandBody, SaleTerms};
use rowlock_engine::ids::{EventId, SeatId, TimeMs};
use rowlock_engine::outcome::Change;
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::SeatState;
use std::sync::Arc;

#[test]
fn a_sale_opens_with_its_map_and_terms() {
    let mut desk = Desk::empty();
    let change = desk.done(open_sale(hall(), terms()));
    assert_eq!(change, Change::SaleOpened { seat_map: Arc::new(hall()), terms: terms() });
    let event = desk.shard.event(EVENT).unwrap();
    assert_eq!((event.id(), event.terms(), event.is_closed(), event.bookings_len()), (EVENT, &terms(), false, 0));
    let totals = event.seats().states().totals();
    assert_eq!((totals.total, totals.available), (26, 26), "18 seats and 8 places");
}

#[test]
fn an_event_opens_apart_from_others() {
    let mut desk = Desk::open();
    desk.send(&command(EventId(2), open_sale(hall(), terms())));
    desk.done(reserve(1, named(&[12])));
    let state = |event| desk.shard.event(EventId(event)).unwrap().seats().state(SeatId(12));
    assert_eq!((state(1), state(2)), (SeatState::Held, SeatState::Available));
}

#[test]
fn amending_changes_what_is_named_and_leaves_the_rest() {
    let full = SaleTerms { opens_at: Some(TimeMs(5)), tickets_per_buyer_max: Some(9), ..terms() };
    type Edit = (fn(&mut AmendSale), fn(&mut SaleTerms));
    let rows: &[Edit] = &[
        (|_| {}, |_| {}),
        (|amend| amend.opens_at = Some(None), |terms| terms.opens_at = None),
        (|amend| amend.opens_at = Some(Some(TimeMs(6))), |terms| terms.opens_at = Some(TimeMs(6))),
        (|amend| amend.hold_ms = Some(1_000), |terms| terms.hold_ms = 1_000),
        (|amend| amend.tickets_per_booking_max = Some(50), |terms| terms.tickets_per_booking_max = 50),
        (|amend| amend.tickets_per_buyer_max = Some(None), |terms| terms.tickets_per_buyer_max = None),
        (|amend| amend.tickets_per_buyer_max = Some(Some(1)), |terms| terms.tickets_per_buyer_max = Some(1)),
        (|amend| amend.accessible_released = Some(true), |terms| terms.accessible_released = true),
        (|amend| amend.refunds = Some(false), |terms| terms.refunds = false),
    ];
    for (change, expect) in rows {
        let mut expected = full.clone();
        expect(&mut expected);
        let mut desk = Desk::on(full.clone());
        assert_eq!(desk.done(amend(change)), Change::SaleAmended { terms: expected.clone() });
        assert_eq!(desk.shard.event(EVENT).unwrap().terms(), &expected);
    }
}

#[test]
fn holds_that_live_keep_their_deadline_when_the_hold_is_amended() {
    let mut desk = Desk::open();
    desk.done(reserve(1, best(1)));
    desk.done(amend(|amend| amend.hold_ms = Some(5_000)));
    assert_eq!(desk.booking(1).unwrap().deadline, TimeMs(OPENED_AT + 60_000));
    assert_eq!(desk.changed(reserve(2, best(1))).booking.deadline, TimeMs(OPENED_AT + 5_000));
}

#[test]
fn a_sale_opens_at_its_time_and_not_before() {
    let opens_at = Some(TimeMs(OPENED_AT + 500));
    let mut desk = Desk::on(SaleTerms { opens_at, ..terms() });
    assert_eq!(desk.wait(499).refused(reserve(1, best(1))), Refusal::NotOnSale { opens_at });
    desk.wait(1).done(reserve(1, best(1)));
}

#[test]
fn what_is_held_when_a_sale_closes_may_still_be_paid_for() {
    let mut desk = Desk::open();
    desk.done(reserve(1, best(1)));
    assert_eq!(desk.done(CommandBody::CloseSale), Change::SaleClosed);
    assert_eq!(desk.done(CommandBody::CloseSale), Change::SaleClosed);
    desk.wait(1).done(extend(1, Some(70_000)));
    desk.done(confirm(1, None));
}

#[test]
fn blocking_takes_free_seats_off_sale_all_or_nothing() {
    let mut desk = Desk::open();
    assert_eq!(desk.done(block(&[14, 12, 14])), Change::Blocked { seats: seats(&[12, 14]) });
    assert_eq!((desk.state(12), desk.state(14)), (SeatState::Blocked, SeatState::Blocked));
    assert_eq!(desk.done(block(&[12, 13])), Change::Blocked { seats: seats(&[13]) }, "12 is blocked already");
    desk.done(reserve(1, named(&[15])));
    let taken = Refusal::SeatsTaken { seats: seats(&[15]), alternatives: Vec::new() };
    assert_eq!(desk.refused(block(&[15, 16])), taken);
    assert_eq!(desk.state(16), SeatState::Available);
    assert_eq!(desk.refused(unblock(&[13, 15])), taken);
    assert_eq!(desk.done(unblock(&[16, 13, 12])), Change::Unblocked { seats: seats(&[12, 13]) });
    assert_eq!(desk.state(13), SeatState::Available);
    desk.done(reserve(2, named(&[13])));
}

#[test]
fn rules_are_set_to_a_known_version() {
    let mut desk = Desk::open();
    assert_eq!(desk.done(CommandBody::SetRules(1)), Change::RulesSet { version: 1 });
}
