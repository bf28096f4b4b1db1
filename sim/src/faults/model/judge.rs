//! Holds the outcomes of one record against what has to become of it.

use super::choice::quantity;
use super::{ACCEPTED_KEPT_MS, First, Model, REFUSED_KEPT_MS};
use rowlock_engine::booking::{Allocation, Status};
use rowlock_engine::codec::decode_command;
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::ids::{BookingId, BuyerId, CorrelationId, EventId};
use rowlock_engine::outcome::{Answer, Change, Outcome, OutcomeBody, Refused};
use rowlock_engine::ports::Record;
use rowlock_engine::refusal::Refusal;

impl Model {
    /// Judges what became of the next durable record, and takes it in.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn judge(&mut self, record: &Record, outcomes: &[Outcome]) -> Result<(), String> {
        self.now = self.now.max(record.at);
        let command = decode_command(&record.payload).map_err(|error| error.to_string())?;
        let mut rest = outcomes.iter();
        for key in self.due() {
            let change = Self::expired(&self.bookings[&key]);
            let expected = OutcomeBody::Done(change.clone());
            self.is_as_expected(rest.next(), key.0, None, &expected)?;
            self.take_in(key.0, &change);
        }
        if command.body != CommandBody::Pulse {
            let outcome = rest.next().ok_or_else(|| format!("{:?} has no outcome", command.body))?;
            let expected = self.expected(&command, &outcome.body)?;
            self.is_as_expected(Some(outcome), command.event, Some(command.correlation), &expected)?;
        }
        rest.next().map_or(Ok(()), |outcome| Err(format!("{:?} was due to nobody", outcome.body)))
    }

    /// Holds that have to end now, in the order in which they do.
    fn due(&self) -> Vec<(EventId, BookingId)> {
        let pending = self.bookings.iter().filter(|(_, kept)| kept.booking.status == Status::PendingPayment);
        let due = pending.filter(|(_, kept)| kept.booking.deadline <= self.now);
        let mut due: Vec<_> = due.map(|(key, kept)| (kept.booking.deadline, *key)).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, key)| key).collect()
    }

    fn is_as_expected(
        &self,
        outcome: Option<&Outcome>,
        event: EventId,
        correlation: Option<CorrelationId>,
        body: &OutcomeBody,
    ) -> Result<(), String> {
        let outcome = outcome.ok_or_else(|| format!("event {event}: {body:?} is missing"))?;
        let is_it = (outcome.at, outcome.event, outcome.correlation) == (self.now, event, correlation)
            && blurred(&outcome.body) == *body;
        if is_it {
            Ok(())
        } else {
            Err(format!("event {event} at {}: {body:?} was due, and came {outcome:?}", self.now))
        }
    }

    /// What has to become of a command. Where several answers are right, the one that was `got`, if it is one of them.
    fn expected(&mut self, command: &Command, got: &OutcomeBody) -> Result<OutcomeBody, String> {
        let booking = match &command.body {
            CommandBody::Reserve(ask) => Some((ask.booking, ask.buyer)),
            _ => None,
        };
        if let Some(body) = self.repeated(command, got, booking) {
            return Ok(body);
        }
        self.forget_what_was_forgotten(command, got);
        self.check_offer(command, got)?;
        let judged = self.judged(command, got);
        let body = match &judged {
            Ok(change) => OutcomeBody::Done(change.clone()),
            Err(refusal) => OutcomeBody::Refused(Refused { refusal: refusal.clone(), booking }),
        };
        // The answer as it was given, alternatives and wording included, is what has to be repeated.
        if let (Some(request), true) = (command.request, blurred(got) == body) {
            let answer = match got.clone() {
                OutcomeBody::Done(change) => Answer::Done(change),
                OutcomeBody::Refused(refused) => Answer::Refused(refused),
                OutcomeBody::Repeated(answer) => *answer,
            };
            let made = booking.filter(|_| judged.is_ok()).map(|(id, _)| (command.event, id));
            self.requests.insert(request.key, First { fingerprint: request.fingerprint, at: self.now, answer, made });
        }
        if let Ok(change) = &judged {
            self.take_in(command.event, change);
            self.remember_hold(command, change);
        }
        Ok(body)
    }

    /// The first answer again, if the request was seen before and must be remembered, or is.
    fn repeated(
        &self,
        command: &Command,
        got: &OutcomeBody,
        booking: Option<(BookingId, BuyerId)>,
    ) -> Option<OutcomeBody> {
        let request = command.request?;
        let first = self.requests.get(&request.key)?;
        let body = if first.fingerprint == request.fingerprint {
            OutcomeBody::Repeated(Box::new(first.answer.clone()))
        } else {
            OutcomeBody::Refused(Refused { refusal: Refusal::RequestMismatch, booking })
        };
        let may_be_forgotten = match (&first.answer, first.made) {
            (_, Some(key)) => self.may_be_forgotten(key),
            (Answer::Refused(_), None) => first.at.plus_ms(REFUSED_KEPT_MS) <= self.now,
            (Answer::Done(_), None) => first.at.plus_ms(ACCEPTED_KEPT_MS) <= self.now,
        };
        (!may_be_forgotten || body == *got).then_some(body)
    }

    /// What may be forgotten and, by the answer, was.
    fn forget_what_was_forgotten(&mut self, command: &Command, got: &OutcomeBody) {
        let Some((booking, buyer)) = booking_of(&command.body) else { return };
        let key = (command.event, booking);
        let is_theirs = self.bookings.get(&key).is_some_and(|kept| kept.booking.buyer == buyer);
        let is_unknown =
            is_theirs && matches!(got, OutcomeBody::Refused(Refused { refusal: Refusal::UnknownBooking, .. }));
        let is_new = matches!(command.body, CommandBody::Reserve(_))
            && !matches!(got, OutcomeBody::Refused(Refused { refusal: Refusal::BookingExists, .. }));
        if (is_unknown || is_new) && self.may_be_forgotten(key) {
            self.bookings.remove(&key);
            self.requests.retain(|_, first| first.made != Some(key));
        }
    }

    fn check_offer(&self, command: &Command, got: &OutcomeBody) -> Result<(), String> {
        let OutcomeBody::Refused(Refused { refusal: Refusal::SeatsTaken { alternatives, .. }, .. }) = got else {
            return Ok(());
        };
        let (wish, own) = match &command.body {
            CommandBody::Reserve(ask) => (&ask.wish, None),
            CommandBody::Exchange(ask) => (&ask.wish, Some(ask.booking)),
            _ => return Ok(()),
        };
        self.check_alternatives(command.event, quantity(wish) as usize, own, alternatives)
    }

    fn judged(&self, command: &Command, got: &OutcomeBody) -> Result<Change, Refusal> {
        let (event, given) = (command.event, given(got));
        match &command.body {
            CommandBody::OpenSale(ask) => self.open_sale(event, ask),
            CommandBody::AmendSale(ask) => self.amend_sale(event, ask),
            CommandBody::CloseSale => self.close_sale(event),
            CommandBody::Reserve(ask) => self.reserve(event, ask, given),
            CommandBody::Extend(ask) => self.extend(event, ask),
            CommandBody::BeginPayment(ask) => self.begin_payment(event, ask),
            CommandBody::EndPayment(ask) => self.end_payment(event, ask),
            CommandBody::Confirm(ask) => self.confirm(event, ask),
            CommandBody::Cancel(ask) => self.cancel(event, ask),
            CommandBody::Exchange(ask) => self.exchange(event, ask, given, asked(got)),
            CommandBody::Block(ask) => self.block(event, ask),
            CommandBody::Unblock(ask) => self.unblock(event, ask),
            CommandBody::SetRules(version) => Self::set_rules(*version),
            CommandBody::Pulse => unreachable!("a pulse has no outcome of its own"),
        }
    }
}

/// An outcome without what is anybody's choice: a refusal's wording, and alternatives.
fn blurred(body: &OutcomeBody) -> OutcomeBody {
    let mut body = body.clone();
    if let OutcomeBody::Refused(refused) = &mut body {
        match &mut refused.refusal {
            Refusal::Invalid { field, problem } => {
                field.clear();
                problem.clear();
            }
            Refusal::SeatsTaken { alternatives, .. } => alternatives.clear(),
            _ => {}
        }
    }
    body
}

fn given(body: &OutcomeBody) -> Option<&Allocation> {
    match body {
        OutcomeBody::Done(Change::Booking(change)) => Some(&change.booking.allocation),
        _ => None,
    }
}

fn asked(body: &OutcomeBody) -> Option<u64> {
    match body {
        OutcomeBody::Refused(Refused { refusal: Refusal::PriceDiffers { asked, .. }, .. }) => Some(*asked),
        _ => None,
    }
}

/// The booking that a command is about, and whose it has to be.
fn booking_of(body: &CommandBody) -> Option<(BookingId, BuyerId)> {
    match body {
        CommandBody::Reserve(ask) => Some((ask.booking, ask.buyer)),
        CommandBody::Extend(ask) => Some((ask.booking, ask.buyer)),
        CommandBody::BeginPayment(ask) => Some((ask.booking, ask.buyer)),
        CommandBody::EndPayment(ask) => Some((ask.booking, ask.buyer)),
        CommandBody::Confirm(ask) => Some((ask.booking, ask.buyer)),
        CommandBody::Cancel(ask) => Some((ask.booking, ask.buyer)),
        CommandBody::Exchange(ask) => Some((ask.booking, ask.buyer)),
        _ => None,
    }
}
