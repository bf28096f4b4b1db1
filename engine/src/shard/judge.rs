//! The way of one command: answered before? Else decide, then commit, then remember the answer.

use super::Shard;
use super::ring::Remembered;
use crate::command::{Command, CommandBody};
use crate::commands::{
    amend_sale, begin_payment, block, cancel, close_sale, confirm, end_payment, exchange, extend, open_sale, reserve,
    set_rules, unblock,
};
use crate::ids::{EventId, RequestId};
use crate::outcome::{Answer, BookingChange, BookingChangeKind, Change, OutcomeBody, Refused};
use crate::refusal::Refusal;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Shard {
    /// What becomes of a command at the present shard time.
    pub(super) fn answer(&mut self, command: Command) -> OutcomeBody {
        let request = command.request;
        let booking = match &command.body {
            CommandBody::Reserve(reserve) => Some((reserve.booking, reserve.buyer)),
            _ => None,
        };
        if let Some(first) = request.and_then(|request| self.first_answer(command.event, request)) {
            return match first {
                Ok(answer) => OutcomeBody::Repeated(Box::new(answer)),
                Err(refusal) => OutcomeBody::Refused(Refused { refusal, booking }),
            };
        }
        match self.judge(command) {
            Ok(change) => {
                if booking.is_none() {
                    self.remember(request, || Answer::Done(change.clone()));
                }
                OutcomeBody::Done(change)
            }
            Err(refusal) => {
                let refused = Refused { refusal, booking };
                self.remember(request, || Answer::Refused(refused.clone()));
                OutcomeBody::Refused(refused)
            }
        }
    }

    fn judge(&mut self, command: Command) -> Result<Change, Refusal> {
        let (event, request) = (command.event, command.request);
        match command.body {
            CommandBody::OpenSale(open) => {
                self.carry_out(|shard| open_sale::decide(shard, event, open), open_sale::commit)
            }
            CommandBody::AmendSale(amend) => {
                self.carry_out(|shard| amend_sale::decide(shard, event, &amend), amend_sale::commit)
            }
            CommandBody::CloseSale => self.carry_out(|shard| close_sale::decide(shard, event), close_sale::commit),
            CommandBody::Reserve(reserve) => {
                self.carry_out(|shard| reserve::decide(shard, event, request, reserve), reserve::commit)
            }
            CommandBody::Extend(extend) => {
                self.carry_out(|shard| extend::decide(shard, event, &extend), extend::commit)
            }
            CommandBody::BeginPayment(begin) => {
                self.carry_out(|shard| begin_payment::decide(shard, event, &begin), begin_payment::commit)
            }
            CommandBody::EndPayment(end) => {
                self.carry_out(|shard| end_payment::decide(shard, event, &end), end_payment::commit)
            }
            CommandBody::Confirm(confirm) => {
                self.carry_out(|shard| confirm::decide(shard, event, &confirm), confirm::commit)
            }
            CommandBody::Cancel(cancel) => {
                self.carry_out(|shard| cancel::decide(shard, event, &cancel), cancel::commit)
            }
            CommandBody::Exchange(exchange) => {
                self.carry_out(|shard| exchange::decide(shard, event, &exchange), exchange::commit)
            }
            CommandBody::Block(set) => self.carry_out(|shard| block::decide(shard, event, &set), block::commit),
            CommandBody::Unblock(set) => self.carry_out(|shard| unblock::decide(shard, event, &set), unblock::commit),
            CommandBody::SetRules(version) => self.carry_out(|_| set_rules::decide(version), set_rules::commit),
            CommandBody::Pulse => unreachable!("a pulse is never judged"),
        }
    }

    /// Decides on the state as it is, then commits. A panic in `decide` leaves the state whole and is a
    /// refusal; one in `commit` is not caught, since the state may be half written.
    pub(super) fn carry_out<D>(
        &mut self,
        decide: impl FnOnce(&Self) -> Result<D, Refusal>,
        commit: impl FnOnce(&mut Self, D) -> Change,
    ) -> Result<Change, Refusal> {
        let decision = catch_unwind(AssertUnwindSafe(|| decide(self))).unwrap_or(Err(Refusal::Internal))?;
        Ok(commit(self, decision))
    }

    fn first_answer(&self, event: EventId, request: RequestId) -> Option<Result<Answer, Refusal>> {
        let made = self.event(event).and_then(|event| Some((event, event.bookings.by_request(request.key)?)));
        let (first, answer) = if let Some((event, entry)) = made {
            let booking = entry.first_view(event.id);
            let change = BookingChange { kind: BookingChangeKind::Reserved, booking, before: None, released: None };
            (entry.request()?, Answer::Done(Change::Booking(Box::new(change))))
        } else {
            let remembered = self.answers.get(request.key)?;
            (remembered.request, remembered.answer.clone())
        };
        Some(if first.fingerprint == request.fingerprint { Ok(answer) } else { Err(Refusal::RequestMismatch) })
    }

    fn remember(&mut self, request: Option<RequestId>, answer: impl FnOnce() -> Answer) {
        if let Some(request) = request {
            self.answers.remember(Remembered { request, at: self.now, answer: answer() });
        }
    }
}
