//! Requests that wait for a connection, first come, first served.

use super::{Request, Response, Unanswered, WAITING_MAX};
use std::cell::RefCell;
use std::collections::VecDeque;
use tokio::sync::{Notify, oneshot};

/// A request, and where its answer goes.
pub(super) struct Job {
    pub request: Request,
    pub answer: oneshot::Sender<Result<Response, Unanswered>>,
}

/// What waits for a connection.
#[derive(Default)]
pub(super) struct Queue {
    jobs: RefCell<VecDeque<Job>>,
    pushed: Notify,
}

impl Queue {
    /// False when there is no room.
    pub fn push(&self, job: Job) -> bool {
        let mut jobs = self.jobs.borrow_mut();
        if jobs.len() >= WAITING_MAX {
            return false;
        }
        jobs.push_back(job);
        self.pushed.notify_one();
        true
    }

    pub async fn pop(&self) -> Job {
        loop {
            if let Some(job) = self.take() {
                return job;
            }
            self.pushed.notified().await;
        }
    }

    fn take(&self) -> Option<Job> {
        let mut jobs = self.jobs.borrow_mut();
        let job = jobs.pop_front()?;
        // A notification is kept for one only: whoever takes a job wakes the next.
        if !jobs.is_empty() {
            self.pushed.notify_one();
        }
        Some(job)
    }

    pub fn len(&self) -> usize {
        self.jobs.borrow().len()
    }
}
