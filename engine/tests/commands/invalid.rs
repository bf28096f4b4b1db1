//! Numbers that no state could make valid, each with the field it is in.

use crate::support::ask::{
    amend, area, begin_payment_within, best, block, command, exchange, extend, named, open_sale, reserve, unblock,
};
use crate::support::desk::{Desk, EVENT};
use crate::support::hall::{hall, plain, terms};
use crate::support::refusals::invalid;
use rowlock_engine::booking::Allocation;
use rowlock_engine::command::{BestAvailable, CommandBody, SaleTerms, Wish};
use rowlock_engine::ids::SeatId;
use rowlock_engine::limits::{
    HOLD_MS_MAX, HOLD_MS_MIN, HOLDER_BYTES_MAX, SEATS_PER_BLOCK_MAX, TICKETS_PER_BOOKING_MAX,
};
use rowlock_engine::refusal::Refusal;

const HOLD: &str = "must be 1000 to 86400000";

fn held(hold_ms: u64) -> CommandBody {
    let mut body = reserve(2, best(1));
    let CommandBody::Reserve(reserve) = &mut body else { unreachable!() };
    reserve.hold_ms = Some(hold_ms);
    body
}

fn with_holder(bytes: usize) -> CommandBody {
    let mut body = reserve(2, best(1));
    let CommandBody::Reserve(reserve) = &mut body else { unreachable!() };
    reserve.holder = Some("x".repeat(bytes).into());
    body
}

fn opened(change: impl FnOnce(&mut SaleTerms)) -> CommandBody {
    let mut terms = terms();
    change(&mut terms);
    open_sale(hall(), terms)
}

fn in_place(section: Option<u16>, subsection: Option<u32>) -> Wish {
    Wish::Best(BestAvailable { quantity: 1, section, subsection, ..BestAvailable::default() })
}

/// Each with the field and the problem.
fn rows() -> Vec<(CommandBody, &'static str, &'static str)> {
    let too_many = vec![12; SEATS_PER_BLOCK_MAX + 1];
    vec![
        (held(HOLD_MS_MIN - 1), "hold_ms", HOLD),
        (held(HOLD_MS_MAX + 1), "hold_ms", HOLD),
        (with_holder(HOLDER_BYTES_MAX + 1), "holder", "must be at most 128 bytes"),
        (reserve(2, best(0)), "quantity", "must be at least 1"),
        (reserve(2, named(&[])), "quantity", "must be at least 1"),
        (reserve(2, area(0, 0)), "quantity", "must be at least 1"),
        (reserve(2, best(TICKETS_PER_BOOKING_MAX + 1)), "quantity", "must be at most 50"),
        (reserve(2, area(0, u32::MAX)), "quantity", "must be at most 50"),
        (reserve(2, named(&[12, 13, 12])), "seats", "a seat is named twice"),
        (reserve(2, in_place(None, Some(1))), "subsection", "needs a section"),
        (exchange(1, best(0)), "quantity", "must be at least 1"),
        (exchange(1, named(&[12, 12])), "seats", "a seat is named twice"),
        (extend(1, Some(HOLD_MS_MIN - 1)), "hold_ms", HOLD),
        (extend(1, Some(HOLD_MS_MAX + 1)), "hold_ms", HOLD),
        (begin_payment_within(1, 1, 0), "timeout_ms", "must be 1 to 86400000"),
        (begin_payment_within(1, 1, HOLD_MS_MAX + 1), "timeout_ms", "must be 1 to 86400000"),
        (block(&[]), "seats", "must name 1 to 10000 seats"),
        (block(&too_many), "seats", "must name 1 to 10000 seats"),
        (unblock(&[]), "seats", "must name 1 to 10000 seats"),
        (unblock(&too_many), "seats", "must name 1 to 10000 seats"),
        (amend(|amend| amend.hold_ms = Some(HOLD_MS_MIN - 1)), "hold_ms", HOLD),
        (amend(|amend| amend.tickets_per_booking_max = Some(0)), "tickets_per_booking_max", "must be 1 to 50"),
        (amend(|amend| amend.tickets_per_buyer_max = Some(Some(0))), "tickets_per_buyer_max", "must be at least 1"),
    ]
}

#[test]
fn invalid_numbers_are_refused_with_their_field() {
    for (body, field, problem) in rows() {
        let mut desk = Desk::open();
        desk.done(reserve(1, best(1)));
        assert_eq!(desk.refused(body), invalid(field, problem));
    }
}

#[test]
fn invalid_terms_and_maps_do_not_open() {
    let rows = [
        (opened(|terms| terms.hold_ms = HOLD_MS_MIN - 1), "hold_ms"),
        (opened(|terms| terms.hold_ms = HOLD_MS_MAX + 1), "hold_ms"),
        (opened(|terms| terms.tickets_per_booking_max = 0), "tickets_per_booking_max"),
        (opened(|terms| terms.tickets_per_booking_max = 51), "tickets_per_booking_max"),
        (opened(|terms| terms.tickets_per_buyer_max = Some(0)), "tickets_per_buyer_max"),
        (open_sale(plain(1, 0), terms()), "sections[0].subsections[0].rows[0].seats"),
    ];
    for (body, expected) in rows {
        let mut desk = Desk::empty();
        let Refusal::Invalid { field, .. } = desk.refused(body) else { panic!("{expected}") };
        assert_eq!(field, expected);
        assert!(desk.shard.events().next().is_none());
    }
}

#[test]
fn the_last_valid_numbers_are_taken() {
    let mut desk = Desk::open();
    desk.done(amend(|amend| amend.tickets_per_booking_max = Some(TICKETS_PER_BOOKING_MAX)));
    desk.done(with_holder(HOLDER_BYTES_MAX));
    desk.done(amend(|amend| amend.hold_ms = Some(HOLD_MS_MAX)));
    desk.done(reserve(1, best(1)));
    desk.done(begin_payment_within(1, 1, HOLD_MS_MAX));
    desk.done(block(&vec![14; SEATS_PER_BLOCK_MAX]));
    let mut wide = Desk::empty();
    let terms = SaleTerms { tickets_per_booking_max: TICKETS_PER_BOOKING_MAX, ..terms() };
    wide.send(&command(EVENT, open_sale(plain(1, 60), terms)));
    let most: Vec<_> = (0..TICKETS_PER_BOOKING_MAX).collect();
    let made = wide.changed(reserve(1, named(&most))).booking;
    assert_eq!(made.allocation, Allocation::Seats(most.into_iter().map(SeatId).collect()));
}

#[test]
fn places_that_the_event_does_not_have_are_unknown() {
    let unknown = [area(2, 1), in_place(Some(2), None), in_place(Some(0), Some(3)), in_place(Some(2), Some(1))];
    for wish in unknown {
        let mut desk = Desk::open();
        desk.done(reserve(1, best(1)));
        assert_eq!(desk.refused(reserve(2, wish.clone())), Refusal::UnknownSection);
        assert_eq!(desk.refused(exchange(1, wish)), Refusal::UnknownSection);
    }
}
