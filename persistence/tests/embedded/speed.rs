//! How fast the local log is: prints, and judges only what is far off. Run it alone and optimised:
//! `cargo test --profile ci -p rowlock-persistence --test embedded_contracts speed -- --ignored --nocapture --test-threads 1`

use super::open;
use crate::command_log::P;
use crate::log_steps::{append, next};
use rowlock_engine::ids::{Offset, PartitionId};
use rowlock_engine::ports::{AppendError, CommandAppender, CommandLog};
use rowlock_persistence::embedded::LogOptions;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const RECORDS: u64 = 1_000_000;
const RECORD_BYTES: usize = 150;

/// Appends as fast as the queue takes it, and waits until all is durable.
fn pour(log: &impl CommandAppender, partitions: u64, records: u64) -> Duration {
    let payload = bytes::Bytes::from(vec![b'x'; RECORD_BYTES]);
    let durable = Arc::new(AtomicU64::new(0));
    let (all, are_durable) = mpsc::channel();
    let began = Instant::now();
    for n in 0..records {
        loop {
            let (durable, all) = (durable.clone(), all.clone());
            let done = Box::new(move |fate: Result<Offset, AppendError>| {
                fate.unwrap();
                if durable.fetch_add(1, Ordering::Relaxed) + 1 == records {
                    all.send(()).unwrap();
                }
            });
            let partition = PartitionId(u16::try_from(n % partitions).unwrap());
            match log.append(partition, payload.clone(), done) {
                Ok(()) => break,
                Err(AppendError::QueueFull) => std::thread::sleep(Duration::from_micros(200)),
                Err(error) => panic!("{error}"),
            }
        }
    }
    are_durable.recv().unwrap();
    began.elapsed()
}

fn per_second(records: u64, took: Duration) -> u64 {
    (records as f64 / took.as_secs_f64()) as u64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
async fn appending_opening_and_reading() {
    for partitions in [1, 3] {
        let directory = tempfile::tempdir_in(std::env::current_dir().unwrap()).unwrap();
        let log = open(directory.path(), LogOptions::default());
        let took = pour(&log, partitions, RECORDS);
        println!("append, {partitions} partitions: {} records/s", per_second(RECORDS, took));
        drop(log);
        let began = Instant::now();
        let log = open(directory.path(), LogOptions::default());
        println!("open {RECORDS} records: {:?}", began.elapsed());
        let (began, mut due) = (Instant::now(), 0);
        let mut reader = log.reader(PartitionId(0), Offset(0)).await.unwrap();
        while due < RECORDS / partitions {
            due += next(&mut reader).await.unwrap().len() as u64;
        }
        println!("read one of {partitions} partitions from files: {} records/s", per_second(due, began.elapsed()));
        assert!(per_second(RECORDS, took) > 50_000);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
async fn one_record_at_a_time_and_along_with_the_writer() {
    let directory = tempfile::tempdir_in(std::env::current_dir().unwrap()).unwrap();
    let log = open(directory.path(), LogOptions::default());
    let mut times = Vec::new();
    for _ in 0..3_000 {
        let began = Instant::now();
        append(&log, P, vec![b'x'; RECORD_BYTES]).await.unwrap();
        times.push(began.elapsed());
    }
    times.sort();
    println!("one append: p50 {:?}, p99 {:?}", times[1_500], times[2_970]);
    let file = std::fs::File::create(directory.path().join("sync")).unwrap();
    let mut syncs = Vec::new();
    for n in 0..1_000_u64 {
        let began = Instant::now();
        std::os::unix::fs::FileExt::write_all_at(&file, &[b'x'; RECORD_BYTES], n * 150).unwrap();
        file.sync_data().unwrap();
        syncs.push(began.elapsed());
    }
    syncs.sort();
    println!("one write and fdatasync of a growing file: p50 {:?}, p99 {:?}", syncs[500], syncs[990]);
    let mut reader = log.reader(P, Offset(3_000)).await.unwrap();
    let pouring = tokio::task::spawn_blocking({
        let log = log.clone();
        move || pour(&log, 3, RECORDS)
    });
    let (began, mut read, mut batches) = (Instant::now(), 0, 0);
    while read < RECORDS / 3 {
        read += next(&mut reader).await.unwrap().len() as u64;
        batches += 1;
    }
    println!("read along: {read} records in {batches} batches, {} records/s", per_second(read, began.elapsed()));
    println!("append meanwhile: {} records/s", per_second(RECORDS, pouring.await.unwrap()));
}
