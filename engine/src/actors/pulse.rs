//! Wakes a partition when its next hold falls due, so that the log gets a record that carries the time.

use super::partition::Message;
use crate::ids::TimeMs;
use ractor::ActorRef;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How soon a pulse follows another at the earliest.
const WAIT_MIN: Duration = Duration::from_millis(5);
/// How long a pulse waits at the most before it looks again.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// How long after a pulse that was lost the next one is tried.
const RETRY_WAIT: Duration = Duration::from_millis(500);

/// The pulse that is armed, if any.
#[derive(Default)]
pub struct Pulse(Option<Armed>);

struct Armed {
    at: Instant,
    timer: AbortHandle,
}

impl Pulse {
    /// Arms the pulse for `due`, unless one comes early enough. The log's clock is its last stamp, `now`, plus what has passed since.
    pub fn follow(&mut self, partition: &ActorRef<Message>, now: TimeMs, due: Option<TimeMs>) {
        if let Some(due) = due {
            let wait = Duration::from_millis(due.0.saturating_sub(now.0));
            self.arm(partition, wait.clamp(WAIT_MIN, WAIT_MAX));
        }
    }

    /// The last one got lost: another is wanted, though no batch comes that would arm it.
    pub fn retry(&mut self, partition: &ActorRef<Message>) {
        self.arm(partition, RETRY_WAIT);
    }

    /// It went off, or is not wanted any more.
    pub fn fired(&mut self) {
        if let Some(armed) = self.0.take() {
            armed.timer.abort();
        }
    }

    fn arm(&mut self, partition: &ActorRef<Message>, wait: Duration) {
        let at = Instant::now() + wait;
        // A little late is better than a new timer for every batch.
        if self.0.as_ref().is_some_and(|armed| armed.at <= at + WAIT_MIN) {
            return;
        }
        self.fired();
        let timer = partition.send_after(wait, || Message::Pulse).abort_handle();
        self.0 = Some(Armed { at, timer });
    }
}
