//! What every checkpoint store must do, whatever it is made of.

use rowlock_engine::ids::{Offset, OutcomeNumber, PartitionId};
use rowlock_engine::ports::{Checkpoint, CheckpointDelta, CheckpointError, CheckpointStore, Chunk, Covers};

pub const P: PartitionId = PartitionId(1);
const Q: PartitionId = PartitionId(2);

/// A store with a place of its own, for three partitions, which it can be opened on again.
pub trait Backend {
    type Store: CheckpointStore + Clone;
    async fn fresh() -> Self;
    async fn open(&self) -> Self::Store;
}

/// Makes a test of every clause of the contract for one backend.
macro_rules! checkpoint_store_contract {
    ($backend:ty: $($clause:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $clause() {
            $crate::checkpoint_store::$clause::<$backend>().await;
        })*
    };
}
pub(crate) use checkpoint_store_contract;

fn covers(next_offset: u64) -> Covers {
    Covers { next_offset: Offset(next_offset), outcome: OutcomeNumber(next_offset * 2) }
}

fn chunk(key: Option<u64>, written_at: u64) -> Chunk {
    let text = format!("{key:?} as of {written_at}, ").repeat(usize::try_from(written_at % 7 + 1).unwrap());
    Chunk { key, bytes: text.into() }
}

/// A checkpoint at `next_offset` of `events`, of which `changed` changed.
pub fn delta(next_offset: u64, events: &[u64], changed: &[u64]) -> CheckpointDelta {
    let keys = std::iter::once(None).chain(changed.iter().copied().map(Some));
    let changed = keys.map(|key| chunk(key, next_offset)).collect();
    let since = Some(OutcomeNumber(0));
    CheckpointDelta { covers: covers(next_offset), since, events: events.to_vec(), changed }
}

/// Checks that the newest checkpoint is the one at `next_offset`, with the chunks of `events` as of then.
pub async fn expect(store: &impl CheckpointStore, next_offset: u64, events: &[(u64, u64)]) {
    let Checkpoint { covers: found, mut chunks } = store.load(P).await.unwrap().expect("there is a checkpoint");
    chunks.sort_by_key(|chunk| chunk.key);
    let events = events.iter().map(|(event, written_at)| chunk(Some(*event), *written_at));
    let expected: Vec<Chunk> = std::iter::once(chunk(None, next_offset)).chain(events).collect();
    assert_eq!((found, chunks), (covers(next_offset), expected));
}

pub async fn at_first_there_is_none<B: Backend>() {
    let backend = B::fresh().await;
    let store = backend.open().await;
    assert_eq!(store.load(P).await, Ok(None));
    assert_eq!(store.oldest_kept(P).await, Ok(None));
}

pub async fn what_is_saved_comes_back_whole<B: Backend>() {
    let backend = B::fresh().await;
    let store = backend.open().await;
    store.save(P, delta(10, &[1, u64::MAX], &[1, u64::MAX])).await.unwrap();
    expect(&store, 10, &[(1, 10), (u64::MAX, 10)]).await;
    assert_eq!(store.load(Q).await, Ok(None));
    drop(store);
    expect(&backend.open().await, 10, &[(1, 10), (u64::MAX, 10)]).await;
}

pub async fn unchanged_events_are_carried_along<B: Backend>() {
    let backend = B::fresh().await;
    let store = backend.open().await;
    store.save(P, delta(10, &[1, 2, 3], &[1, 2, 3])).await.unwrap();
    store.save(P, delta(20, &[1, 2, 3], &[2])).await.unwrap();
    store.save(P, delta(30, &[1, 2, 3, 4], &[4])).await.unwrap();
    store.save(P, delta(40, &[1, 2, 3, 4], &[])).await.unwrap();
    expect(&store, 40, &[(1, 10), (2, 20), (3, 10), (4, 30)]).await;
    drop(store);
    let store = backend.open().await;
    store.save(P, delta(50, &[1, 2, 3, 4], &[3])).await.unwrap();
    expect(&store, 50, &[(1, 10), (2, 20), (3, 50), (4, 30)]).await;
}

pub async fn events_that_are_no_more_are_left_out<B: Backend>() {
    let backend = B::fresh().await;
    let store = backend.open().await;
    store.save(P, delta(10, &[1, 2], &[1, 2])).await.unwrap();
    store.save(P, delta(20, &[2], &[])).await.unwrap();
    expect(&store, 20, &[(2, 10)]).await;
}

pub async fn a_checkpoint_never_goes_back<B: Backend>() {
    let backend = B::fresh().await;
    let store = backend.open().await;
    store.save(P, delta(20, &[1], &[1])).await.unwrap();
    let stale = CheckpointError::Stale { partition: P, stored: Offset(20), offered: Offset(19) };
    assert_eq!(store.save(P, delta(19, &[1], &[1])).await, Err(stale.clone()));
    drop(store);
    let store = backend.open().await;
    assert_eq!(store.save(P, delta(19, &[], &[])).await, Err(stale));
    expect(&store, 20, &[(1, 20)]).await;
    assert_eq!(store.save(P, delta(20, &[1], &[1])).await, Ok(()), "the same again is not going back");
    assert_eq!(store.save(Q, delta(1, &[1], &[1])).await, Ok(()), "each partition goes for itself");
}

pub async fn a_chunk_that_is_not_there_is_asked_for<B: Backend>() {
    let backend = B::fresh().await;
    let store = backend.open().await;
    let missing = |event| Err(CheckpointError::MissingChunk { partition: P, event });
    assert_eq!(store.save(P, delta(10, &[5], &[])).await, missing(5));
    assert_eq!(store.load(P).await, Ok(None));
    store.save(P, delta(10, &[5], &[5])).await.unwrap();
    assert_eq!(store.save(P, delta(20, &[5, 6], &[])).await, missing(6));
    expect(&store, 10, &[(5, 10)]).await;
}

pub async fn a_chunk_that_is_too_old_is_asked_for<B: Backend>() {
    let backend = B::fresh().await;
    let store = backend.open().await;
    store.save(P, delta(10, &[5, 6], &[5, 6])).await.unwrap();
    // Builds upon a checkpoint at 20 that the store has lost, or never had; event 5 may have changed before it.
    let lacking = CheckpointDelta { since: Some(covers(20).outcome), ..delta(30, &[5, 6], &[6]) };
    assert_eq!(store.save(P, lacking).await, Err(CheckpointError::MissingChunk { partition: P, event: 5 }));
    expect(&store, 10, &[(5, 10), (6, 10)]).await;
    let whole = CheckpointDelta { since: Some(covers(20).outcome), ..delta(30, &[5, 6], &[5, 6]) };
    store.save(P, whole).await.unwrap();
    let upon_it = CheckpointDelta { since: Some(covers(30).outcome), ..delta(40, &[5, 6], &[6]) };
    store.save(P, upon_it).await.unwrap();
    expect(&store, 40, &[(5, 30), (6, 40)]).await;
}

pub async fn the_one_before_is_kept<B: Backend>() {
    let backend = B::fresh().await;
    let store = backend.open().await;
    store.save(P, delta(10, &[1], &[1])).await.unwrap();
    let oldest = store.oldest_kept(P).await.unwrap();
    assert!(oldest.is_none_or(|oldest| oldest == covers(10)), "{oldest:?}");
    for at in [20, 30, 40] {
        store.save(P, delta(at, &[1], &[])).await.unwrap();
        assert_eq!(store.oldest_kept(P).await, Ok(Some(covers(at - 10))));
    }
    drop(store);
    assert_eq!(backend.open().await.oldest_kept(P).await, Ok(Some(covers(30))));
}
