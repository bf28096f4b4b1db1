//! The writer's queue: full, closed, and shared by callers that misbehave.

use super::{crashed, open, segments, small};
use crate::command_log::{P, PARTITIONS};
use crate::log_steps::{append, append_numbered, expect_numbered, next, payload};
use rowlock_engine::ids::{Offset, TimeMs};
use rowlock_engine::ports::{AppendError, CommandAppender, CommandLog};
use rowlock_persistence::embedded::LogOptions;
use std::fs::File;
use std::sync::mpsc;

/// Keeps the writer busy until the sender is dropped.
fn stall(log: &impl CommandAppender) -> mpsc::Sender<()> {
    let (go_on, wait) = mpsc::channel::<()>();
    let (stalled, is_stalled) = mpsc::channel();
    let done = Box::new(move |_| {
        stalled.send(()).unwrap();
        let _ = wait.recv();
    });
    log.append(P, payload(P, 0).into(), done).unwrap();
    is_stalled.recv().unwrap();
    go_on
}

#[tokio::test]
async fn a_full_queue_says_so_at_once() {
    let limits = [
        LogOptions { queue_records_max: 3, ..small() },
        LogOptions { queue_bytes_max: 3 * payload(P, 1).len(), ..small() },
    ];
    for options in limits {
        let directory = tempfile::tempdir().unwrap();
        let log = open(directory.path(), options);
        let go_on = stall(&log);
        for n in 1..4 {
            assert_eq!(log.append(P, payload(P, n).into(), Box::new(|_| ())), Ok(()));
        }
        let done = Box::new(|_| panic!("a refused record has no fate"));
        assert_eq!(log.append(P, payload(P, 4).into(), done), Err(AppendError::QueueFull));
        drop(go_on);
        expect_numbered(&mut log.reader(P, Offset(0)).await.unwrap(), P, 0..4).await;
        append_numbered(&log, P, 4..9).await;
    }
}

#[tokio::test]
async fn closing_finishes_what_is_queued_and_takes_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), small());
    let go_on = stall(&log);
    let (told, fates) = mpsc::channel();
    for n in 1..10 {
        let told = told.clone();
        log.append(P, payload(P, n).into(), Box::new(move |fate| told.send(fate).unwrap())).unwrap();
    }
    let mut reader = log.reader(P, Offset(0)).await.unwrap();
    drop(go_on);
    log.close();
    drop(told);
    assert_eq!(fates.iter().collect::<Vec<_>>(), (1..10).map(|n| Ok(Offset(n))).collect::<Vec<_>>());
    assert!(matches!(append(&log, P, vec![]).await, Err(AppendError::Closed(_))));
    expect_numbered(&mut reader, P, 0..10).await;
    let ended = next(&mut reader).await.unwrap_err().to_string();
    assert!(ended.contains("closed"), "{ended}");
    drop(log);
    drop(reader);
    let log = open(directory.path(), small());
    expect_numbered(&mut log.reader(P, Offset(0)).await.unwrap(), P, 0..10).await;
}

#[tokio::test]
async fn a_caller_that_panics_takes_nobody_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), small());
    log.append(P, payload(P, 0).into(), Box::new(|_| panic!("on purpose"))).unwrap();
    append_numbered(&log, P, 1..3).await;
}

#[tokio::test]
async fn the_last_clone_may_be_dropped_by_a_caller_that_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let log = open(directory.path(), small());
    let (told, fate) = tokio::sync::oneshot::channel();
    let clone = log.clone();
    let done = Box::new(move |result| {
        drop(clone);
        drop(told.send(result));
    });
    log.append(P, payload(P, 0).into(), done).unwrap();
    drop(log);
    assert_eq!(fate.await.unwrap(), Ok(Offset(0)));
}

#[tokio::test]
async fn a_clock_that_goes_back_moves_no_stamp_back() {
    let directory = tempfile::tempdir().unwrap();
    let late = LogOptions { clock: || TimeMs(2_000), ..small() };
    let early = LogOptions { clock: || TimeMs(1_000), ..small() };
    append_numbered(&open(directory.path(), late), P, 0..1).await;
    let log = open(directory.path(), early);
    append_numbered(&log, P, 1..2).await;
    let records = next(&mut log.reader(P, Offset(1)).await.unwrap()).await.unwrap();
    assert_eq!(records[0].at, TimeMs(2_000));
}

#[tokio::test]
async fn a_segment_without_records_still_knows_the_time() {
    let directory = tempfile::tempdir().unwrap();
    let late = LogOptions { clock: || TimeMs(2_000), ..small() };
    let log = open(directory.path(), late);
    append_numbered(&log, P, 0..50).await;
    let mut end = 0;
    while segments(directory.path()).len() > 1 {
        end += 1;
        log.trim(P, Offset(end)).await.unwrap();
    }
    // A crash right after the segment was made; those before it are gone.
    let copy = crashed(directory.path());
    let header = 8 + 4 + 2 + 8 + 8 + 8 * u64::from(PARTITIONS) + 4;
    let last = File::options().write(true).open(&segments(copy.path())[0]).unwrap();
    last.set_len(header).unwrap();
    let log = open(copy.path(), LogOptions { clock: || TimeMs(1_000), ..small() });
    append_numbered(&log, P, end..end + 1).await;
    let records = next(&mut log.reader(P, Offset(end)).await.unwrap()).await.unwrap();
    assert_eq!(records[0].at, TimeMs(2_000));
}
