//! The way of a command into the log and of its outcome back: take a permit, append, wait.

mod reply;
mod room;
mod waiters;

pub use reply::Reply;
pub use waiters::Waiters;

use room::{Place, Room};
use rowlock_engine::actors::{PartitionState, Statuses};
use rowlock_engine::codec::encode_command;
use rowlock_engine::command::{Command, CommandBody};
use rowlock_engine::ids::{EventId, PartitionId, RequestId};
use rowlock_engine::limits::COMMAND_BYTES_MAX;
use rowlock_engine::ports::{AppendError, CommandAppender};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;

/// A command on its way to an event's partition.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The partition that has the event.
    pub partition: PartitionId,
    /// The event.
    pub event: EventId,
    /// Given when the requester may repeat itself.
    pub request: Option<RequestId>,
    /// What is asked.
    pub body: CommandBody,
}

/// Why a command has no outcome, yet or ever.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// As many commands are under way as may be; nothing was appended.
    #[error("the service has as many requests under way as it can carry")]
    Overloaded,
    /// The process is about to end; nothing was appended.
    #[error("this instance is shutting down")]
    Draining,
    /// The partition is not serving; nothing was appended.
    #[error("the event's partition is {0}")]
    NotServing(String),
    /// The command is larger than the log takes; nothing was appended.
    #[error("the command has {bytes} bytes, at most {COMMAND_BYTES_MAX} can be taken")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The log has not taken it.
    #[error("{0}")]
    Append(#[from] AppendError),
    /// The outcome has not come in time. It will come: the command may be durable.
    #[error("the outcome has not come within {0:?}")]
    TimedOut(Duration),
}

/// Appends commands and waits for their outcomes. Clones share everything.
#[derive(Clone)]
pub struct Gateway {
    log: Arc<dyn CommandAppender>,
    waiters: Arc<Waiters>,
    statuses: Statuses,
    room: Room,
    draining: Arc<AtomicBool>,
    wait: Duration,
}

impl Gateway {
    /// A gateway that has at most `in_flight_max` commands under way and waits `wait` for an outcome.
    pub fn new(
        log: Arc<dyn CommandAppender>,
        waiters: Arc<Waiters>,
        statuses: Statuses,
        in_flight_max: usize,
        wait: Duration,
    ) -> Self {
        Self { log, waiters, statuses, room: Room::new(in_flight_max), draining: Arc::default(), wait }
    }

    /// Appends a command and waits for its outcome.
    ///
    /// # Errors
    /// `AskError`; only after `TimedOut` and `AppendError::Unknown` may the command take effect.
    pub async fn ask(&self, ask: Ask) -> Result<Reply, AskError> {
        let mut sent = self.send(ask)?;
        match tokio::time::timeout(self.wait, &mut sent.fate).await {
            Ok(fate) => fate.unwrap_or(Err(AskError::Draining)),
            Err(_) => Err(AskError::TimedOut(self.wait)),
        }
    }

    /// Appends a command and waits only until it is durable; its outcome comes by itself.
    ///
    /// # Errors
    /// As of [`Gateway::ask`].
    pub async fn tell(&self, ask: Ask) -> Result<(), AskError> {
        let place = self.admit(&ask)?;
        let payload = encode(ask, Waiters::NOBODY)?;
        let (done, durable) = oneshot::channel();
        let done = Box::new(move |fate: Result<_, AppendError>| {
            drop(place);
            // Whoever asked may have hung up.
            let _ = done.send(fate.map(drop).map_err(AskError::Append));
        });
        self.log.append(payload.partition, payload.bytes, done)?;
        match tokio::time::timeout(self.wait, durable).await {
            Ok(fate) => fate.unwrap_or(Err(AskError::Draining)),
            Err(_) => Err(AskError::TimedOut(self.wait)),
        }
    }

    /// How many commands are under way.
    pub fn in_flight(&self) -> usize {
        self.room.taken()
    }

    /// Whether one more booking may be under way.
    pub fn has_room_for_booking(&self) -> bool {
        self.room.has_place_for_booking()
    }

    /// Refuses commands from now on.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether [`Gateway::drain`] was called.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    fn send(&self, ask: Ask) -> Result<Sent, AskError> {
        let place = self.admit(&ask)?;
        let (correlation, fate) = self.waiters.add();
        let sent = Sent { correlation, fate, waiters: self.waiters.clone(), _place: place };
        let payload = encode(ask, correlation)?;
        let waiters = self.waiters.clone();
        let done = Box::new(move |fate: Result<_, AppendError>| {
            // A durable command is answered by its outcome, an unknown one may be.
            if let Err(error) = fate {
                waiters.fail(correlation, AskError::Append(error));
            }
        });
        self.log.append(payload.partition, payload.bytes, done)?;
        Ok(sent)
    }

    /// Load beyond the caps is refused here, before the log.
    fn admit(&self, ask: &Ask) -> Result<Place, AskError> {
        if self.is_draining() {
            return Err(AskError::Draining);
        }
        match self.statuses.of(ask.partition) {
            Some(PartitionState::Serving { .. }) => {}
            Some(PartitionState::Halted { .. }) => return Err(AskError::NotServing("halted".to_owned())),
            _ => return Err(AskError::NotServing("being restored".to_owned())),
        }
        self.room.enter(matches!(ask.body, CommandBody::Reserve(_))).ok_or(AskError::Overloaded)
    }
}

/// A command under way; forgotten by the waiters when this is dropped.
struct Sent {
    correlation: rowlock_engine::ids::CorrelationId,
    fate: oneshot::Receiver<Result<Reply, AskError>>,
    waiters: Arc<Waiters>,
    _place: Place,
}

impl Drop for Sent {
    fn drop(&mut self) {
        self.waiters.forget(self.correlation);
    }
}

struct Payload {
    partition: PartitionId,
    bytes: bytes::Bytes,
}

fn encode(ask: Ask, correlation: rowlock_engine::ids::CorrelationId) -> Result<Payload, AskError> {
    let command = Command { event: ask.event, request: ask.request, correlation, body: ask.body };
    let bytes = encode_command(&command);
    if bytes.len() > COMMAND_BYTES_MAX {
        return Err(AskError::TooLarge { bytes: bytes.len() });
    }
    Ok(Payload { partition: ask.partition, bytes })
}
