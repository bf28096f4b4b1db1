//! Damage anywhere but in the last write: the log is not opened, and says where and why.

use super::{crashed, open, segments, small};
use crate::command_log::{P, PARTITIONS};
use crate::log_steps::append_numbered;
use rowlock_engine::ids::PartitionId;
use rowlock_persistence::embedded::{DataDir, LocalLog, LogError};
use std::path::Path;
use tempfile::TempDir;

/// A log with several segments, as a crash would leave it.
async fn several_segments() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), small());
    append_numbered(&log, P, 0..60).await;
    append_numbered(&log, PartitionId(2), 0..20).await;
    crashed(directory.path())
}

fn error(path: &Path) -> LogError {
    LocalLog::open(&DataDir::open(path).unwrap(), PARTITIONS, small()).expect_err("the damage is noticed")
}

/// Changes a file and tells what opening the log says of it.
async fn after(which: usize, change: impl FnOnce(&mut Vec<u8>)) -> (LogError, std::path::PathBuf) {
    let directory = several_segments().await;
    let segment = segments(directory.path()).remove(which);
    let mut bytes = std::fs::read(&segment).unwrap();
    change(&mut bytes);
    std::fs::write(&segment, bytes).unwrap();
    (error(directory.path()), segment)
}

#[tokio::test]
async fn any_changed_byte_of_an_earlier_segment_is_noticed() {
    let directory = several_segments().await;
    let paths = segments(directory.path());
    assert!(paths.len() >= 3, "{paths:?}");
    let bytes = std::fs::read(&paths[1]).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        std::fs::write(&paths[1], changed).unwrap();
        match error(directory.path()) {
            LogError::Damaged { path, position, .. } => {
                assert_eq!(path, paths[1]);
                assert!(position <= at as u64, "byte {at} is said to be at {position}");
            }
            LogError::UnknownFormat { path, .. } => assert_eq!((path, at / 4), (paths[1].clone(), 2)),
            error => panic!("byte {at}: {error}"),
        }
    }
    std::fs::write(&paths[1], bytes).unwrap();
    open(directory.path(), small());
}

#[tokio::test]
async fn a_changed_byte_with_whole_writes_behind_it_is_noticed_in_the_last_segment() {
    let directory = several_segments().await;
    let last = segments(directory.path()).pop().unwrap();
    let bytes = std::fs::read(&last).unwrap();
    let first_group = 8 + 4 + 2 + 8 + 8 + 8 * usize::from(PARTITIONS) + 4;
    for at in first_group..first_group + 50 {
        let mut changed = bytes.clone();
        changed[at] ^= 0x01;
        std::fs::write(&last, changed).unwrap();
        match error(directory.path()) {
            LogError::Damaged { path, position, problem } => {
                assert_eq!((path, position), (last.clone(), first_group as u64));
                assert!(problem.contains("a whole group follows at byte"), "{problem}");
            }
            error => panic!("byte {at}: {error}"),
        }
    }
}

#[tokio::test]
async fn damage_to_the_last_records_of_a_log_that_was_closed_is_not_taken_for_a_torn_write() {
    let directory = tempfile::tempdir().unwrap();
    for life in 0..3 {
        let log = open(directory.path(), small());
        append_numbered(&log, P, life..life + 1).await;
    }
    open(directory.path(), small());
    let segment = segments(directory.path()).remove(0);
    let mut bytes = std::fs::read(&segment).unwrap();
    let last = bytes.windows(3).rposition(|window| window == b"1/2").unwrap();
    bytes[last] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    assert!(matches!(error(directory.path()), LogError::Damaged { path, .. } if path == segment));
}

#[tokio::test]
async fn a_message_names_the_file_the_place_and_the_remedy() {
    let (error, path) = after(0, |bytes| bytes[100] ^= 1).await;
    let text = error.to_string();
    assert!(text.starts_with(&path.display().to_string()), "{text}");
    assert!(text.contains("damaged at byte") && text.contains("backup"), "{text}");
}

#[tokio::test]
async fn an_earlier_segment_that_is_too_short_is_noticed() {
    let (error, path) = after(1, |bytes| bytes.truncate(bytes.len() - 1)).await;
    assert!(matches!(&error, LogError::Damaged { path: named, .. } if *named == path), "{error}");
    let (error, _) = after(1, Vec::clear).await;
    assert!(matches!(&error, LogError::Damaged { position: 0, .. }), "{error}");
}

#[tokio::test]
async fn a_missing_segment_is_named() {
    for which in [0, 1] {
        let directory = several_segments().await;
        let path = segments(directory.path()).remove(which);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(error(directory.path()), LogError::MissingSegment { path });
    }
}

#[tokio::test]
async fn a_segment_under_another_ones_name_is_noticed() {
    let directory = several_segments().await;
    let paths = segments(directory.path());
    std::fs::copy(&paths[0], &paths[1]).unwrap();
    assert!(matches!(error(directory.path()), LogError::Damaged { path, position: 0, .. } if path == paths[1]));
}

#[tokio::test]
async fn another_format_and_another_number_of_partitions_are_refused() {
    let (error, path) = after(0, |bytes| bytes[8] = 9).await;
    assert_eq!(error, LogError::UnknownFormat { path, found: 9 });
    let directory = several_segments().await;
    let opened = LocalLog::open(&DataDir::open(directory.path()).unwrap(), PARTITIONS + 1, small());
    assert!(matches!(opened, Err(LogError::OtherPartitions { stored: PARTITIONS, asked: 4, .. })));
}
