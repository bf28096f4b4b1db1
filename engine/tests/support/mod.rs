//! What the engine's tests share: random commands, a log to put them in, and a model that knows outcomes only.

pub mod commands;
pub mod model;

use rowlock_engine::codec::{encode_command, encode_outcome};
use rowlock_engine::command::Command;
use rowlock_engine::ids::{Offset, PartitionId, TimeMs};
use rowlock_engine::outcome::Outcome;
use rowlock_engine::ports::{Checkpoint, Chunk, Record};
use rowlock_engine::processor::Processor;
use rowlock_engine::shard::snapshot::Frozen;

pub const PARTITION: PartitionId = PartitionId(3);

/// Records as the log would give them: offsets in order, stamps as they come.
pub fn records(commands: &[(u64, Command)]) -> Vec<Record> {
    let record = |(offset, (at, command)): (u64, &(u64, Command))| Record {
        offset: Offset(offset),
        at: TimeMs(*at),
        payload: encode_command(command),
    };
    (0..).zip(commands).map(record).collect()
}

/// Outcomes as they would be published.
pub fn bytes(outcomes: &[Outcome]) -> Vec<Vec<u8>> {
    outcomes.iter().map(|outcome| encode_outcome(outcome).to_vec()).collect()
}

/// Everything that a processor's state consists of.
pub fn state(processor: &Processor) -> Vec<Chunk> {
    processor.freeze().delta(None).changed
}

/// The checkpoint that `frozen` makes, whole.
pub fn checkpoint(frozen: &Frozen) -> Checkpoint {
    Checkpoint { covers: frozen.covers(), chunks: frozen.delta(None).changed }
}
