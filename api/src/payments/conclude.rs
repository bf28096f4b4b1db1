//! What follows from a verdict. The same for every one of them: told first or again, in time or late.

use super::commands::{Fate, TRIES};
use super::provider::{MoneyState, Notice, Order, PaymentProvider, ProviderError, Verdict};
use super::{Answer, CONCLUDING_MAX, Inner, Notices, Paid, PayError, within};
use rowlock_engine::booking::Status;
use rowlock_engine::ids::{PaymentId, TimeMs};
use rowlock_engine::refusal::Refusal;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Acts upon every verdict, each in a task of its own, until the stop.
pub(super) async fn listen<P: PaymentProvider>(inner: Arc<Inner<P>>, mut notices: Notices) {
    let permits = Arc::new(Semaphore::new(CONCLUDING_MAX));
    loop {
        let permit = permits.clone().acquire_owned().await.expect("the semaphore is never closed");
        let notice = tokio::select! {
            notice = notices.recv() => notice,
            () = inner.stop.cancelled() => return,
        };
        let Some(notice) = notice else { return };
        let inner_of_task = inner.clone();
        inner.under_way.spawn(async move {
            inner_of_task.conclude(&notice).await;
            drop(permit);
        });
    }
}

impl<P: PaymentProvider> Inner<P> {
    async fn conclude(&self, Notice { order, verdict }: &Notice) {
        let answer = match verdict {
            Verdict::Approved { at } => self.complete(order, *at, TRIES).await,
            Verdict::Declined => {
                self.end(order).await;
                Err(PayError::Declined)
            }
        };
        self.answer(order.payment, &answer);
    }

    /// Sells the seats and takes the money, or lets it go.
    pub(super) async fn complete(&self, order: &Order, at: TimeMs, tries: u32) -> Answer {
        match self.confirm(order, tries).await {
            Fate::Sold => self.take(order, at).await,
            Fate::Refused(refusal) => {
                if let Err(error) = self.give_back(order.payment).await {
                    // What is open, the settlement finds again; what was taken, the ledger names.
                    tracing::warn!(payment = %order.payment.0, %error, "the money will be given back later");
                }
                Err(PayError::Refused(refusal))
            }
            Fate::Unknown(why) => Err(PayError::UnderWay(why)),
        }
    }

    /// Takes the money for seats that are sold.
    async fn take(&self, order: &Order, at: TimeMs) -> Answer {
        let paid = Ok(Paid { payment: order.payment, at });
        match within(self.ports.provider.capture(order.payment)).await {
            Ok(()) => {
                self.captured.note(order.booking);
                paid
            }
            // Cancelled since, and given back by whoever saw it first.
            Err(ProviderError::NotPossible { .. }) => {
                Err(PayError::Refused(Refusal::WrongStatus { status: Status::Cancelled }))
            }
            // The seats are the buyer's and the money is set aside: the settlement takes it.
            Err(error) => {
                tracing::warn!(payment = %order.payment.0, %error, "the money will be taken later");
                paid
            }
        }
    }

    /// Lets the money go, or gives it back if it was taken.
    pub(super) async fn give_back(&self, payment: PaymentId) -> Result<(), ProviderError> {
        match within(self.ports.provider.void(payment)).await {
            Err(ProviderError::NotPossible { state: MoneyState::Captured, .. }) => {
                within(self.ports.provider.refund(payment)).await
            }
            voided => voided,
        }
    }
}
