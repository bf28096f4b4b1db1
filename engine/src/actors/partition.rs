//! One owned partition: restore, then batch by batch from record to outcome, until it is let go.

use super::checkpointing::{self, Cadence};
use super::failure::Failure;
use super::pulse::Pulse;
use super::pump::{self, Batch};
use super::restore::{RestoreError, restore};
use super::{Backends, Options, PARTITION_CREDIT, PartitionState, Ports, Statuses};
use crate::codec::encode_command;
use crate::command::{Command, CommandBody};
use crate::ids::{CorrelationId, EventId, Offset, OutcomeNumber, PartitionId};
use crate::ports::{AppendError, CheckpointError, CommandAppender, Covers, OutcomeLog, ReadError};
use crate::processor::Processor;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use std::marker::PhantomData;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often a partition looks whether a checkpoint is due.
const CHECKPOINT_LOOK: Duration = Duration::from_millis(500);

/// What a partition is told.
pub enum Message {
    /// Load the checkpoint, open the log.
    Restore,
    /// Durable records.
    Batch(Batch),
    /// The log gives no more records.
    ReadFailed(ReadError),
    /// A hold may have fallen due.
    Pulse,
    /// A pulse did not get into the log.
    PulseLost,
    /// See whether a checkpoint is due.
    Look,
    /// A checkpoint was written, or not.
    Checkpointed(Result<Covers, CheckpointError>),
    /// Finish, checkpoint, then stop; answers when that is done.
    Release(RpcReplyPort<()>),
}

/// The actor of one partition.
pub struct Partition<B>(PhantomData<fn() -> B>);

impl<B> Default for Partition<B> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// What it starts with.
pub struct Arguments<B: Backends> {
    pub partition: PartitionId,
    pub ports: Ports<B>,
    pub options: Options,
    pub statuses: Statuses,
}

/// What it works with.
pub struct State<B: Backends> {
    arguments: Arguments<B>,
    work: Option<Work>,
    tasks: Vec<JoinHandle<()>>,
    pulse: Pulse,
}

/// What exists once the partition is restored.
struct Work {
    processor: Processor,
    cadence: Cadence,
    /// Where the log ended when it was opened: behind that the partition serves.
    caught_up_at: Offset,
    /// What the ledger had seen at that moment: the log must lead there.
    ledger: OutcomeNumber,
    serving: bool,
}

impl<B: Backends> Actor for Partition<B> {
    type Msg = Message;
    type State = State<B>;
    type Arguments = Arguments<B>;

    async fn pre_start(
        &self,
        myself: ActorRef<Message>,
        arguments: Arguments<B>,
    ) -> Result<State<B>, ActorProcessingErr> {
        arguments.statuses.set(arguments.partition, PartitionState::Restoring);
        myself.cast(Message::Restore)?;
        Ok(State { arguments, work: None, tasks: Vec::new(), pulse: Pulse::default() })
    }

    async fn handle(
        &self,
        myself: ActorRef<Message>,
        message: Message,
        state: &mut State<B>,
    ) -> Result<(), ActorProcessingErr> {
        state.handle(&myself, message).await.map_err(Into::into)
    }

    async fn post_stop(&self, _: ActorRef<Message>, state: &mut State<B>) -> Result<(), ActorProcessingErr> {
        state.stop_tasks();
        Ok(())
    }
}

impl<B: Backends> Drop for State<B> {
    /// An error or a panic skips `post_stop`.
    fn drop(&mut self) {
        self.stop_tasks();
    }
}

impl<B: Backends> State<B> {
    async fn handle(&mut self, myself: &ActorRef<Message>, message: Message) -> Result<(), Failure> {
        match message {
            Message::Restore => self.restore(myself).await,
            Message::Batch(batch) => self.process(myself, batch).await,
            Message::ReadFailed(error) => Err(Failure::Read(error)),
            Message::Pulse => self.pulse(myself),
            Message::PulseLost => self.pulse_lost(myself),
            Message::Look => self.look(myself),
            Message::Checkpointed(result) => self.checkpointed(result),
            Message::Release(reply) => self.release(myself, reply).await,
        }
    }

    async fn restore(&mut self, myself: &ActorRef<Message>) -> Result<(), Failure> {
        let restored = restore(&self.arguments.ports, self.arguments.partition).await?;
        let next_offset = restored.processor.shard().next_offset();
        tracing::info!(partition = %self.arguments.partition, from = %next_offset, to = %restored.log_end, "replaying");
        self.tasks.push(pump::spawn(restored.reader, myself.clone(), PARTITION_CREDIT));
        self.tasks.push(myself.send_interval(CHECKPOINT_LOOK, || Message::Look));
        self.work = Some(Work {
            cadence: Cadence::new(self.arguments.partition, self.arguments.options, restored.checkpointed, next_offset),
            processor: restored.processor,
            caught_up_at: restored.log_end,
            ledger: restored.ledger,
            serving: false,
        });
        self.serve_when_caught_up()?;
        // Holds that fell due while nobody was here are to expire now, not with the next command.
        self.pulse(myself)
    }

    /// Record to outcome: the one step that everything else is about.
    async fn process(&mut self, myself: &ActorRef<Message>, batch: Batch) -> Result<(), Failure> {
        let work = self.work.as_mut().expect("batches come after the restore");
        let (outcomes, fault) = match work.processor.process(&batch.records) {
            Ok(outcomes) => (outcomes, None),
            Err(stopped) => (stopped.outcomes, Some(stopped.fault)),
        };
        // What came before a fault stands: its buyers are to be answered, its sales to be recorded.
        if !outcomes.is_empty() {
            self.arguments.ports.outcomes.publish(self.arguments.partition, outcomes).await?;
        }
        if let Some(fault) = fault {
            return Err(fault.into());
        }
        self.serve_when_caught_up()?;
        let shard = self.work.as_ref().expect("batches come after the restore").processor.shard();
        self.pulse.follow(myself, shard.now(), shard.next_deadline());
        Ok(())
    }

    fn serve_when_caught_up(&mut self) -> Result<(), Failure> {
        let Some(work) = &mut self.work else { return Ok(()) };
        let shard = work.processor.shard();
        if work.serving || shard.next_offset() < work.caught_up_at {
            return Ok(());
        }
        if shard.last_outcome() < work.ledger {
            return Err(RestoreError::LedgerAhead { ledger: work.ledger, log: shard.last_outcome() }.into());
        }
        let from = shard.last_outcome();
        work.serving = true;
        self.arguments.statuses.set(self.arguments.partition, PartitionState::Serving { from });
        tracing::info!(partition = %self.arguments.partition, "serving");
        Ok(())
    }

    /// Appends a record that carries the time. It comes back as a batch, after which the next one is armed.
    #[allow(clippy::unnecessary_wraps, reason = "every message is handled the same way")]
    fn pulse(&mut self, myself: &ActorRef<Message>) -> Result<(), Failure> {
        self.pulse.fired();
        let pulse =
            Command { event: EventId(0), request: None, correlation: CorrelationId(0), body: CommandBody::Pulse };
        let lost = myself.clone();
        let done = Box::new(move |fate: Result<Offset, AppendError>| {
            if fate.is_err() {
                // A partition that is gone needs no pulse.
                let _ = lost.cast(Message::PulseLost);
            }
        });
        let appended = self.arguments.ports.log.append(self.arguments.partition, encode_command(&pulse), done);
        if let Err(error) = appended {
            tracing::warn!(partition = %self.arguments.partition, %error, "a pulse was not appended; it is tried again");
            self.pulse.retry(myself);
        }
        Ok(())
    }

    #[allow(clippy::unnecessary_wraps, reason = "every message is handled the same way")]
    fn pulse_lost(&mut self, myself: &ActorRef<Message>) -> Result<(), Failure> {
        self.pulse.retry(myself);
        Ok(())
    }

    #[allow(clippy::unnecessary_wraps, reason = "every message is handled the same way")]
    fn look(&mut self, myself: &ActorRef<Message>) -> Result<(), Failure> {
        let Some(work) = &mut self.work else { return Ok(()) };
        if work.cadence.is_due(work.processor.shard().next_offset()) {
            work.cadence.started();
            let (frozen, since) = (work.processor.freeze(), work.cadence.saved());
            let (ports, partition, myself) = (self.arguments.ports.clone(), self.arguments.partition, myself.clone());
            tokio::spawn(async move {
                let result = checkpointing::save(ports, partition, frozen, since).await;
                // A partition that is gone needs no answer.
                let _ = myself.cast(Message::Checkpointed(result));
            });
        }
        Ok(())
    }

    fn checkpointed(&mut self, result: Result<Covers, CheckpointError>) -> Result<(), Failure> {
        if let Some(work) = &mut self.work {
            work.cadence.ended(&result);
        }
        match result {
            Ok(covers) => {
                tracing::debug!(partition = %self.arguments.partition, offset = %covers.next_offset, "checkpoint written");
                Ok(())
            }
            Err(error @ CheckpointError::Stale { .. }) => Err(Failure::Stale(error)),
            Err(error) => {
                tracing::warn!(partition = %self.arguments.partition, %error, "no checkpoint was written; it is tried again");
                Ok(())
            }
        }
    }

    /// Batches that were queued before this message are done by now; the log has the rest.
    async fn release(&mut self, myself: &ActorRef<Message>, reply: RpcReplyPort<()>) -> Result<(), Failure> {
        self.stop_tasks();
        if let Some(work) = self.work.take()
            && let Err(error) = self.last_checkpoint(&work).await
        {
            let partition = self.arguments.partition;
            tracing::warn!(%partition, %error, "let go without a last checkpoint; the log has it all");
        }
        // Whoever asked may have stopped waiting.
        let _ = reply.send(());
        myself.stop(None);
        Ok(())
    }

    /// Saves the state as it is, unless that is saved. One that is under way does no harm: the store keeps the newer.
    async fn last_checkpoint(&self, work: &Work) -> Result<(), CheckpointError> {
        if work.cadence.is_saved(work.processor.shard().next_offset()) {
            return Ok(());
        }
        let save = |since| {
            let (ports, partition) = (self.arguments.ports.clone(), self.arguments.partition);
            checkpointing::save(ports, partition, work.processor.freeze(), since)
        };
        match save(work.cadence.saved()).await {
            Err(CheckpointError::MissingChunk { .. }) => save(None).await.map(drop),
            Ok(_) | Err(CheckpointError::Stale { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn stop_tasks(&mut self) {
        self.tasks.drain(..).for_each(|task| task.abort());
        self.pulse.fired();
    }
}
