//! Payments on the real embedded backends: whatever happens, seats and money agree in the end.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod agree;
mod crashes;
mod flow;
mod interleavings;
mod process;
mod scripted;

use process::World;
use rowlock::payments::{Answer, Payment, PaymentMethod};
use rowlock_engine::booking::Booking;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Longer than any test.
const PATIENT: Duration = Duration::from_secs(60);
/// So short that a late verdict can be waited for.
const SHORT: Duration = Duration::from_millis(500);

impl World {
    /// Pays with a key of one's own, or without.
    async fn pay(&self, booking: &Booking, method: PaymentMethod, key: Option<u128>) -> Answer {
        let payment =
            Payment { id: Payment::id(booking.id, key), booking: booking.clone(), currency: "EUR".to_owned(), method };
        self.payments.as_ref().expect("this process takes payments").pay(payment).await
    }

    /// The same, in a task of its own.
    fn start_paying(
        self: &Arc<Self>,
        booking: &Booking,
        method: PaymentMethod,
        key: Option<u128>,
    ) -> JoinHandle<Answer> {
        let (world, booking) = (self.clone(), booking.clone());
        tokio::spawn(async move { world.pay(&booking, method, key).await })
    }
}
