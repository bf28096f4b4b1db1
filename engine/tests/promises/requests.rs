//! Idempotency: a repeated request id gets the first answer again.

use crate::support::ask::{
    OTHER, amend, begin_payment, best, block, booking, cancel, command, confirm, exchange, extend, named, request,
    reserve, reserve_for, unblock,
};
use crate::support::desk::{Desk, EVENT, checkpoint};
use rowlock_engine::booking::SeatList;
use rowlock_engine::command::{Command, CommandBody, Wish};
use rowlock_engine::ids::SeatId;
use rowlock_engine::limits::{ACCEPTED_KEPT_MS, REFUSED_KEPT_MS};
use rowlock_engine::outcome::{Answer, Change, OutcomeBody};
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::SeatState;
use rowlock_engine::shard::Shard;

fn requested(body: CommandBody) -> Command {
    Command { request: request(1, 1), ..command(EVENT, body) }
}

/// The reservation whose first answer is asked for again and again.
fn first_wish() -> Command {
    requested(reserve(1, named(&[12, 13])))
}

/// What happens to a booking between its request and the same request again.
type Life = (&'static str, fn(&mut Desk));

const LIVES: &[Life] = &[
    ("nothing", |_| {}),
    ("extended", |desk| drop(desk.wait(9).done(extend(1, None)))),
    ("paying", |desk| drop(desk.done(begin_payment(1, 1)))),
    ("sold", |desk| drop(desk.done(confirm(1, Some(1))))),
    ("cancelled", |desk| drop(desk.done(cancel(1)))),
    ("expired", |desk| drop(desk.wait(60_000).pulse())),
    ("exchanged", |desk| drop(desk.done(exchange(1, best(1))))),
    ("exchanged twice", |desk| {
        desk.done(exchange(1, named(&[16])));
        desk.done(exchange(1, named(&[17, 18, 19])));
    }),
    ("given to another", |desk| {
        desk.done(cancel(1));
        desk.done(reserve_for(OTHER, 9, named(&[12])));
    }),
    ("a new hold for the event", |desk| drop(desk.done(amend(|amend| amend.hold_ms = Some(5_000))))),
];

#[test]
fn a_reservation_asked_again_gets_its_first_answer_whatever_became_of_it() {
    for (life, happens) in LIVES {
        let mut desk = Desk::open();
        let OutcomeBody::Done(first) = desk.ask_as(&first_wish()) else { panic!("{life}") };
        happens(&mut desk);
        let again = Command { body: reserve(77, named(&[12, 13])), ..first_wish() };
        assert_eq!(desk.repeated(&again), Answer::Done(first.clone()), "{life}");
        desk.shard = Shard::restore(&checkpoint(&desk.shard)).unwrap();
        assert_eq!(desk.repeated(&again), Answer::Done(first), "{life}, restored");
        let other = Command { request: request(1, 2), ..first_wish() };
        let OutcomeBody::Refused(refused) = desk.ask_as(&other) else { panic!("{life}") };
        assert_eq!(refused.refusal, Refusal::RequestMismatch, "{life}");
        assert!(desk.booking(77).is_none());
    }
}

#[test]
fn a_repeated_command_is_not_carried_out_again() {
    let mut desk = Desk::open();
    desk.done(reserve(1, named(&[12])));
    let blocking = requested(block(&[16]));
    let OutcomeBody::Done(first) = desk.ask_as(&blocking) else { panic!() };
    desk.done(unblock(&[16]));
    assert_eq!(desk.repeated(&blocking), Answer::Done(first));
    assert_eq!(desk.state(16), SeatState::Available);
}

#[test]
fn a_refusal_is_given_again_for_ten_minutes_though_the_seats_came_free() {
    let mut desk = Desk::open();
    desk.done(reserve_for(OTHER, 2, named(&[12])));
    let OutcomeBody::Refused(first) = desk.ask_as(&first_wish()) else { panic!() };
    desk.wait(REFUSED_KEPT_MS - 1).pulse();
    assert_eq!(desk.repeated(&first_wish()), Answer::Refused(first), "the seats are free since a while");
    desk.wait(1);
    assert!(matches!(desk.ask_as(&first_wish()), OutcomeBody::Done(_)));
}

#[test]
fn an_accepted_request_without_a_booking_is_remembered_for_a_day() {
    let mut desk = Desk::open();
    let closing = requested(CommandBody::CloseSale);
    desk.ask_as(&closing);
    desk.wait(ACCEPTED_KEPT_MS - 1);
    assert_eq!(desk.repeated(&closing), Answer::Done(Change::SaleClosed));
    desk.wait(1);
    assert!(matches!(desk.ask_as(&closing), OutcomeBody::Done(_)));
}

#[test]
fn a_booking_is_remembered_while_it_lives_and_a_day_at_least() {
    for living in [false, true] {
        let mut desk = Desk::open();
        desk.ask_as(&first_wish());
        desk.done(if living { confirm(1, None) } else { cancel(1) });
        desk.wait(ACCEPTED_KEPT_MS - 1);
        desk.repeated(&first_wish());
        desk.wait(1).pulse();
        assert_eq!(desk.booking(1).is_some(), living);
        if living {
            desk.wait(9 * ACCEPTED_KEPT_MS);
            desk.repeated(&first_wish());
        } else {
            assert!(matches!(desk.ask_as(&first_wish()), OutcomeBody::Done(_)));
        }
    }
}

#[test]
fn a_wish_is_part_of_no_answer() {
    // The fingerprint alone tells requests apart: who asks again need not send the same bytes.
    let mut desk = Desk::open();
    desk.ask_as(&first_wish());
    let again = requested(reserve(5, Wish::Named(named_seats())));
    let Answer::Done(Change::Booking(change)) = desk.repeated(&again) else { panic!() };
    assert_eq!(change.booking.id, booking(1));
}

fn named_seats() -> SeatList {
    [19].map(SeatId).into_iter().collect()
}
