//! A payment provider that is none: it behaves as the payment's method says, and keeps books like a real one.

mod booked;
mod books;
mod writer;

pub use booked::BookedPayment;
pub use books::{Books, OpenBooksError};

use super::provider::{Notice, Order, PaymentMethod, PaymentProvider, ProviderError, Verdict};
use rowlock_engine::ids::{PaymentId, TimeMs};
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long `sim_slow` takes, if the deadline allows.
const SLOW: Duration = Duration::from_secs(3);
/// How long after the deadline `sim_late` answers.
const LATE: Duration = Duration::from_millis(500);
/// Notices that may wait to be taken; the provider keeps the others back.
const NOTICES_MAX: usize = 1_024;

/// The verdicts of a provider, as they come in.
pub type Notices = mpsc::Receiver<Notice>;

/// The simulated provider. Clones share its books.
#[derive(Clone, Debug)]
pub struct Simulated {
    books: Books,
    notices: mpsc::Sender<Notice>,
    now: fn() -> TimeMs,
}

impl Simulated {
    /// Opens the books in the file at `path`, or makes them. The verdicts come through the second half.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub async fn open(path: &Path, now: fn() -> TimeMs) -> Result<(Self, Notices), OpenBooksError> {
        let books = Books::open(path).await?;
        let (notices, incoming) = mpsc::channel(NOTICES_MAX);
        Ok((Self { books, notices, now }, incoming))
    }

    /// Its books, to be compared with the ledger.
    #[must_use]
    pub fn books(&self) -> &Books {
        &self.books
    }

    async fn decide(&self, order: &Order, method: PaymentMethod) -> Result<Verdict, ProviderError> {
        self.books.decide(order, method != PaymentMethod::SimDecline, (self.now)()).await
    }

    async fn tell(self, order: Order, method: PaymentMethod, verdict: Verdict) {
        let times = if method == PaymentMethod::SimTwice { 2 } else { 1 };
        for _ in 0..times {
            // Whoever listened may be gone; the books are there at the next start.
            let _ = self.notices.send(Notice { order: order.clone(), verdict }).await;
        }
    }

    async fn decide_and_tell(self, order: Order, method: PaymentMethod) -> Result<(), ProviderError> {
        let verdict = self.decide(&order, method).await?;
        tokio::spawn(self.tell(order, method, verdict));
        Ok(())
    }

    async fn decide_and_tell_after(self, wait: Duration, order: Order, method: PaymentMethod) {
        tokio::time::sleep(wait).await;
        let payment = order.payment;
        if let Err(error) = self.decide_and_tell(order, method).await {
            tracing::warn!(payment = %payment.0, %error, "the simulated provider did not decide");
        }
    }

    fn answer_time(&self, method: PaymentMethod, deadline: TimeMs) -> Duration {
        let left = Duration::from_millis(deadline.0.saturating_sub((self.now)().0));
        match method {
            PaymentMethod::SimApprove | PaymentMethod::SimDecline | PaymentMethod::SimTwice => Duration::ZERO,
            PaymentMethod::SimSlow => SLOW.min(left / 2),
            PaymentMethod::SimLate => left + LATE,
        }
    }
}

impl PaymentProvider for Simulated {
    async fn authorize(&self, order: &Order, method: PaymentMethod, deadline: TimeMs) -> Result<(), ProviderError> {
        let wait = self.answer_time(method, deadline);
        // Tasks of their own, as the provider is a party of its own. As many as there are payments under way.
        if wait.is_zero() {
            // Whoever asks may stop waiting; the verdict is told all the same.
            let decided = tokio::spawn(self.clone().decide_and_tell(order.clone(), method));
            return decided.await.unwrap_or_else(|fault| Err(ProviderError::Unavailable(fault.to_string())));
        }
        self.books.check(order).await?;
        tokio::spawn(self.clone().decide_and_tell_after(wait, order.clone(), method));
        Ok(())
    }

    async fn capture(&self, payment: PaymentId) -> Result<(), ProviderError> {
        self.books.capture(payment, (self.now)()).await
    }

    async fn void(&self, payment: PaymentId) -> Result<(), ProviderError> {
        self.books.void(payment, (self.now)()).await
    }

    async fn refund(&self, payment: PaymentId) -> Result<(), ProviderError> {
        self.books.refund(payment, (self.now)()).await
    }

    async fn open(&self, before: TimeMs, limit: u32) -> Result<Vec<(Order, TimeMs)>, ProviderError> {
        let open = self.books.open_payments(before, limit).await?;
        Ok(open.into_iter().map(|payment| (payment.order, payment.decided_at)).collect())
    }
}

#[cfg(test)]
mod tests;
