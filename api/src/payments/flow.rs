//! A buyer's payment, from the request to its answer. A task of its own: whoever asked may hang up.

use super::provider::{Order, PaymentMethod, PaymentProvider, ProviderError};
use super::{Answer, Inner, PayError, Payments, within};
use rowlock_engine::booking::Booking;
use rowlock_engine::ids::{BookingId, PaymentId, TimeMs};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{TryAcquireError, oneshot};
use uuid::Uuid;

/// How long after its deadline a late verdict is still waited for by whoever asked.
const LATE_LIMIT: Duration = Duration::from_secs(10);
/// How often the provider is asked for a verdict while it is not there.
const SUBMIT_TRIES: u32 = 3;
/// First wait before it is asked again; doubles each time.
const SUBMIT_WAIT: Duration = Duration::from_millis(100);

/// Bytes of a UUIDv7, as bookings have, that say when it was made.
const TIME_BYTES: usize = 6;

/// What a buyer asks for.
#[derive(Clone, Debug)]
pub struct Payment {
    /// The payment: the same id for the same request, repeated.
    pub id: PaymentId,
    /// The buyer's own booking.
    pub booking: Booking,
    /// ISO 4217.
    pub currency: String,
    /// How the buyer pays.
    pub method: PaymentMethod,
}

impl Payment {
    /// The id for a request with this key, which names the caller, the booking and the caller's own key; a new
    /// one without. It begins with the booking's own time, so that whoever keeps payments by id keeps new ones together.
    #[must_use]
    pub fn id(booking: BookingId, key: Option<u128>) -> PaymentId {
        let derived = |key: u128| {
            let mut bytes = key.to_be_bytes();
            bytes[..TIME_BYTES].copy_from_slice(&booking.0.as_bytes()[..TIME_BYTES]);
            uuid::Builder::from_custom_bytes(bytes).into_uuid()
        };
        PaymentId(key.map_or_else(Uuid::now_v7, derived))
    }
}

impl<P: PaymentProvider> Payments<P> {
    /// Pays for a booking. Goes on to its end even if the caller stops waiting.
    ///
    /// # Errors
    /// Why it is not paid for, or not yet; seats and money agree in the end either way.
    pub async fn pay(&self, payment: Payment) -> Answer {
        let permit = self.0.permits.clone().try_acquire_owned().map_err(|error| match error {
            TryAcquireError::Closed => PayError::Stopping,
            TryAcquireError::NoPermits => PayError::Overloaded,
        })?;
        let inner = self.0.clone();
        let flow = self.0.under_way.spawn(async move {
            let _permit = permit;
            inner.pay(payment).await
        });
        flow.await.unwrap_or_else(|fault| Err(PayError::UnderWay(fault.to_string())))
    }
}

impl<P: PaymentProvider> Inner<P> {
    async fn pay(self: Arc<Self>, payment: Payment) -> Answer {
        let begun = self.begin(&payment.booking, payment.id).await.map_err(PayError::NotBegun)?;
        // What it says is what is paid for: the price may have changed since the booking was looked up.
        let booking = begun.map_err(PayError::Refused)?;
        let order = Order::new(payment.id, &booking, &payment.currency);
        let answer = self.submit_and_wait(&order, payment.method, booking.deadline).await;
        self.forget_who_left(order.payment);
        answer
    }

    async fn submit_and_wait(&self, order: &Order, method: PaymentMethod, deadline: TimeMs) -> Answer {
        // Before the provider is asked: the verdict may come at once.
        let answer = self.wait_for(order.payment);
        self.submit(order, method, deadline).await?;
        let limit = self.ports.timing.verdict + LATE_LIMIT;
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(PayError::UnderWay("nobody follows the provider's verdicts any more".to_owned())),
            // Nothing is taken back here: a verdict that comes after all is acted upon like any other.
            Err(_) => Err(PayError::UnderWay(format!("the provider has given no verdict within {limit:?}"))),
        }
    }

    /// Asks the provider for a verdict.
    async fn submit(&self, order: &Order, method: PaymentMethod, deadline: TimeMs) -> Result<(), PayError> {
        let mut tried = 0;
        loop {
            let submitted = within(self.ports.provider.authorize(order, method, deadline)).await;
            tried += 1;
            match submitted {
                Ok(()) => return Ok(()),
                Err(ProviderError::Unavailable(_)) if tried < SUBMIT_TRIES => {
                    tokio::time::sleep(SUBMIT_WAIT * 2u32.pow(tried - 1)).await;
                }
                Err(error) => {
                    // Only a payment that was declined can meet another order: no money can come of it.
                    if matches!(error, ProviderError::OtherOrder(_)) {
                        self.end(order).await;
                    }
                    return Err(PayError::Provider(error));
                }
            }
        }
    }

    /// The answer that the provider's verdict leads to.
    fn wait_for(&self, payment: PaymentId) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.entry(payment).or_default().push(sender);
        receiver
    }

    /// Forgets those who do not wait any more.
    fn forget_who_left(&self, payment: PaymentId) {
        if let Some(mut waiting) = self.waiting.get_mut(&payment) {
            waiting.retain(|sender| !sender.is_closed());
        }
        self.waiting.remove_if(&payment, |_, waiting| waiting.is_empty());
    }

    pub(super) fn answer(&self, payment: PaymentId, answer: &Answer) {
        let Some((_, waiting)) = self.waiting.remove(&payment) else { return };
        for sender in waiting {
            // Whoever waited may have given up.
            let _ = sender.send(answer.clone());
        }
    }
}
