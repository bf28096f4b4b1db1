//! Brings money and seats together when the flow could not: after a crash, a timeout, a cancellation.

use super::delays::Delays;
use super::provider::{Order, PaymentProvider, ProviderError};
use super::{Inner, PayError, within};
use futures::StreamExt;
use rowlock_engine::ids::{BookingId, PaymentId, TimeMs};
use rowlock_persistence::sql::{DbError, LedgerBooking};
use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest wait while the ledger or the provider is down.
const INTERVAL_MAX: Duration = Duration::from_secs(30);
/// Payments that one round looks at, of each kind.
const BATCH_MAX: u32 = 500;
/// Payments that are worked on at once.
const AT_ONCE: usize = 16;

/// A payment, and whether it is settled.
type Settled = (PaymentId, bool);

/// Why a round came to nothing.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error("{0}")]
    Ledger(#[from] DbError),
    #[error("{0}")]
    Provider(#[from] ProviderError),
}

/// Settles, round after round, until the stop. A round may be cut off anywhere: whatever it does can be repeated.
pub(super) async fn run<P: PaymentProvider>(inner: Arc<Inner<P>>) {
    let mut delays = Delays::default();
    let interval = inner.ports.timing.settle_every;
    let mut wait = interval;
    loop {
        let settled = tokio::select! {
            settled = round(&inner, &mut delays) => settled,
            () = inner.stop.cancelled() => return,
        };
        wait = match settled {
            Ok(settled) if settled >= BATCH_MAX as usize => Duration::ZERO,
            Ok(_) => interval,
            Err(error) => {
                tracing::warn!(%error, "payments could not be settled; it is tried again");
                (wait * 2).clamp(interval, INTERVAL_MAX)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = inner.stop.cancelled() => return,
        }
    }
}

/// Says how many payments were settled.
async fn round<P: PaymentProvider>(inner: &Inner<P>, delays: &mut Delays) -> Result<usize, RoundError> {
    note_taken(inner).await?;
    Ok(resolve(inner, delays).await? + take(inner, delays).await? + give_back(inner, delays).await?)
}

/// Notes in the ledger what the flow has taken. What is not noted is found among the sold.
async fn note_taken<P: PaymentProvider>(inner: &Inner<P>) -> Result<(), RoundError> {
    for bookings in inner.captured.next_round().chunks(BATCH_MAX as usize) {
        inner.ports.database.mark_captured(bookings, (inner.ports.now)()).await?;
    }
    Ok(())
}

/// Money that is set aside and nobody cares for: the seats say what is to become of it. That is just what the
/// flow would do next, so it does no harm if it is still there.
async fn resolve<P: PaymentProvider>(inner: &Inner<P>, delays: &mut Delays) -> Result<usize, RoundError> {
    let mut open = within(inner.ports.provider.open(nobody_cares_since(inner), delays.limit(BATCH_MAX))).await?;
    let now = Instant::now();
    open.retain(|(order, _)| delays.is_due(order.payment, now));
    let resolved = all(open.into_iter().map(|(order, at)| resolve_one(inner, order, at))).await;
    Ok(delays.note(resolved, now).len())
}

/// What was approved or sold before is not under way any more.
fn nobody_cares_since<P>(inner: &Inner<P>) -> TimeMs {
    let after_ms = u64::try_from(inner.ports.timing.settle_after.as_millis()).unwrap_or(u64::MAX);
    TimeMs((inner.ports.now)().0.saturating_sub(after_ms))
}

async fn resolve_one<P: PaymentProvider>(inner: &Inner<P>, order: Order, at: TimeMs) -> Settled {
    let answer = inner.complete(&order, at, 1).await;
    tracing::info!(payment = %order.payment.0, booking = %order.booking, ?answer, "settled an open payment");
    (order.payment, !matches!(answer, Err(PayError::UnderWay(_))))
}

/// Takes the money for what is sold.
async fn take<P: PaymentProvider>(inner: &Inner<P>, delays: &mut Delays) -> Result<usize, RoundError> {
    let before = nobody_cares_since(inner);
    let sold = Rows::due(inner.ports.database.uncaptured(before, delays.limit(BATCH_MAX)).await?, delays);
    let taken = all(sold.rows.into_iter().map(|(payment, row)| take_one(inner, payment, row))).await;
    let ids = sold.bookings.settled(&delays.note(taken, Instant::now()));
    inner.ports.database.mark_captured(&ids, (inner.ports.now)()).await?;
    Ok(ids.len())
}

async fn take_one<P: PaymentProvider>(inner: &Inner<P>, payment: PaymentId, row: LedgerBooking) -> Settled {
    let captured = within(inner.ports.provider.capture(payment)).await;
    match &captured {
        Ok(()) => {}
        Err(error @ ProviderError::NotPossible { .. }) => sold_for_nothing(inner, &row, error).await,
        Err(error) => unsettled(&row, error),
    }
    (payment, captured.is_ok())
}

/// The money is gone, so the seats have to come back. No known path leads here.
async fn sold_for_nothing<P: PaymentProvider>(inner: &Inner<P>, row: &LedgerBooking, error: &ProviderError) {
    let cancelled = inner.cancel(row.event, row.id, row.buyer).await;
    tracing::error!(
        booking = %row.id, %error, ?cancelled,
        "ALARM: seats were sold for no money; they are given back where the event allows it"
    );
}

/// Gives the money back for what was cancelled.
async fn give_back<P: PaymentProvider>(inner: &Inner<P>, delays: &mut Delays) -> Result<usize, RoundError> {
    let cancelled = Rows::due(inner.ports.database.unrefunded(delays.limit(BATCH_MAX)).await?, delays);
    let given = all(cancelled.rows.into_iter().map(|(payment, row)| give_back_one(inner, payment, row))).await;
    let ids = cancelled.bookings.settled(&delays.note(given, Instant::now()));
    inner.ports.database.mark_refunded(&ids, (inner.ports.now)()).await?;
    Ok(ids.len())
}

async fn give_back_one<P: PaymentProvider>(inner: &Inner<P>, payment: PaymentId, row: LedgerBooking) -> Settled {
    let given = inner.give_back(payment).await;
    if let Err(error) = &given {
        unsettled(&row, error);
    }
    (payment, given.is_ok())
}

fn unsettled(row: &LedgerBooking, error: &ProviderError) {
    match error {
        ProviderError::Unavailable(_) => tracing::warn!(booking = %row.id, %error, "not settled yet"),
        _ => {
            tracing::error!(booking = %row.id, %error, "ALARM: not settled; compare the provider's books with the ledger")
        }
    }
}

/// Rows of the ledger that are due, by payment.
struct Rows {
    rows: Vec<(PaymentId, LedgerBooking)>,
    bookings: Bookings,
}

/// Which booking a payment is for.
struct Bookings(Vec<(PaymentId, BookingId)>);

impl Rows {
    fn due(rows: Vec<LedgerBooking>, delays: &Delays) -> Self {
        let now = Instant::now();
        let rows = rows.into_iter().filter_map(|row| Some((row.payment?, row)));
        let rows: Vec<_> = rows.filter(|(payment, _)| delays.is_due(*payment, now)).collect();
        let bookings = Bookings(rows.iter().map(|(payment, row)| (*payment, row.id)).collect());
        Self { rows, bookings }
    }
}

impl Bookings {
    fn settled(&self, payments: &HashSet<PaymentId>) -> Vec<BookingId> {
        self.0.iter().filter(|(payment, _)| payments.contains(payment)).map(|(_, booking)| *booking).collect()
    }
}

/// Works on a few at once.
async fn all<F: Future>(work: impl Iterator<Item = F>) -> Vec<F::Output> {
    futures::stream::iter(work).buffer_unordered(AT_ONCE).collect().await
}
