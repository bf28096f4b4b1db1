//! Why actors stop, and what helps.

use super::restore::RestoreError;
use crate::ports::{CheckpointError, LedgerError, PublishError, ReadError};
use crate::shard::Fault;

/// Why a partition or its projector stopped.
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
    /// The projector could not ask the ledger where it is.
    #[error("the ledger: {0}")]
    Ledger(#[from] LedgerError),
    /// The projector could not read outcomes.
    #[error("the outcome log: {0}; restart the service, which derives what is missing again")]
    Outcomes(ReadError),
}

/// What helps against a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing but somebody who looks.
    Halt,
    /// Time: something outside is down, and starting again is right however long it takes.
    Wait,
    /// Starting again, perhaps; not for ever.
    Retry,
}

impl Failure {
    /// What helps.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Restore(error) if error.is_final() => Remedy::Halt,
            Self::Fault(_) => Remedy::Halt,
            Self::Publish(PublishError::Backend(_)) => Remedy::Wait,
            Self::Publish(_) => Remedy::Halt,
            Self::Read(ReadError::Trimmed { .. }) | Self::Outcomes(ReadError::Trimmed { .. }) => Remedy::Halt,
            Self::Restore(_) | Self::Read(_) | Self::Outcomes(_) | Self::Ledger(_) => Remedy::Wait,
            Self::Stale(_) => Remedy::Retry,
        }
    }
}
