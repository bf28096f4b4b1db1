//! One step of a run, with all that chance decided in it: a list of moves is a run, and a part of the list is one as well.

use rowlock_engine::command::Command;
use std::fmt;

/// A partition, and the task that owns it or thinks so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub partition: u16,
    pub task: u8,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "partition {} at task {}", self.partition, self.task)
    }
}

/// What becomes of a call to something outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done.
    Done,
    /// It is not, and that is told.
    Fails,
    /// It is done, and told as failed.
    Unknown,
}

/// One step. What is not possible when its turn comes is left out.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// A client asks for something.
    Ask { call: u32, command: Box<Command> },
    /// A client asks once more, with the same request id, or with that id for something else.
    AskAgain { call: u32, of: u32, differs: bool },
    /// The network brings a call to the gateway, which appends it; it may be brought once more.
    Deliver { call: u32, stays: bool },
    /// The network loses a call.
    Lose { call: u32 },
    /// The gateway reads outcomes and answers those who wait; its answers may be lost.
    Answer { partition: u16, most: usize, lost: bool },
    /// Records become durable.
    Sync { partition: u16, records: usize },
    /// The log's server goes down and comes back: the first few that waited were written, the others not.
    Tear { partition: u16, kept: usize },
    /// A task is given a partition; whoever had it may not know.
    Assign(Place),
    /// An owner loads its checkpoint.
    Load(Place, Fate),
    /// It opens the log where the checkpoint ends.
    Open(Place, Fate),
    /// It reads a batch.
    Read { place: Place, most: usize },
    /// It applies a batch.
    Process(Place),
    /// It publishes the outcomes; at most so many, then the log fails.
    Publish { place: Place, fails_after: Option<usize> },
    /// Its pulse goes off.
    Pulse(Place),
    /// It takes a snapshot to be saved.
    Freeze(Place),
    /// A snapshot is saved, by whoever took it, dead or alive.
    Save { place: Place, which: usize, fate: Fate },
    /// It fails, and is started again.
    Fail(Place),
    /// It is told to let go: finishes, saves, and is gone.
    Release(Place),
    /// The projection reads outcomes.
    Project { place: Place, most: usize },
    /// The projection records what it has read.
    Record(Place, Fate),
    /// A task dies with all it has; in one process, the logs' queues and outcomes with it. The last task is the gateway's.
    Crash { task: u8, kept: usize },
    /// The newest checkpoint is lost.
    LoseCheckpoint { partition: u16 },
    /// A bit of it changes.
    Damage { partition: u16, place: u32 },
    /// Time passes.
    Wait { ms: u64 },
    /// The log's clock is set.
    SetClock { ms: i64 },
}
