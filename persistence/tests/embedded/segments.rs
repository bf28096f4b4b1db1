//! Segments come and go, and readers on their way through them notice nothing.

use super::{open, segments, small};
use crate::command_log::P;
use crate::log_steps::{append_numbered, expect_numbered, next};
use rowlock_engine::ids::{Offset, PartitionId};
use rowlock_engine::ports::{CommandLog, ReadError};

#[tokio::test]
async fn a_segment_goes_when_every_partition_is_done_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), small());
    append_numbered(&log, PartitionId(0), 0..1).await;
    append_numbered(&log, P, 0..100).await;
    let all = segments(directory.path()).len();
    assert!(all >= 3, "{all}");
    log.trim(P, Offset(100)).await.unwrap();
    assert_eq!(segments(directory.path()).len(), all, "one record of another partition is still wanted");
    log.trim(PartitionId(0), Offset(1)).await.unwrap();
    assert_eq!(segments(directory.path()).len(), 1, "the active segment stays");
    drop(log);
    let log = open(directory.path(), small());
    assert_eq!(log.end(P).await, Ok(Offset(100)));
    assert_eq!(log.end(PartitionId(0)).await, Ok(Offset(1)));
    append_numbered(&log, P, 100..110).await;
    let trimmed = ReadError::Trimmed { partition: P, asked: 99, first: 100 };
    assert_eq!(log.reader(P, Offset(99)).await.err(), Some(trimmed));
    expect_numbered(&mut log.reader(P, Offset(100)).await.unwrap(), P, 100..110).await;
}

#[tokio::test]
async fn trimming_what_was_never_written_trims_what_was() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), small());
    append_numbered(&log, P, 0..10).await;
    log.trim(P, Offset(1_000)).await.unwrap();
    append_numbered(&log, P, 10..12).await;
    expect_numbered(&mut log.reader(P, Offset(10)).await.unwrap(), P, 10..12).await;
    drop(log);
    assert_eq!(open(directory.path(), small()).end(P).await, Ok(Offset(12)));
}

#[tokio::test]
async fn batches_keep_to_their_caps() {
    let directory = tempfile::tempdir().unwrap();
    let options = small();
    let log = open(directory.path(), options);
    append_numbered(&log, P, 0..200).await;
    for from in [0, 195] {
        let mut reader = log.reader(P, Offset(from)).await.unwrap();
        let mut due = from;
        while due < 200 {
            let records = next(&mut reader).await.unwrap();
            assert!(records.len() <= options.batch_records_max, "{}", records.len());
            due += records.len() as u64;
        }
    }
}

#[tokio::test]
async fn a_reader_that_falls_behind_goes_back_to_the_files() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), small());
    let mut reader = log.reader(P, Offset(0)).await.unwrap();
    for round in 0..20 {
        append_numbered(&log, P, round * 40..round * 40 + 40).await;
        let records = next(&mut reader).await.unwrap();
        assert_eq!(records[0].offset.0 % 7, 0, "full batches of seven, though the tail is far ahead");
        assert_eq!(records[0].offset.0 / 7, round);
    }
    expect_numbered(&mut reader, P, 140..800).await;
    append_numbered(&log, P, 800..801).await;
    expect_numbered(&mut reader, P, 800..801).await;
}
