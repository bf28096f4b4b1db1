//! Writes one partition's confirmed bookings to the ledger, batch by batch, behind everything else.

use super::failure::Failure;
use super::{Backends, LEDGER_BATCH_OUTCOMES_MAX, Ports};
use crate::ids::{OutcomeNumber, PartitionId};
use crate::outcome::Outcome;
use crate::ports::{Ledger, LedgerError, OutcomeLog, OutcomeReader, ReadError};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::task::JoinHandle;

/// First wait after the ledger failed; doubles up to `RETRY_WAIT_MAX`.
const RETRY_WAIT: Duration = Duration::from_millis(50);
const RETRY_WAIT_MAX: Duration = Duration::from_secs(5);

/// Outcomes that are too few for a transaction of their own.
const GATHER_BELOW: usize = 1_024;
/// How long it gathers then: only checkpoints wait for the ledger, and far longer.
const GATHER: Duration = Duration::from_millis(200);

/// The projection ended with this error.
pub struct Ended(ReadError);

/// The actor that keeps one partition's projection alive.
pub struct Projector<B>(PhantomData<fn() -> B>);

impl<B> Default for Projector<B> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// What it starts with.
pub struct Arguments<B: Backends> {
    pub partition: PartitionId,
    pub ports: Ports<B>,
}

/// The running projection.
pub struct State(JoinHandle<()>);

impl Drop for State {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<B: Backends> Actor for Projector<B> {
    type Msg = Ended;
    type State = State;
    type Arguments = Arguments<B>;

    /// Subscribes before it returns, so that no outcome of a partition started afterwards is missed.
    async fn pre_start(&self, myself: ActorRef<Ended>, arguments: Arguments<B>) -> Result<State, ActorProcessingErr> {
        let Arguments { partition, ports } = arguments;
        let position = ports.ledger.position(partition).await.map_err(Failure::Ledger)?;
        let reader = ports.outcomes.reader(partition, position).await.map_err(Failure::Outcomes)?;
        Ok(State(tokio::spawn(async move {
            let error = project(&*ports.ledger, reader, partition, position).await;
            // A projector that is gone needs no report.
            let _ = myself.cast(Ended(error));
        })))
    }

    async fn handle(&self, _: ActorRef<Ended>, ended: Ended, _: &mut State) -> Result<(), ActorProcessingErr> {
        Err(Failure::Outcomes(ended.0).into())
    }
}

/// Reads and records until the reader fails.
async fn project<R: OutcomeReader>(
    ledger: &impl Ledger,
    mut reader: R,
    partition: PartitionId,
    mut position: OutcomeNumber,
) -> ReadError {
    loop {
        let batches = match next_batches(&mut reader).await {
            Ok(batches) => batches,
            Err(error) => return error,
        };
        position = record(ledger, partition, position, &batches).await;
    }
}

/// Waits for one batch and takes what else is there, and comes in a moment if that is little: one transaction for many.
async fn next_batches<R: OutcomeReader>(reader: &mut R) -> Result<Vec<Arc<[Outcome]>>, ReadError> {
    let first = reader.next().await?;
    let mut outcomes = first.len();
    let mut batches = vec![first];
    take_ready(reader, &mut batches, &mut outcomes)?;
    if outcomes < GATHER_BELOW {
        tokio::time::sleep(GATHER).await;
        take_ready(reader, &mut batches, &mut outcomes)?;
    }
    Ok(batches)
}

fn take_ready<R: OutcomeReader>(
    reader: &mut R,
    batches: &mut Vec<Arc<[Outcome]>>,
    outcomes: &mut usize,
) -> Result<(), ReadError> {
    while *outcomes < LEDGER_BATCH_OUTCOMES_MAX {
        let ready = pin!(reader.next()).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(batch) = ready else { break };
        let batch = batch?;
        *outcomes += batch.len();
        batches.push(batch);
    }
    Ok(())
}

/// Records until it is done: the ledger may be down for long, and nothing may be left out.
async fn record(
    ledger: &impl Ledger,
    partition: PartitionId,
    mut position: OutcomeNumber,
    batches: &[Arc<[Outcome]>],
) -> OutcomeNumber {
    let last = batches.last().and_then(|batch| batch.last()).map_or(position, |outcome| outcome.number);
    let mut wait = RETRY_WAIT;
    while position < last {
        let outcomes = batches.iter().flat_map(|batch| batch.iter()).filter(|outcome| outcome.number > position);
        match ledger.record(partition, position, outcomes).await {
            Ok(()) => return last,
            // Somebody else recorded some of it (a restart, a zombie): go on from there.
            Err(LedgerError::OutOfOrder { actual, .. }) if actual > position => position = actual,
            Err(error) => {
                tracing::warn!(%partition, %error, ?wait, "the ledger did not take a batch; it is tried again");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(RETRY_WAIT_MAX);
            }
        }
    }
    position
}
