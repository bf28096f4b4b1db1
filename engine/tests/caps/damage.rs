//! Checkpoints that are not what they were: errors, never panics.

use crate::support::ask::{best, cancel, command, confirm, exchange, named, reserve};
use crate::support::busy::busy;
use crate::support::desk::{EVENT, checkpoint};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rowlock_engine::command::CommandBody;
use rowlock_engine::ids::{Offset, OutcomeNumber};
use rowlock_engine::limits::ACCEPTED_KEPT_MS;
use rowlock_engine::ports::{Checkpoint, Chunk};
use rowlock_engine::shard::snapshot::{SNAPSHOT_FORMAT, SnapshotError, restore_event};
use rowlock_engine::shard::{Shard, Stamp};

fn whole() -> Checkpoint {
    checkpoint(&busy().shard)
}

fn with_chunk(mut checkpoint: Checkpoint, at: usize, bytes: Vec<u8>) -> Checkpoint {
    checkpoint.chunks[at].bytes = bytes.into();
    checkpoint
}

fn restored(at: usize, bytes: Vec<u8>) -> Result<Shard, SnapshotError> {
    Shard::restore(&with_chunk(whole(), at, bytes))
}

#[test]
fn a_chunk_that_is_cut_off_or_goes_on_is_malformed() {
    let saved = whole();
    for (at, chunk) in saved.chunks.iter().enumerate() {
        for length in 0..chunk.bytes.len() {
            let result = Shard::restore(&with_chunk(saved.clone(), at, chunk.bytes[..length].to_vec()));
            assert!(matches!(result, Err(SnapshotError::Malformed { .. })), "chunk {at} cut to {length}");
        }
        let longer = [&chunk.bytes[..], &[0]].concat();
        let result = Shard::restore(&with_chunk(saved.clone(), at, longer));
        assert!(matches!(result, Err(SnapshotError::Malformed { .. })), "chunk {at} goes on");
    }
}

#[test]
fn another_format_is_named() {
    for at in 0..3 {
        let mut bytes = whole().chunks[at].bytes.to_vec();
        bytes[0] = SNAPSHOT_FORMAT + 1;
        let expected = SnapshotError::UnknownFormat { found: SNAPSHOT_FORMAT + 1 };
        assert_eq!(restored(at, bytes).unwrap_err(), expected);
        assert!(expected.to_string().contains("run a build that knows it"));
    }
}

#[test]
fn parts_that_do_not_belong_together_are_not_restored() {
    type Mix = (&'static str, fn(&mut Checkpoint));
    let mixes: &[Mix] = &[
        ("an event twice", |saved| saved.chunks.push(saved.chunks[1].clone())),
        ("a chunk under another key", |saved| saved.chunks[1].key = Some(7)),
        ("the partition's part twice", |saved| saved.chunks.push(saved.chunks[0].clone())),
        ("another offset", |saved| saved.covers.next_offset = Offset(1)),
        ("another outcome", |saved| saved.covers.outcome = OutcomeNumber(1)),
    ];
    for (name, mix) in mixes {
        let mut saved = whole();
        mix(&mut saved);
        let result = Shard::restore(&saved);
        assert!(matches!(result, Err(SnapshotError::Inconsistent { .. })), "{name}: {:?}", result.err());
    }
    let mut saved = whole();
    saved.chunks.remove(0);
    assert!(matches!(Shard::restore(&saved), Err(SnapshotError::Malformed { .. })));
}

/// Everything that a shard does with what it restored, until all holds are over.
fn use_up(shard: Shard) {
    let (now, next) = (shard.now(), shard.next_offset());
    if now.0 > u64::MAX / 2 || next.0 > u64::MAX / 2 || shard.last_outcome().0 > u64::MAX / 2 {
        return;
    }
    let mut outcomes = Vec::new();
    let late = now.plus_ms(ACCEPTED_KEPT_MS * 3);
    let bodies = (1..6).flat_map(|id| [confirm(id, Some(1)), exchange(id, best(1)), cancel(id)]);
    let commands = bodies.chain([reserve(9, best(1)), reserve(8, named(&[12])), CommandBody::Pulse]);
    let mut shard = shard;
    let _ = checkpoint(&shard);
    for (body, offset) in commands.zip(next.0..) {
        let at = if matches!(body, CommandBody::Pulse) { late } else { now };
        let stamp = Stamp { offset: Offset(offset), at };
        shard.apply(stamp, command(EVENT, body), &mut outcomes).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_bytes_never_panic(
        at in 0usize..3,
        changes in vec((any::<Index>(), prop_oneof![any::<u8>(), 0u8..4]), 1..4),
    ) {
        let mut bytes = SAVED.with(|saved| saved.chunks[at].bytes.to_vec());
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let damaged = SAVED.with(|saved| with_chunk(saved.clone(), at, bytes));
        if let Ok(shard) = Shard::restore(&damaged) {
            use_up(shard);
        }
    }

    #[test]
    fn any_bytes_never_panic(mut bytes in vec(any::<u8>(), 0..200), formatted in any::<bool>()) {
        if let (true, Some(first)) = (formatted, bytes.first_mut()) {
            *first = SNAPSHOT_FORMAT;
        }
        let _ = restore_event(&bytes);
        let own = Chunk { key: None, bytes: bytes.into() };
        let _ = Shard::restore(&Checkpoint { covers: whole().covers, chunks: vec![own] });
    }
}

thread_local! {
    static SAVED: Checkpoint = whole();
}
