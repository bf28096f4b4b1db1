//! A full disk, for real: a small file system of its own, where this process may mount one.

use super::{crashed, open};
use crate::command_log::{P, PARTITIONS};
use crate::log_steps::{append, append_numbered, expect_numbered};
use rowlock_engine::ids::{Offset, OutcomeNumber, PartitionId};
use rowlock_engine::ports::{
    AppendError, CheckpointDelta, CheckpointError, CheckpointStore, Chunk, CommandLog, Covers,
};
use rowlock_persistence::embedded::{DataDir, LocalCheckpoints, LogOptions};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A file system of one megabyte; gone when it is dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None` where this process may not mount: never on a build server, which runs as root.
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mount = ["-t", "tmpfs", "-o", "size=1m", "rowlock-test"];
        let mounted = Command::new("mount").args(mount).arg(directory.path()).output();
        if mounted.as_ref().is_ok_and(|output| output.status.success()) {
            return Some(Self(directory));
        }
        let is_root = rustix::process::geteuid().is_root();
        assert!(!(is_root && std::env::var_os("CI").is_some()), "a small disk could not be mounted: {mounted:?}");
        eprintln!("SKIPPED, nothing was tested: this process may not mount a small disk");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves `left` bytes of room at the most.
    fn fill(&self, left: u64) {
        let path = self.path().join("ballast");
        let fill = |bytes: u64| {
            let file = std::fs::File::options().create(true).truncate(false).write(true).open(&path).unwrap();
            rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes).is_ok()
        };
        let mut bytes = 2 << 20;
        while !fill(bytes) {
            bytes -= 4_096;
        }
        std::fs::File::options().write(true).open(&path).unwrap().set_len(bytes - left).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

fn options() -> LogOptions {
    LogOptions { segment_bytes: 32_768, allocate_bytes: 8_192, ..LogOptions::default() }
}

/// Appends until there is no room; returns how many records there are.
async fn until_full(log: &impl CommandLog, mut next: u64) -> u64 {
    loop {
        let record = [crate::log_steps::payload(P, next), vec![b' '; 500]].concat();
        match append(log, P, record).await {
            Ok(offset) => assert_eq!(offset, Offset(next)),
            Err(AppendError::NoSpace(problem)) => {
                assert!(problem.contains("full"), "{problem}");
                return next;
            }
            Err(error) => panic!("{error}"),
        }
        next += 1;
    }
}

#[tokio::test]
async fn a_full_disk_refuses_records_and_takes_them_again_when_there_is_room() {
    let Some(disk) = SmallDisk::mount() else { return };
    let log = open(disk.path(), options());
    let mut next = 0;
    // Once in the midst of a segment, and once where the next one should begin.
    for left in [12_288, 0, 40_960] {
        disk.fill(left);
        next = until_full(&log, next).await;
        for _ in 0..3 {
            let refused = append(&log, P, vec![b'x'; 20_000]).await;
            assert!(matches!(refused, Err(AppendError::NoSpace(_))), "{refused:?}");
        }
        assert_eq!(log.end(P).await, Ok(Offset(next)));
        // What a crash would leave at this moment is whole.
        let copy = crashed(disk.path());
        let reopened = open(copy.path(), options());
        assert_eq!((reopened.end(P).await, reopened.recovered()), (Ok(Offset(next)), None));
        disk.make_room();
        append(&log, P, b"there is room again".to_vec()).await.unwrap();
        next += 1;
    }
    assert_eq!(log.failure(), None);
    log.trim(P, Offset(next)).await.unwrap();
    append_numbered(&log, PartitionId(2), 0..5).await;
    drop(log);
    let log = open(disk.path(), options());
    assert_eq!(log.end(P).await, Ok(Offset(next)));
    expect_numbered(&mut log.reader(PartitionId(2), Offset(0)).await.unwrap(), PartitionId(2), 0..5).await;
}

#[tokio::test]
async fn a_full_disk_leaves_the_checkpoint_before_in_force() {
    let Some(disk) = SmallDisk::mount() else { return };
    let data_dir = DataDir::open(disk.path()).unwrap();
    let store = LocalCheckpoints::open(&data_dir, PARTITIONS).unwrap();
    let delta = |next_offset| CheckpointDelta {
        covers: Covers { next_offset: Offset(next_offset), outcome: OutcomeNumber(next_offset) },
        since: None,
        events: vec![1, 2],
        changed: [None, Some(1), Some(2)].map(|key| Chunk { key, bytes: vec![7; 50_000].into() }).into(),
    };
    store.save(P, delta(10)).await.unwrap();
    let files = || std::fs::read_dir(disk.path().join("checkpoints/1")).unwrap().count();
    let before = files();
    for left in [0, 60_000, 110_000] {
        disk.fill(left);
        assert!(matches!(store.save(P, delta(20)).await, Err(CheckpointError::Backend(_))));
        assert_eq!(files(), before, "nothing half written stays");
        assert_eq!(store.load(P).await.unwrap().unwrap().covers, delta(10).covers);
        disk.make_room();
    }
    store.save(P, delta(20)).await.unwrap();
    assert_eq!(store.load(P).await.unwrap().unwrap().covers, delta(20).covers);
}
