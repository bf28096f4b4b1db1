//! One owned partition: restore, then batch by batch from record to outcome, until it is let go.

use super::checkpointing::{self, Cadence};
use super::pump::{self, Batch};
use super::restore::{RestoreError, restore};
use super::{Backends, Options, PARTITION_CREDIT, PartitionState, Ports, Statuses};
use crate::codec::encode_command;
use crate::command::{Command, CommandBody};
use crate::ids::{CorrelationId, EventId, Offset, PartitionId};
use crate::ports::{CheckpointError, CommandAppender, Covers, OutcomeLog, PublishError, ReadError};
use crate::processor::Processor;
use crate::shard::Fault;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use std::marker::PhantomData;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often a partition looks whether a checkpoint is due.
const CHECKPOINT_LOOK: Duration = Duration::from_millis(500);
/// How soon a pulse follows another at the earliest.
const PULSE_WAIT_MIN: Duration = Duration::from_millis(5);
/// How long a pulse waits at the most before it looks again.
const PULSE_WAIT_MAX: Duration = Duration::from_secs(60);

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
    /// See whether a checkpoint is due.
    Look,
    /// A checkpoint was written, or not.
    Checkpointed(Result<Covers, CheckpointError>),
    /// Finish, checkpoint, then stop; answers when that is done.
    Release(RpcReplyPort<()>),
}

/// Why a partition stopped.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It could not be restored.
    #[error("{0}")]
    Restore(#[from] RestoreError),
    /// A record could not be applied.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// Outcomes could not be published.
    #[error("{0}")]
    Publish(#[from] PublishError),
    /// The log could not be read.
    #[error("the command log: {0}")]
    Read(ReadError),
    /// Another task wrote a newer checkpoint: this one is not the owner any more.
    #[error("{0}")]
    Stale(CheckpointError),
}

impl Failure {
    /// Whether starting again cannot help: the partition is to be halted.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Restore(error) => error.is_final(),
            Self::Fault(_) => true,
            Self::Publish(error) => !matches!(error, PublishError::Backend(_)),
            Self::Read(error) => matches!(error, ReadError::Trimmed { .. }),
            Self::Stale(_) => false,
        }
    }
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
    pulse_armed: bool,
}

/// What exists once the partition is restored.
struct Work {
    processor: Processor,
    cadence: Cadence,
    /// Where the log ended when it was opened: behind that the partition serves.
    caught_up_at: Offset,
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
        Ok(State { arguments, work: None, tasks: Vec::new(), pulse_armed: false })
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
            cadence: Cadence::new(self.arguments.options, restored.checkpointed, next_offset),
            processor: restored.processor,
            caught_up_at: restored.log_end,
            serving: false,
        });
        self.serve_when_caught_up();
        // Holds that fell due while nobody was here are to expire now, not with the next command.
        self.append_pulse();
        Ok(())
    }

    /// Record to outcome: the one step that everything else is about.
    async fn process(&mut self, myself: &ActorRef<Message>, batch: Batch) -> Result<(), Failure> {
        let work = self.work.as_mut().expect("batches come after the restore");
        let outcomes = work.processor.process(&batch.records)?;
        if !outcomes.is_empty() {
            self.arguments.ports.outcomes.publish(self.arguments.partition, outcomes).await?;
        }
        self.serve_when_caught_up();
        self.arm_pulse(myself);
        Ok(())
    }

    fn serve_when_caught_up(&mut self) {
        let Some(work) = &mut self.work else { return };
        if !work.serving && work.processor.shard().next_offset() >= work.caught_up_at {
            work.serving = true;
            self.arguments.statuses.set(self.arguments.partition, PartitionState::Serving);
            tracing::info!(partition = %self.arguments.partition, "serving");
        }
    }

    /// Wakes this actor when the next hold falls due. The log's clock is the last stamp plus what has passed since.
    fn arm_pulse(&mut self, myself: &ActorRef<Message>) {
        let shard = self.work.as_ref().expect("batches come after the restore").processor.shard();
        if let (Some(due), false) = (shard.next_deadline(), self.pulse_armed) {
            let wait = Duration::from_millis(due.0.saturating_sub(shard.now().0));
            self.pulse_armed = true;
            myself.send_after(wait.clamp(PULSE_WAIT_MIN, PULSE_WAIT_MAX), || Message::Pulse);
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "every message is handled the same way")]
    fn pulse(&mut self, _: &ActorRef<Message>) -> Result<(), Failure> {
        self.pulse_armed = false;
        // Its own record comes back as a batch and arms the next one.
        self.append_pulse();
        Ok(())
    }

    fn append_pulse(&self) {
        let pulse =
            Command { event: EventId(0), request: None, correlation: CorrelationId(0), body: CommandBody::Pulse };
        let done = Box::new(|_| ());
        if let Err(error) = self.arguments.ports.log.append(self.arguments.partition, encode_command(&pulse), done) {
            tracing::warn!(partition = %self.arguments.partition, %error, "a pulse was not appended");
        }
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
        if let Some(work) = self.work.take() {
            let (ports, partition) = (self.arguments.ports.clone(), self.arguments.partition);
            let saved = checkpointing::save(ports, partition, work.processor.freeze(), None).await;
            match saved {
                Ok(_) | Err(CheckpointError::Stale { .. }) => {}
                Err(error) => {
                    tracing::warn!(%partition, %error, "let go without a last checkpoint; the log has it all")
                }
            }
        }
        // Whoever asked may have stopped waiting.
        let _ = reply.send(());
        myself.stop(None);
        Ok(())
    }

    fn stop_tasks(&mut self) {
        self.tasks.drain(..).for_each(|task| task.abort());
    }
}
