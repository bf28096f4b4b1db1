//! Checkpoint files that are missing, damaged or left over.

use crate::checkpoint_store::{P, delta, expect};
use crate::command_log::PARTITIONS;
use rowlock_engine::ports::{CheckpointError, CheckpointStore};
use rowlock_persistence::embedded::{DataDir, LocalCheckpoints};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn open(path: &Path) -> LocalCheckpoints {
    LocalCheckpoints::open(&DataDir::open(path).unwrap(), PARTITIONS).unwrap()
}

fn files(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(path.join("checkpoints/1")).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// Two checkpoints; event 2 changed in between, and the files of the newer one alone.
async fn two_checkpoints() -> (TempDir, Vec<PathBuf>) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.save(P, delta(10, &[1, 2], &[1, 2])).await.unwrap();
    let before = files(directory.path());
    store.save(P, delta(20, &[1, 2], &[2])).await.unwrap();
    let newer = files(directory.path()).into_keys().filter(|path| !before.contains_key(path)).collect();
    (directory, newer)
}

/// Checks that the one before is given, and that the next save goes on from it.
async fn falls_back(path: &Path) {
    let store = open(path);
    expect(&store, 10, &[(1, 10), (2, 10)]).await;
    assert_eq!(store.oldest_kept(P).await, Ok(None), "nothing but the log is left to fall back to");
    store.save(P, delta(30, &[1, 2], &[1])).await.unwrap();
    expect(&store, 30, &[(1, 30), (2, 10)]).await;
    drop(store);
    expect(&open(path), 30, &[(1, 30), (2, 10)]).await;
}

#[tokio::test]
async fn a_missing_file_makes_the_one_before_the_newest() {
    let (_, newer) = two_checkpoints().await;
    assert_eq!(newer.len(), 3, "{newer:?}");
    for which in 0..newer.len() {
        let (directory, newer) = two_checkpoints().await;
        std::fs::remove_file(&newer[which]).unwrap();
        falls_back(directory.path()).await;
    }
}

#[tokio::test]
async fn any_changed_byte_makes_the_one_before_the_newest() {
    let (directory, newer) = two_checkpoints().await;
    for path in newer {
        let bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            std::fs::write(&path, changed).unwrap();
            expect(&open(directory.path()), 10, &[(1, 10), (2, 10)]).await;
        }
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        expect(&open(directory.path()), 10, &[(1, 10), (2, 10)]).await;
        std::fs::write(&path, bytes).unwrap();
        expect(&open(directory.path()), 20, &[(1, 10), (2, 20)]).await;
    }
}

#[tokio::test]
async fn without_a_whole_checkpoint_there_is_none() {
    let (directory, _) = two_checkpoints().await;
    for path in files(directory.path()).into_keys() {
        std::fs::write(path, "not any more").unwrap();
    }
    let store = open(directory.path());
    assert_eq!(store.load(P).await, Ok(None));
    assert_eq!(
        store.save(P, delta(20, &[1], &[])).await,
        Err(CheckpointError::MissingChunk { partition: P, event: 1 })
    );
    store.save(P, delta(20, &[1], &[1])).await.unwrap();
    expect(&store, 20, &[(1, 20)]).await;
}

#[tokio::test]
async fn an_unchanged_event_whose_file_is_gone_is_asked_for() {
    let (directory, _) = two_checkpoints().await;
    let store = open(directory.path());
    let gone = files(directory.path()).into_keys().find(|path| path.to_string_lossy().contains("event-1")).unwrap();
    std::fs::remove_file(gone).unwrap();
    let missing = Err(CheckpointError::MissingChunk { partition: P, event: 1 });
    assert_eq!(store.save(P, delta(30, &[1, 2], &[2])).await, missing);
    store.save(P, delta(30, &[1, 2], &[1, 2])).await.unwrap();
    expect(&store, 30, &[(1, 30), (2, 30)]).await;
}

#[tokio::test]
async fn nothing_is_left_of_what_no_checkpoint_names() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for at in 1..20 {
        store.save(P, delta(at * 10, &[1, 2, 3], &[1, 2, 3])).await.unwrap();
        assert!(files(directory.path()).len() <= 2 * 5, "two checkpoints of four chunks and a manifest");
    }
    let left_over = directory.path().join("checkpoints/1/0000000099-event-7.chunk");
    std::fs::write(&left_over, "a save that was cut short").unwrap();
    std::fs::write(left_over.with_extension("chunk.unfinished"), "another").unwrap();
    store.save(P, delta(200, &[1], &[1])).await.unwrap();
    store.save(P, delta(210, &[1], &[1])).await.unwrap();
    assert_eq!(files(directory.path()).len(), 2 * 3);
    drop(store);
    expect(&open(directory.path()), 210, &[(1, 210)]).await;
}
