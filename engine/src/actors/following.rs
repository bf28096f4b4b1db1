//! Passes changes of ownership on to the supervisor, and back that partitions have been let go.

use super::supervisor::Message;
use crate::ids::PartitionId;
use crate::ports::{Assignment, Assignments};
use ractor::ActorRef;
use std::time::Duration;
use tokio::task::JoinSet;

/// Follows `assignments` to its end, and waits until everything that was revoked has been let go. Partitions are
/// let go side by side: what one of them waits for must not keep the others.
pub async fn follow(mut assignments: impl Assignments, supervisor: ActorRef<Message>, release_timeout: Duration) {
    let mut releasing = JoinSet::new();
    loop {
        let assignment = tokio::select! {
            assignment = assignments.next() => assignment,
            Some(released) = releasing.join_next() => {
                note(&mut assignments, released);
                continue;
            }
        };
        match assignment {
            Some(Assignment::Assigned(partition)) => {
                // It may be one of those that are being let go.
                while let Some(released) = releasing.join_next().await {
                    note(&mut assignments, released);
                }
                if supervisor.cast(Message::Assigned(partition)).is_err() {
                    return;
                }
            }
            Some(Assignment::Revoked(partition)) => {
                releasing.spawn(release(supervisor.clone(), partition, release_timeout * 2));
            }
            None => break,
        }
    }
    while let Some(released) = releasing.join_next().await {
        note(&mut assignments, released);
    }
}

async fn release(supervisor: ActorRef<Message>, partition: PartitionId, timeout: Duration) -> PartitionId {
    let released = supervisor.call(|reply| Message::Revoked(partition, reply), Some(timeout)).await;
    if !released.is_ok_and(|result| result.is_success()) {
        tracing::warn!(%partition, "was not let go in time");
    }
    partition
}

fn note(assignments: &mut impl Assignments, released: Result<PartitionId, tokio::task::JoinError>) {
    assignments.released(released.expect("letting go does not panic"));
}
