//! Keeps owned partitions and their projectors alive: restarts what fails, backing off, and halts what
//! keeps failing.

use super::partition::{self, Failure, Partition};
use super::projector::{self, Projector};
use super::{Backends, Options, PartitionState, Ports, RESTARTS_MAX, Statuses};
use crate::ids::PartitionId;
use crate::ports::{Assignment, Assignments};
use ractor::{Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, RpcReplyPort, SupervisionEvent};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::Duration;
use tokio::task::JoinHandle;

/// A partition that served this long has recovered: its failures are forgotten.
const RECOVERED_AFTER: Duration = Duration::from_secs(60);

/// What the supervisor is told.
enum Message {
    Assigned(PartitionId),
    Revoked(PartitionId, RpcReplyPort<()>),
    Start(PartitionId),
}

/// One owned partition.
#[derive(Default)]
struct Owned {
    partition: Option<ActorRef<partition::Message>>,
    projector: Option<ActorCell>,
    failures: u32,
    started: Option<tokio::time::Instant>,
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
) -> Result<Running, ractor::SpawnErr> {
    let statuses = Statuses::default();
    let arguments = Arguments { ports, options, statuses: statuses.clone() };
    let (supervisor, _) = Actor::spawn(None, Supervisor::<B>(PhantomData), arguments).await?;
    let following = tokio::spawn(follow(assignments, supervisor.clone(), options.release_timeout));
    Ok(Running { assignments: following, supervisor: supervisor.get_cell(), statuses })
}

/// Passes changes of ownership on. A revoked partition is reported as released only when it has let go.
async fn follow(mut assignments: impl Assignments, supervisor: ActorRef<Message>, release_timeout: Duration) {
    while let Some(assignment) = assignments.next().await {
        match assignment {
            Assignment::Assigned(partition) => {
                if supervisor.cast(Message::Assigned(partition)).is_err() {
                    return;
                }
            }
            Assignment::Revoked(partition) => {
                let revoked = |reply| Message::Revoked(partition, reply);
                let released = supervisor.call(revoked, Some(release_timeout * 2)).await;
                if !matches!(released, Ok(ractor::rpc::CallResult::Success(()))) {
                    tracing::warn!(%partition, "was not let go in time");
                }
                assignments.released(partition);
            }
        }
    }
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
            Message::Start(partition) if state.owned.contains_key(&partition) => state.start(&myself, partition).await,
            // It was revoked while it waited to be started again.
            Message::Start(_) => {}
            Message::Revoked(partition, reply) => state.release(partition, reply).await,
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
            let is_final = error.downcast_ref::<Failure>().is_some_and(Failure::is_final);
            state.failed(&myself, partition, is_final, error.to_string());
        }
        Ok(())
    }
}

impl<B: Backends> State<B> {
    /// Starts the projector, then the partition: the projector has to be reading before anything is published.
    async fn start(&mut self, myself: &ActorRef<Message>, partition: PartitionId) {
        if let Err(error) = self.try_start(myself, partition).await {
            self.failed(myself, partition, false, error.to_string());
        }
    }

    async fn try_start(&mut self, myself: &ActorRef<Message>, partition: PartitionId) -> Result<(), ractor::SpawnErr> {
        let owned = self.owned.entry(partition).or_default();
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

    /// Restarts after a while that doubles, or halts: by itself for good reason, or after too many tries.
    fn failed(&mut self, myself: &ActorRef<Message>, partition: PartitionId, is_final: bool, reason: String) {
        let Some(owned) = self.owned.get_mut(&partition) else { return };
        owned.stop_actors();
        if owned.started.take().is_some_and(|started| started.elapsed() > RECOVERED_AFTER) {
            owned.failures = 0;
        }
        owned.failures += 1;
        if is_final || owned.failures > RESTARTS_MAX {
            tracing::error!(%partition, %reason, "ALARM: the partition is halted, its events are not sold");
            self.arguments.statuses.set(partition, PartitionState::Halted { reason });
            return;
        }
        let wait = self.arguments.options.restart_backoff * 2u32.pow(owned.failures - 1);
        tracing::error!(%partition, %reason, ?wait, "the partition failed and is started again");
        self.arguments.statuses.set(partition, PartitionState::BackingOff { reason });
        myself.send_after(wait, move || Message::Start(partition));
    }

    async fn release(&mut self, partition: PartitionId, reply: RpcReplyPort<()>) {
        if let Some(mut owned) = self.owned.remove(&partition) {
            if let Some(actor) = owned.partition.take() {
                let timeout = Some(self.arguments.options.release_timeout);
                if !matches!(actor.call(partition::Message::Release, timeout).await, Ok(result) if result.is_success())
                {
                    tracing::warn!(%partition, "the partition did not finish in time; the log has the rest");
                    actor.kill();
                }
            }
            owned.stop_actors();
        }
        self.arguments.statuses.remove(partition);
        // Whoever asked may have stopped waiting.
        let _ = reply.send(());
    }

    fn owner_of(&self, actor: ActorId) -> Option<PartitionId> {
        let is_it = |owned: &Owned| {
            owned.partition.as_ref().is_some_and(|partition| partition.get_id() == actor)
                || owned.projector.as_ref().is_some_and(|projector| projector.get_id() == actor)
        };
        self.owned.iter().find(|(_, owned)| is_it(owned)).map(|(partition, _)| *partition)
    }
}

impl Owned {
    fn stop_actors(&mut self) {
        if let Some(partition) = self.partition.take() {
            partition.kill();
        }
        if let Some(projector) = self.projector.take() {
            projector.kill();
        }
    }
}
