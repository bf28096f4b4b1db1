//! An outcome on its way to whoever waits for it.

use rowlock_engine::outcome::{Answer, BookingChange, Change, Outcome, OutcomeBody};
use rowlock_engine::refusal::Refusal;
use std::ops::Deref;
use std::sync::Arc;

/// One outcome of a batch, shared with everybody else who reads it.
#[derive(Clone, Debug)]
pub struct Reply {
    batch: Arc<[Outcome]>,
    index: usize,
}

impl Reply {
    /// The outcome at `index` of `batch`.
    pub(crate) fn new(batch: Arc<[Outcome]>, index: usize) -> Self {
        Self { batch, index }
    }

    /// Whether this answer was given before, to the same request.
    pub fn is_repeated(&self) -> bool {
        matches!(self.body, OutcomeBody::Repeated(_))
    }

    /// What was done, or why not.
    ///
    /// # Errors
    /// The refusal.
    pub fn change(&self) -> Result<&Change, &Refusal> {
        match &self.body {
            OutcomeBody::Done(change) => Ok(change),
            OutcomeBody::Refused(refused) => Err(&refused.refusal),
            OutcomeBody::Repeated(answer) => match &**answer {
                Answer::Done(change) => Ok(change),
                Answer::Refused(refused) => Err(&refused.refusal),
            },
        }
    }

    /// What became of a booking.
    ///
    /// # Errors
    /// The refusal.
    ///
    /// # Panics
    /// If the command was not about a booking.
    pub fn booking(&self) -> Result<&BookingChange, &Refusal> {
        self.change().map(|change| match change {
            Change::Booking(change) => &**change,
            other => panic!("a command about a booking was answered with {other:?}"),
        })
    }
}

impl Deref for Reply {
    type Target = Outcome;

    fn deref(&self) -> &Outcome {
        &self.batch[self.index]
    }
}
