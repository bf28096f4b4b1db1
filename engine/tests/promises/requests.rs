//! Idempotency: a repeated request id gets the first answer again.

use crate::support::ask::{
    OTHER, amend, begin_payment, best, block, booking, cancel, command, confirm, exchange, extend, named, request,
    reserve, reserve_for, unblock,
};
use crate::support::desk::{Desk, EVENT, checkpoint};
use crate::support::random::{records, steps};
use proptest::prelude::*;
use rowlock_engine::booking::SeatList;
use rowlock_engine::command::{Command, CommandBody, Wish};
use rowlock_engine::ids::{BookingId, EventId, PartitionId, RequestId, SeatId, TimeMs};
use rowlock_engine::limits::{ACCEPTED_KEPT_MS, REFUSED_KEPT_MS};
use rowlock_engine::outcome::{Answer, BookingChange, BookingChangeKind as Kind, Change, OutcomeBody};
use rowlock_engine::processor::Processor;
use rowlock_engine::refusal::Refusal;
use rowlock_engine::seat_map::SeatState;
use rowlock_engine::shard::Shard;
use std::collections::BTreeMap;

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

/// What the promise says of a key: its first answer, and until when it must be given again.
#[derive(Debug)]
struct Promised {
    fingerprint: u64,
    answer: Answer,
    given_at: TimeMs,
    made: Option<BookingId>,
}

/// Requests by what they are remembered under: reservations that were made by their event too.
#[derive(Default)]
struct Book {
    made: BTreeMap<(EventId, u128), Promised>,
    other: BTreeMap<u128, Promised>,
    living: BTreeMap<(EventId, BookingId), bool>,
}

impl Book {
    /// What may be remembered of a key, what counts first coming first.
    fn find(&self, event: EventId, key: u128) -> Vec<&Promised> {
        self.made.get(&(event, key)).into_iter().chain(self.other.get(&key)).collect()
    }

    fn is_due(&self, event: EventId, promised: &Promised, now: TimeMs) -> bool {
        let lives = promised.made.is_some_and(|id| self.living.get(&(event, id)) == Some(&true));
        let kept = if matches!(promised.answer, Answer::Refused(_)) { REFUSED_KEPT_MS } else { ACCEPTED_KEPT_MS };
        lives || now < promised.given_at.plus_ms(kept)
    }

    fn note(&mut self, event: EventId, change: &BookingChange) {
        let lives = matches!(change.booking.status.as_str(), "pending_payment" | "completed");
        self.living.insert((event, change.booking.id), lives);
        if change.kind == Kind::Reserved {
            // An id that was forgotten and is used again speaks of the new booking only.
            self.made.retain(|(of, _), promised| *of != event || promised.made != Some(change.booking.id));
        }
    }

    /// Checks what became of a command that had this request id.
    fn check(&mut self, event: EventId, asked: RequestId, now: TimeMs, body: &OutcomeBody) {
        let known = self.find(event, asked.key);
        let due = known.iter().position(|promised| self.is_due(event, promised, now));
        // What is due is what counts; what was promised for a shorter time may still be remembered.
        let counts = &known[..due.map_or(known.len(), |due| due + 1)];
        match body {
            OutcomeBody::Repeated(answer) => {
                let given = (&**answer, asked.fingerprint);
                assert!(counts.iter().any(|promised| given == (&promised.answer, promised.fingerprint)));
            }
            OutcomeBody::Refused(refused) if refused.refusal == Refusal::RequestMismatch => {
                assert!(counts.iter().any(|promised| promised.fingerprint != asked.fingerprint));
            }
            first => {
                assert!(due.is_none(), "{counts:?} was promised, {first:?} came");
                self.remember(event, asked, now, first);
            }
        }
    }

    fn remember(&mut self, event: EventId, asked: RequestId, now: TimeMs, body: &OutcomeBody) {
        let (answer, made) = match body {
            OutcomeBody::Refused(refused) => (Answer::Refused(refused.clone()), None),
            OutcomeBody::Done(change @ Change::Booking(booked)) if booked.kind == Kind::Reserved => {
                (Answer::Done(change.clone()), Some(booked.booking.id))
            }
            OutcomeBody::Done(change) => (Answer::Done(change.clone()), None),
            OutcomeBody::Repeated(_) => unreachable!("checked by the caller"),
        };
        let promised = Promised { fingerprint: asked.fingerprint, answer, given_at: now, made };
        self.made.remove(&(event, asked.key));
        match made {
            Some(_) => drop(self.made.insert((event, asked.key), promised)),
            None => drop(self.other.insert(asked.key, promised)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn every_promised_answer_is_given(steps in steps(150)) {
        let (mut processor, mut book) = (Processor::new(PartitionId(0)), Book::default());
        for (record, step) in records(&steps).iter().zip(&steps) {
            for outcome in processor.process(std::slice::from_ref(record)).unwrap() {
                if let OutcomeBody::Done(Change::Booking(change)) = &outcome.body {
                    book.note(outcome.event, change);
                }
                let own = outcome.correlation.is_some();
                if let (true, Some(asked)) = (own, step.command.request) {
                    book.check(outcome.event, asked, outcome.at, &outcome.body);
                }
            }
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
