//! Group commit: whoever writes takes what is queued, writes it in one transaction, syncs once, then tells.

use super::begin;
use sqlx::{SqliteConnection, SqlitePool};
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Changes that may wait to be written; whoever has another one waits for room.
const QUEUE_MAX: usize = 4_096;
/// Changes that one transaction writes at most.
pub(super) const GROUP_MAX: usize = 256;

/// Changes of a group from which on the next one gathers: whoever is alone need not wait.
const BUSY_FROM: usize = 8;
/// How long a group gathers then, so that one transaction writes what two would have.
const GATHER: Duration = Duration::from_millis(10);

/// What a transaction does for the changes of a group.
pub trait WriteGroup: Send + 'static {
    /// What is asked for.
    type Change: Send + Sync + 'static;
    /// What it came to.
    type Done: Send + 'static;

    /// Writes a group in the order in which its changes were asked for; says what each of them came to.
    ///
    /// # Errors
    /// When the database fails; then nothing of the group is written.
    fn write(
        &mut self,
        connection: &mut SqliteConnection,
        group: &[Self::Change],
    ) -> impl Future<Output = Result<Vec<Self::Done>, sqlx::Error>> + Send;

    /// The group that was written last is durable.
    fn committed(&mut self) {}
}

/// The way to the one who writes. Clones share it; it ends when all are gone.
pub struct GroupWriter<W: WriteGroup>(mpsc::Sender<Entry<W>>);

struct Entry<W: WriteGroup> {
    change: W::Change,
    written: oneshot::Sender<Result<W::Done, Arc<sqlx::Error>>>,
}

impl<W: WriteGroup> GroupWriter<W> {
    /// Starts writing to `pool`, as `write` does it.
    #[must_use]
    pub fn start(pool: SqlitePool, write: W) -> Self {
        let (writer, queue) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(write_all(pool, write, queue));
        Self(writer)
    }

    /// Writes a change; says what it came to. It is durable then.
    ///
    /// # Errors
    /// The failure of its whole group: nothing of that was written.
    pub async fn write(&self, change: W::Change) -> Result<W::Done, Arc<sqlx::Error>> {
        let (written, answer) = oneshot::channel();
        let closed = || Arc::new(sqlx::Error::PoolClosed);
        self.0.send(Entry { change, written }).await.map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }
}

async fn write_all<W: WriteGroup>(pool: SqlitePool, mut write: W, mut queue: mpsc::Receiver<Entry<W>>) {
    let (mut entries, mut is_busy) = (Vec::new(), false);
    while queue.recv_many(&mut entries, GROUP_MAX).await > 0 {
        if is_busy && entries.len() < GROUP_MAX {
            tokio::time::sleep(GATHER).await;
            while entries.len() < GROUP_MAX
                && let Ok(entry) = queue.try_recv()
            {
                entries.push(entry);
            }
        }
        is_busy = entries.len() >= BUSY_FROM;
        let (group, askers): (Vec<_>, Vec<_>) = entries.drain(..).map(|entry| (entry.change, entry.written)).unzip();
        match write_group(&pool, &mut write, &group).await {
            // Whoever asked may be gone.
            Ok(done) => askers.into_iter().zip(done).for_each(|(asker, done)| drop(asker.send(Ok(done)))),
            Err(error) => {
                let error = Arc::new(error);
                askers.into_iter().for_each(|asker| drop(asker.send(Err(error.clone()))));
            }
        }
    }
}

/// All of the group or nothing.
async fn write_group<W: WriteGroup>(
    pool: &SqlitePool,
    write: &mut W,
    group: &[W::Change],
) -> Result<Vec<W::Done>, sqlx::Error> {
    let mut transaction = begin(pool).await?;
    let done = write.write(&mut transaction, group).await?;
    debug_assert_eq!(done.len(), group.len(), "every change comes to something");
    transaction.commit().await?;
    write.committed();
    Ok(done)
}

impl<W: WriteGroup> Clone for GroupWriter<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<W: WriteGroup> fmt::Debug for GroupWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GroupWriter")
    }
}
