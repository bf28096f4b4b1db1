//! Keeps owned partitions and their projectors alive: restarts what fails, backing off, and halts what
//! keeps failing.

use super::failure::{Failure, Remedy};
use super::following::follow;
use super::owned::Owned;
use super::partition::{self, Partition};
use super::projector::{self, Projector};
use super::{Backends, Options, PartitionState, Ports, Statuses};
use crate::ids::PartitionId;
use crate::ports::Assignments;
use ractor::{Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, RpcReplyPort, SpawnErr, SupervisionEvent};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use tokio::task::JoinHandle;

/// What the supervisor is told.
pub enum Message {
    Assigned(PartitionId),
    Revoked(PartitionId, RpcReplyPort<()>),
    Start(PartitionId),
}

struct Supervisor<B>(PhantomData<fn() -> B>);

struct Arguments<B: Backends> {
    ports: Ports<B>,
    options: Options,
    statuses: Statuses,
}

struct State<B: Backends> {
    arguments: Arguments<B>,
    owned: BTreeMap<PartitionId, Owned>,
}

/// The running actors of this task.
pub struct Running {
    assignments: JoinHandle<()>,
    supervisor: ActorCell,
    statuses: Statuses,
}

impl Running {
    /// What every owned partition is doing.
    #[must_use]
    pub fn statuses(&self) -> &Statuses {
        &self.statuses
    }

    /// Waits until `assignments` has ended and everything that was assigned has been let go, then stops.
    ///
    /// # Panics
    /// When the task that follows the assignments panicked.
    pub async fn stopped(self) {
        self.assignments.await.expect("following the assignments does not panic");
        let stopped = self.supervisor.stop_and_wait(None, None).await;
        if let Err(error) = stopped {
            tracing::warn!(%error, "the supervisor did not stop cleanly");
        }
    }
}

/// Starts to own what `assignments` says, until it ends.
///
/// # Errors
/// When the supervisor could not be started.
pub async fn start<B: Backends>(
    ports: Ports<B>,
    options: Options,
    assignments: impl Assignments,
) -> Result<Running, SpawnErr> {
    let statuses = Statuses::default();
    let arguments = Arguments { ports, options, statuses: statuses.clone() };
    let (supervisor, _) = Actor::spawn(None, Supervisor::<B>(PhantomData), arguments).await?;
    let following = tokio::spawn(follow(assignments, supervisor.clone(), options.release_timeout));
    Ok(Running { assignments: following, supervisor: supervisor.get_cell(), statuses })
}

impl<B: Backends> Actor for Supervisor<B> {
    type Msg = Message;
    type State = State<B>;
    type Arguments = Arguments<B>;

    async fn pre_start(&self, _: ActorRef<Message>, arguments: Arguments<B>) -> Result<State<B>, ActorProcessingErr> {
        Ok(State { arguments, owned: BTreeMap::new() })
    }

    async fn handle(
        &self,
        myself: ActorRef<Message>,
        message: Message,
        state: &mut State<B>,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            Message::Assigned(partition) => {
                state.owned.insert(partition, Owned::default());
                state.start(&myself, partition).await;
            }
            Message::Start(partition) => state.start(&myself, partition).await,
            Message::Revoked(partition, reply) => state.release(partition, reply),
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<Message>,
        event: SupervisionEvent,
        state: &mut State<B>,
    ) -> Result<(), ActorProcessingErr> {
        if let SupervisionEvent::ActorFailed(actor, error) = event
            && let Some(partition) = state.owner_of(actor.get_id())
        {
            state.failed(&myself, partition, &error);
        }
        Ok(())
    }
}

impl<B: Backends> State<B> {
    /// Starts the projector, then the partition: the projector has to be reading before anything is published.
    async fn start(&mut self, myself: &ActorRef<Message>, partition: PartitionId) {
        if let Err(error) = self.try_start(myself, partition).await {
            match error {
                SpawnErr::StartupFailed(error) => self.failed(myself, partition, &error),
                error => self.failed(myself, partition, &error.into()),
            }
        }
    }

    async fn try_start(&mut self, myself: &ActorRef<Message>, partition: PartitionId) -> Result<(), SpawnErr> {
        // It may have been revoked while it waited to be started again, and assigned once more since.
        let Some(owned) = self.owned.get_mut(&partition).filter(|owned| owned.partition.is_none()) else {
            return Ok(());
        };
        let Arguments { ports, options, statuses } = &self.arguments;
        if owned.projector.is_none() {
            let arguments = projector::Arguments { partition, ports: ports.clone() };
            let spawned = Actor::spawn_linked(None, Projector::<B>::default(), arguments, myself.get_cell()).await?;
            owned.projector = Some(spawned.0.get_cell());
        }
        let arguments =
            partition::Arguments { partition, ports: ports.clone(), options: *options, statuses: statuses.clone() };
        let spawned = Actor::spawn_linked(None, Partition::<B>::default(), arguments, myself.get_cell()).await?;
        owned.partition = Some(spawned.0);
        owned.started = Some(tokio::time::Instant::now());
        Ok(())
    }

    /// Restarts after a while that doubles, or halts: at once for good reason, or after too many tries.
    fn failed(&mut self, myself: &ActorRef<Message>, partition: PartitionId, error: &ActorProcessingErr) {
        let Some(owned) = self.owned.get_mut(&partition) else { return };
        owned.stop_partition();
        // What is no failure that an actor names is a panic.
        let remedy = error.downcast_ref::<Failure>().map_or(Remedy::Retry, Failure::remedy);
        let reason = error.to_string();
        let Some(wait) = owned.failed(remedy, self.arguments.options.restart_backoff) else {
            tracing::error!(%partition, %reason, "ALARM: the partition is halted, its events are not sold");
            return self.arguments.statuses.set(partition, PartitionState::Halted { reason });
        };
        tracing::error!(%partition, %reason, ?wait, "the partition failed and is started again");
        self.arguments.statuses.set(partition, PartitionState::BackingOff { reason });
        myself.send_after(wait, move || Message::Start(partition));
    }

    /// Lets go beside everything else, so that no partition waits for another.
    fn release(&mut self, partition: PartitionId, reply: RpcReplyPort<()>) {
        let (owned, timeout) = (self.owned.remove(&partition), self.arguments.options.release_timeout);
        let statuses = self.arguments.statuses.clone();
        tokio::spawn(async move {
            if let Some(owned) = owned {
                owned.release(partition, timeout).await;
            }
            statuses.remove(partition);
            // Whoever asked may have stopped waiting.
            let _ = reply.send(());
        });
    }

    /// The partition that an actor which failed belonged to. Without its projector it cannot go on.
    fn owner_of(&mut self, actor: ActorId) -> Option<PartitionId> {
        let mut all = self.owned.iter_mut();
        let (partition, owned) = all.find(|(_, owned)| owned.is_partition(actor) || owned.is_projector(actor))?;
        if owned.is_projector(actor) {
            owned.stop_projector();
        }
        Some(*partition)
    }
}
