//! Idempotency over random commands: what was promised of a request id is what is given.

use crate::support::random::{records, steps};
use proptest::prelude::*;
use rowlock_engine::ids::{BookingId, EventId, PartitionId, RequestId, TimeMs};
use rowlock_engine::limits::{ACCEPTED_KEPT_MS, REFUSED_KEPT_MS};
use rowlock_engine::outcome::{Answer, BookingChange, BookingChangeKind as Kind, Change, OutcomeBody};
use rowlock_engine::processor::Processor;
use rowlock_engine::refusal::Refusal;
use std::collections::BTreeMap;

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
    #![proptest_config(ProptestConfig::with_cases(400))]

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
