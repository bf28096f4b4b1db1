//! A last write that a crash cut short, at every byte.

use super::{crashed, one_segment, open, segments};
use crate::command_log::P;
use crate::log_steps::{append, append_numbered, expect_numbered};
use rowlock_engine::ids::{Offset, PartitionId};
use rowlock_engine::ports::CommandLog;
use rowlock_persistence::embedded::log::TornTail;
use std::path::PathBuf;
use tempfile::TempDir;

/// A log of five records, and where the group of the last one begins and ends.
async fn five_records() -> (TempDir, usize, usize) {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), one_segment());
    append_numbered(&log, P, 0..4).await;
    let start = written(&segments(directory.path())[0]);
    append_numbered(&log, P, 4..5).await;
    let end = written(&segments(directory.path())[0]);
    (crashed(directory.path()), start, end)
}

/// Up to where a segment was written; no payload ends with a zero.
fn written(segment: &PathBuf) -> usize {
    let bytes = std::fs::read(segment).unwrap();
    bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1
}

/// Opens what `cut` makes of the log, and checks that it says what was torn and goes on after `kept` records.
async fn reopens_with(kept: u64, cut: impl FnOnce(&mut Vec<u8>)) {
    let (directory, start, _) = five_records().await;
    let segment = segments(directory.path()).remove(0);
    let mut bytes = std::fs::read(&segment).unwrap();
    cut(&mut bytes);
    // Zeros at the end may as well be those of the space allocated ahead.
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    std::fs::write(&segment, bytes).unwrap();
    let (position, bytes) = (start as u64, end.saturating_sub(start) as u64);
    let torn = TornTail { path: segment, position, bytes };
    let log = open(directory.path(), one_segment());
    assert_eq!(log.recovered(), (kept == 4 && bytes > 0).then_some(&torn));
    assert_eq!(log.end(P).await, Ok(Offset(kept)));
    append_numbered(&log, P, kept..kept + 2).await;
    log.close();
    drop(log);
    let log = open(directory.path(), one_segment());
    assert_eq!(log.recovered(), None, "what was cut off is gone");
    expect_numbered(&mut log.reader(P, Offset(0)).await.unwrap(), P, 0..kept + 2).await;
}

#[tokio::test]
async fn a_file_that_ends_in_the_last_write_is_cut_before_it() {
    let (_directory, start, end) = five_records().await;
    for len in start..end {
        reopens_with(4, |bytes| bytes.truncate(len)).await;
    }
    reopens_with(5, |bytes| bytes.truncate(end)).await;
}

#[tokio::test]
async fn a_last_write_of_which_only_a_part_reached_the_disk_is_cut_off() {
    let (_directory, start, end) = five_records().await;
    // What did not reach the disk reads as the zeros of the space allocated ahead.
    for len in start + 1..end {
        reopens_with(4, |bytes| bytes[len..].fill(0)).await;
    }
    // A disk may write the end before the beginning.
    for from in [start + 1, start + 8, start + 40, end - 1] {
        reopens_with(4, |bytes| bytes[start..from].fill(0)).await;
    }
}

#[tokio::test]
async fn a_torn_write_of_many_records_goes_as_a_whole() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), one_segment());
    append_numbered(&log, P, 0..3).await;
    let start = written(&segments(directory.path())[0]);
    append(&log, PartitionId(0), vec![7; 20_000]).await.unwrap();
    let copy = crashed(directory.path());
    let segment = segments(copy.path()).remove(0);
    let mut bytes = std::fs::read(&segment).unwrap();
    // A page in its midst is missing.
    bytes[start + 4_096..start + 8_192].fill(0);
    std::fs::write(&segment, bytes).unwrap();
    let log = open(copy.path(), one_segment());
    assert_eq!(log.recovered().map(|torn| torn.position), Some(start as u64));
    assert_eq!(log.end(PartitionId(0)).await, Ok(Offset(0)));
    expect_numbered(&mut log.reader(P, Offset(0)).await.unwrap(), P, 0..3).await;
    // What was cut off must not come up again behind what is written in its place.
    append_numbered(&log, P, 3..4).await;
    let again = open(crashed(copy.path()).path(), one_segment());
    assert_eq!((again.recovered(), again.end(P).await), (None, Ok(Offset(4))));
}
