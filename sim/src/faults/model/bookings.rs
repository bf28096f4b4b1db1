//! What becomes of commands about a booking.

use super::choice::{Given, invalid, quantity};
use super::{Kept, Model, is_living};
use rowlock_engine::booking::{Booking, Status};
use rowlock_engine::command::{BeginPayment, Cancel, Confirm, EndPayment, Exchange, Extend, Reserve, Wish};
use rowlock_engine::ids::{BookingId, BuyerId, EventId};
use rowlock_engine::limits::{HOLD_MS_MAX, HOLD_MS_MIN, HOLDER_BYTES_MAX};
use rowlock_engine::outcome::{BookingChange, BookingChangeKind as Kind, Change};
use rowlock_engine::refusal::Refusal;

impl Model {
    pub(super) fn reserve(&self, event: EventId, ask: &Reserve, given: Given<'_>) -> Result<Change, Refusal> {
        let sale = self.sales.get(&event).ok_or(Refusal::UnknownEvent)?;
        if self.bookings.contains_key(&(event, ask.booking)) {
            return Err(Refusal::BookingExists);
        }
        let hold_ms = ask.hold_ms.unwrap_or(sale.terms.hold_ms);
        let holder_fits = ask.holder.as_ref().is_none_or(|holder| holder.len() <= HOLDER_BYTES_MAX);
        if !(HOLD_MS_MIN..=HOLD_MS_MAX).contains(&hold_ms) || !holder_fits {
            return Err(invalid());
        }
        Self::check_wish(sale, &ask.wish)?;
        self.check_on_sale(sale)?;
        self.check_limits(event, ask.buyer, quantity(&ask.wish), 0)?;
        let allocation = self.choose(event, &ask.wish, None, given)?;
        let booking = Booking {
            id: ask.booking,
            event,
            buyer: ask.buyer,
            holder: ask.holder.clone(),
            total_price: sale.price(&allocation),
            allocation,
            status: Status::PendingPayment,
            created_at: self.now,
            deadline: self.now.plus_ms(hold_ms),
            payment: None,
        };
        Ok(Change::Booking(Box::new(BookingChange { kind: Kind::Reserved, booking, before: None, released: None })))
    }

    pub(super) fn extend(&self, event: EventId, ask: &Extend) -> Result<Change, Refusal> {
        let kept = self.find(event, ask.booking, ask.buyer)?;
        let hold_ms = ask.hold_ms.unwrap_or(kept.hold_ms);
        if !(HOLD_MS_MIN..=HOLD_MS_MAX).contains(&hold_ms) {
            return Err(invalid());
        }
        require_pending(kept)?;
        if kept.booking.payment.is_some() {
            return Err(Refusal::PaymentUnderWay);
        }
        // A hold may become twice as long as it was, and no longer.
        let latest = kept.booking.created_at.plus_ms(2 * kept.hold_ms);
        let deadline = self.now.plus_ms(hold_ms).min(latest);
        if deadline <= kept.booking.deadline {
            return Err(Refusal::ExtensionLimit);
        }
        Ok(changed(kept, Kind::Extended, |booking| booking.deadline = deadline))
    }

    pub(super) fn begin_payment(&self, event: EventId, ask: &BeginPayment) -> Result<Change, Refusal> {
        let kept = self.find(event, ask.booking, ask.buyer)?;
        if !(1..=HOLD_MS_MAX).contains(&ask.timeout_ms) {
            return Err(invalid());
        }
        if kept.booking.payment == Some(ask.payment) && is_living(kept.booking.status) {
            return Ok(changed(kept, Kind::Unchanged, |_| ()));
        }
        require_pending(kept)?;
        if kept.booking.payment.is_some() {
            return Err(Refusal::PaymentUnderWay);
        }
        let deadline = self.now.plus_ms(ask.timeout_ms);
        Ok(changed(kept, Kind::PaymentBegun, |booking| {
            (booking.payment, booking.deadline) = (Some(ask.payment), deadline);
        }))
    }

    pub(super) fn end_payment(&self, event: EventId, ask: &EndPayment) -> Result<Change, Refusal> {
        let kept = self.find(event, ask.booking, ask.buyer)?;
        require_pending(kept)?;
        if kept.booking.payment != Some(ask.payment) {
            return Ok(changed(kept, Kind::Unchanged, |_| ()));
        }
        Ok(changed(kept, Kind::PaymentEnded, |booking| {
            (booking.payment, booking.deadline) = (None, kept.hold_deadline);
        }))
    }

    pub(super) fn confirm(&self, event: EventId, ask: &Confirm) -> Result<Change, Refusal> {
        let kept = self.find(event, ask.booking, ask.buyer)?;
        let booking = &kept.booking;
        let is_same = booking.payment == ask.payment;
        let sold = |booking: &mut Booking| (booking.status, booking.payment) = (Status::Completed, ask.payment);
        match booking.status {
            Status::PendingPayment if is_same || booking.payment.is_none() => Ok(changed(kept, Kind::Confirmed, sold)),
            Status::PendingPayment => Err(Refusal::PaymentUnderWay),
            Status::Completed | Status::Failed if is_same => Ok(changed(kept, Kind::Unchanged, |_| ())),
            Status::Expired if is_same && ask.payment.is_some() => Ok(if self.can_have_again(event, booking) {
                changed(kept, Kind::Confirmed, sold)
            } else {
                changed(kept, Kind::Failed, |booking| booking.status = Status::Failed)
            }),
            status => Err(ended(status)),
        }
    }

    pub(super) fn cancel(&self, event: EventId, ask: &Cancel) -> Result<Change, Refusal> {
        let kept = self.find(event, ask.booking, ask.buyer)?;
        match kept.booking.status {
            Status::Cancelled => Ok(changed(kept, Kind::Unchanged, |_| ())),
            Status::Completed if !self.sales[&event].terms.refunds => Err(ended(Status::Completed)),
            Status::PendingPayment | Status::Completed => {
                Ok(changed(kept, Kind::Cancelled, |booking| booking.status = Status::Cancelled))
            }
            status => Err(ended(status)),
        }
    }

    /// `asked` is the price of what the engine chose, where that is all that is told of it.
    pub(super) fn exchange(
        &self,
        event: EventId,
        ask: &Exchange,
        given: Given<'_>,
        asked: Option<u64>,
    ) -> Result<Change, Refusal> {
        let kept = self.find(event, ask.booking, ask.buyer)?;
        let (sale, booking) = (&self.sales[&event], &kept.booking);
        Self::check_wish(sale, &ask.wish)?;
        self.check_on_sale(sale)?;
        let had = if is_living(booking.status) { booking.allocation.quantity() } else { 0 };
        self.check_limits(event, booking.buyer, quantity(&ask.wish), had)?;
        if !is_living(booking.status) {
            return Err(ended(booking.status));
        }
        if booking.status == Status::PendingPayment && booking.payment.is_some() {
            return Err(Refusal::PaymentUnderWay);
        }
        let allocation = self.choose(event, &ask.wish, Some(booking.id), given)?;
        let asked = asked.filter(|_| matches!(ask.wish, Wish::Best(_))).unwrap_or_else(|| sale.price(&allocation));
        let paid = booking.total_price;
        if booking.status == Status::Completed && paid != asked {
            return Err(Refusal::PriceDiffers { paid, asked });
        }
        Ok(changed(kept, Kind::Exchanged, |booking| (booking.allocation, booking.total_price) = (allocation, asked)))
    }

    pub(super) fn expired(kept: &Kept) -> Change {
        changed(kept, Kind::Expired, |booking| booking.status = Status::Expired)
    }

    fn find(&self, event: EventId, booking: BookingId, buyer: BuyerId) -> Result<&Kept, Refusal> {
        if !self.sales.contains_key(&event) {
            return Err(Refusal::UnknownEvent);
        }
        let kept = self.bookings.get(&(event, booking)).filter(|kept| kept.booking.buyer == buyer);
        kept.ok_or(Refusal::UnknownBooking)
    }

    fn can_have_again(&self, event: EventId, booking: &Booking) -> bool {
        self.check_limits(event, booking.buyer, booking.allocation.quantity(), 0).is_ok()
            && self.is_free(event, &booking.allocation)
    }
}

fn require_pending(kept: &Kept) -> Result<(), Refusal> {
    if kept.booking.status == Status::PendingPayment { Ok(()) } else { Err(ended(kept.booking.status)) }
}

fn ended(status: Status) -> Refusal {
    if status == Status::Expired { Refusal::HoldExpired } else { Refusal::WrongStatus { status } }
}

fn changed(kept: &Kept, kind: Kind, change: impl FnOnce(&mut Booking)) -> Change {
    let mut booking = kept.booking.clone();
    change(&mut booking);
    let gives_back = matches!(kind, Kind::Cancelled | Kind::Expired | Kind::Exchanged);
    let released = gives_back.then(|| kept.booking.allocation.clone());
    let before = Some(kept.booking.status);
    Change::Booking(Box::new(BookingChange { kind, booking, before, released }))
}
