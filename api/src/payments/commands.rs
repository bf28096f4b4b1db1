//! What payments ask of the seats. No command has a request id: the state makes each of them idempotent.

use super::Inner;
use super::provider::{Order, PaymentProvider};
use crate::gateway::{Ask, AskError, Reply};
use rowlock_engine::booking::{Booking, Status};
use rowlock_engine::command::{BeginPayment, Cancel, CommandBody, Confirm, EndPayment};
use rowlock_engine::ids::{BookingId, BuyerId, EventId, PaymentId};
use rowlock_engine::ports::AppendError;
use rowlock_engine::refusal::Refusal;
use std::time::Duration;

/// How often a command is tried whose fate is not known, or that found no way in.
pub(super) const TRIES: u32 = 5;
/// First wait before a command that found no way in is tried again; doubles each time.
const RETRY_WAIT: Duration = Duration::from_millis(50);

/// What the seats say to a payment whose money is set aside.
pub(super) enum Fate {
    /// They are sold.
    Sold,
    /// They are not, and never will be for this payment.
    Refused(Refusal),
    /// Nobody knows yet.
    Unknown(String),
}

impl<P: PaymentProvider> Inner<P> {
    /// The hold follows the payment from now on.
    pub(super) async fn begin(
        &self,
        booking: &Booking,
        payment: PaymentId,
    ) -> Result<Result<Booking, Refusal>, AskError> {
        let timeout_ms = u64::try_from(self.ports.timing.verdict.as_millis()).unwrap_or(u64::MAX);
        let begin = BeginPayment { booking: booking.id, buyer: booking.buyer, payment, timeout_ms };
        let reply = self.ask(booking.event, CommandBody::BeginPayment(begin), TRIES).await?;
        Ok(reply.booking().map(|change| change.booking.clone()).map_err(Clone::clone))
    }

    /// The hold is the buyer's own again. Without this it follows the payment's deadline, which does no harm.
    pub(super) async fn end(&self, order: &Order) {
        let end = EndPayment { booking: order.booking, buyer: order.buyer, payment: order.payment };
        let ended = self.ask(order.event, CommandBody::EndPayment(end), TRIES).await;
        if let Err(error) = ended {
            tracing::debug!(payment = %order.payment.0, %error, "the hold follows the payment's deadline");
        }
    }

    /// The seats are to be sold.
    pub(super) async fn confirm(&self, order: &Order, tries: u32) -> Fate {
        let confirm = Confirm { booking: order.booking, buyer: order.buyer, payment: Some(order.payment) };
        let reply = match self.ask(order.event, CommandBody::Confirm(confirm), tries).await {
            Ok(reply) => reply,
            Err(error) => return Fate::Unknown(error.to_string()),
        };
        match reply.booking() {
            Ok(change) if change.booking.status == Status::Completed => Fate::Sold,
            // Paid too late, and the seats are gone.
            Ok(_) => Fate::Refused(Refusal::HoldExpired),
            Err(refusal) if is_final(refusal) => Fate::Refused(refusal.clone()),
            Err(refusal) => Fate::Unknown(refusal.to_string()),
        }
    }

    /// The seats of a completed booking are to be given back; says whether they are.
    pub(super) async fn cancel(&self, event: EventId, booking: BookingId, buyer: BuyerId) -> Result<bool, AskError> {
        let cancel = CommandBody::Cancel(Cancel { booking, buyer });
        Ok(self.ask(event, cancel, 1).await?.booking().is_ok())
    }

    /// Asks until there is an answer, at most `tries` times.
    async fn ask(&self, event: EventId, body: CommandBody, tries: u32) -> Result<Reply, AskError> {
        let mut tried = 0;
        loop {
            let asked = self.ask_once(event, body.clone()).await;
            tried += 1;
            match asked {
                Err(error) if tried < tries && may_pass(&error) => {
                    tokio::time::sleep(RETRY_WAIT * 2u32.pow(tried - 1)).await;
                }
                asked => return asked,
            }
        }
    }

    async fn ask_once(&self, event: EventId, body: CommandBody) -> Result<Reply, AskError> {
        let board = self.ports.boards.event(event);
        // Every event that was ever paid for is on the boards, once its partition is restored.
        let board = board.ok_or_else(|| AskError::NotServing("being restored".to_owned()))?;
        self.ports.gateway.ask(Ask { partition: board.partition, event, request: None, body }).await
    }
}

/// Whether the refusal speaks of the booking, and can never turn into a sale for this payment.
fn is_final(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::UnknownBooking | Refusal::HoldExpired | Refusal::WrongStatus { .. } | Refusal::PaymentUnderWay
    )
}

/// Whether the same command may find its way a little later.
fn may_pass(error: &AskError) -> bool {
    match error {
        AskError::Overloaded | AskError::NotServing(_) | AskError::TimedOut(_) => true,
        AskError::Append(error) => !matches!(error, AppendError::Closed(_)),
        AskError::Draining | AskError::TooLarge { .. } => false,
    }
}
