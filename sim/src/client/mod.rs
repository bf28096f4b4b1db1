//! The client: fixed connections, raw HTTP/1.1, as little work a request as there can be.

mod connection;
mod queue;
mod request;
mod response;

pub use request::{Request, Verb};
pub use response::Response;

use queue::{Job, Queue};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// How long a request may take, from the moment that a connection takes it.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(15);
/// Requests that may wait for a connection; those beyond are not sent, and said so.
pub const WAITING_MAX: usize = 262_144;

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// More requests wait for a connection than may.
    #[error("{WAITING_MAX} requests wait for a connection")]
    NotSent,
    /// The connection broke, or there was none.
    #[error("{0}")]
    Broken(String),
    /// It took longer than [`ANSWER_LIMIT`].
    #[error("no answer within {ANSWER_LIMIT:?}")]
    TimedOut,
}

/// The connections, and what waits for them. For one thread; clones share everything.
#[derive(Clone)]
pub struct Client {
    queue: Rc<Queue>,
}

impl Client {
    /// Opens `connections` to `address`, which stay until the client is dropped or everything was answered.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(address: SocketAddr, connections: usize) -> std::io::Result<(Self, Connections)> {
        let queue = Rc::new(Queue::default());
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let stream = connection::open(address).await?;
            tasks.spawn_local(connection::serve(address, stream, queue.clone()));
        }
        Ok((Self { queue }, Connections { _tasks: tasks }))
    }

    /// Sends a request as soon as a connection is free, and waits for its answer.
    ///
    /// # Errors
    /// `Unanswered`.
    pub async fn send(&self, request: Request) -> Result<Response, Unanswered> {
        let (answer, answered) = oneshot::channel();
        if !self.queue.push(Job { request, answer }) {
            return Err(Unanswered::NotSent);
        }
        answered.await.unwrap_or_else(|_| Err(Unanswered::Broken("the run is over".to_owned())))
    }

    /// Requests that wait for a connection.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }
}

/// Ends the connections when it is dropped.
pub struct Connections {
    _tasks: JoinSet<()>,
}
