//! Bugs that are planted into the glue, so that the checker has to find them: each is one that a backend or an actor could have.

use clap::ValueEnum;

/// A planted bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Planted {
    /// Request ids are not looked at
    SkipDedup,
    /// Request ids are forgotten with a restart
    ForgetDedup,
    /// Records are read, and answered, before they are durable
    ReplyBeforeDurable,
    /// The log loses a record in a crash after it said that it is durable
    LoseDurable,
    /// The checkpoint store takes one that is older than what it has
    CheckpointGoesBack,
    /// A checkpoint is written before the ledger has what it covers
    CheckpointAheadOfLedger,
    /// A checkpoint lacks an event that changed
    CheckpointLacksEvent,
    /// A checkpoint of what changed builds upon another one than it was made for
    DeltaWithoutBase,
    /// A chunk that is damaged is taken as it is
    DamagedChunk,
    /// After a restore, reading goes on one record too late
    RestoreSkips,
    /// After a restore, reading goes on where others had read to
    RestoreFromCommitted,
    /// Holds expire by the owner's clock
    OwnersClock,
    /// Holds that fall due while nothing arrives stay
    NoPulse,
    /// Outcomes that the log has are published again
    PublishAgain,
    /// The ledger does not look at the number before a batch
    LedgerUnguarded,
    /// A batch that the ledger did not take is left out
    SkipFailedBatch,
    /// Who cannot know whether a command was written is told that it was not
    UnknownIsNo,
}

/// Every planted bug, and from which number of seeds on it counts as not found.
pub const PLANTED: [(Planted, u64); 17] = [
    (Planted::SkipDedup, 100),
    (Planted::ForgetDedup, 200),
    (Planted::ReplyBeforeDurable, 100),
    (Planted::LoseDurable, 200),
    (Planted::CheckpointGoesBack, 1_000),
    (Planted::CheckpointAheadOfLedger, 500),
    (Planted::CheckpointLacksEvent, 500),
    (Planted::DeltaWithoutBase, 1_000),
    (Planted::DamagedChunk, 500),
    (Planted::RestoreSkips, 100),
    (Planted::RestoreFromCommitted, 100),
    (Planted::OwnersClock, 100),
    (Planted::NoPulse, 100),
    (Planted::PublishAgain, 100),
    (Planted::LedgerUnguarded, 200),
    (Planted::SkipFailedBatch, 1_000),
    (Planted::UnknownIsNo, 100),
];

impl Planted {
    /// As it is written on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What is wrong.
    pub fn what(self) -> String {
        self.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
    }
}
