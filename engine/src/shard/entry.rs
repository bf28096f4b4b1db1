//! One booking as the shard keeps it.

use crate::booking::{Allocation, Booking, Status};
use crate::ids::{BookingId, BuyerId, EventId, OutcomeNumber, PaymentId, RequestId, TimeMs};
use serde::{Deserialize, Serialize};

/// A booking as the shard keeps it; compact, since there may be millions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub id: BookingId,
    pub buyer: BuyerId,
    pub allocation: Allocation,
    pub total_price: u64,
    pub created_at: TimeMs,
    /// When the hold ends; the payment's deadline while one is under way.
    pub deadline: TimeMs,
    /// The hold's own deadline, to go back to when a payment fails.
    pub hold_deadline: TimeMs,
    /// How long the hold was granted for, in milliseconds.
    pub hold_ms: u32,
    pub status: Status,
    pub payment: Option<PaymentId>,
    /// The outcome that ended it; 0 while it lives.
    pub ended: OutcomeNumber,
    rare: Option<Box<Rare>>,
    request_key: [u64; 2],
    request_fingerprint: u64,
    has_request: bool,
}

impl Entry {
    /// A new hold.
    pub fn held(booking: Booking, hold_ms: u32, request: Option<RequestId>) -> Self {
        let key = request.map_or(0, |request| request.key);
        Self {
            id: booking.id,
            buyer: booking.buyer,
            allocation: booking.allocation,
            total_price: booking.total_price,
            created_at: booking.created_at,
            deadline: booking.deadline,
            hold_deadline: booking.deadline,
            hold_ms,
            status: booking.status,
            payment: booking.payment,
            ended: OutcomeNumber(0),
            rare: booking.holder.map(|holder| Box::new(Rare { holder: Some(holder), first_grant: None })),
            request_key: [(key >> 64) as u64, key as u64],
            request_fingerprint: request.map_or(0, |request| request.fingerprint),
            has_request: request.is_some(),
        }
    }

    /// The request that made it.
    pub fn request(&self) -> Option<RequestId> {
        let key = (u128::from(self.request_key[0]) << 64) | u128::from(self.request_key[1]);
        self.has_request.then_some(RequestId { key, fingerprint: self.request_fingerprint })
    }

    /// Where an index of requests has it: keys are hashes already.
    pub fn request_hash(&self) -> Option<u64> {
        self.has_request.then_some(self.request_key[1])
    }

    /// The booking as outcomes show it.
    pub fn view(&self, event: EventId) -> Booking {
        Booking {
            id: self.id,
            event,
            buyer: self.buyer,
            holder: self.rare.as_ref().and_then(|rare| rare.holder.clone()),
            allocation: self.allocation.clone(),
            total_price: self.total_price,
            status: self.status,
            created_at: self.created_at,
            deadline: self.deadline,
            payment: self.payment,
        }
    }

    /// The booking as it was first answered: held, with its first seats and its first deadline.
    pub fn first_view(&self, event: EventId) -> Booking {
        let grant = self.rare.as_ref().and_then(|rare| rare.first_grant.as_ref());
        Booking {
            allocation: grant.map_or_else(|| self.allocation.clone(), |grant| grant.allocation.clone()),
            total_price: grant.map_or(self.total_price, |grant| grant.total_price),
            status: Status::PendingPayment,
            deadline: self.created_at.plus_ms(self.hold_ms.into()),
            payment: None,
            ..self.view(event)
        }
    }

    /// Gives it something else, and remembers what it was first given.
    pub fn exchange(&mut self, allocation: Allocation, total_price: u64) {
        let old = FirstGrant {
            allocation: std::mem::replace(&mut self.allocation, allocation),
            total_price: std::mem::replace(&mut self.total_price, total_price),
        };
        self.rare.get_or_insert_default().first_grant.get_or_insert(old);
    }
}

/// What few bookings have, out of the way of all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Rare {
    /// Whom a program reserved for.
    holder: Option<Box<str>>,
    /// Kept once it has been exchanged: the first answer stays the first answer.
    first_grant: Option<FirstGrant>,
}

/// What a booking was first given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FirstGrant {
    allocation: Allocation,
    total_price: u64,
}
