//! Commands a second through all partitions with the real local log: appended, synced, applied, published, recorded.
//!
//! Every command reserves two of the best seats of one of eight events of 200,000. Beside it, in the same run and in
//! turn: the same records appended to a log that nobody reads, which is what the disk and the log's writer allow.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use bytes::Bytes;
use rowlock_engine::ids::PartitionId;
use rowlock_engine::ports::{AppendError, CommandAppender};
use rowlock_persistence::embedded::{DataDir, LocalLog, LogOptions};
use rowlock_service_benches::pipeline::{PARTITIONS, Pipeline, open_sale, reserve};
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;
/// Bookings of one round; half of what the events can carry.
const COMMANDS: u64 = 400_000;
const EVENTS: u64 = PARTITIONS as u64;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    let sales: Arc<[_]> = (1..=EVENTS).map(open_sale).collect();
    let bookings: Arc<[_]> = (0..COMMANDS).map(|number| reserve(1 + number % EVENTS, number)).collect();
    let (mut logged, mut applied) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let log = rate(append_only(&bookings));
        let pipeline = rate(runtime.block_on(through_partitions(&sales, &bookings)));
        println!("round {round}: log alone {log:.0}/s, partitions {pipeline:.0}/s");
        logged.push(log);
        applied.push(pipeline);
    }
    let (log, pipeline) = (median(logged), median(applied));
    println!("median: log alone {log:.0}/s, partitions {pipeline:.0}/s, ratio {:.2}", pipeline / log);
}

fn append_only(commands: &[(PartitionId, Bytes)]) -> Duration {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let data_dir = DataDir::open(directory.path()).expect("the directory is new");
    let log = LocalLog::open(&data_dir, PARTITIONS, LogOptions::default()).expect("the log is new");
    let started = Instant::now();
    for (partition, payload) in commands {
        while let Err(error) = log.append(*partition, payload.clone(), Box::new(drop)) {
            assert_eq!(error, AppendError::QueueFull, "the log takes records");
            std::thread::yield_now();
        }
    }
    // Closing writes and syncs what is queued.
    log.close();
    started.elapsed()
}

async fn through_partitions(sales: &Arc<[(PartitionId, Bytes)]>, bookings: &Arc<[(PartitionId, Bytes)]>) -> Duration {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let pipeline = Pipeline::start(directory.path()).await;
    pipeline.run(sales.clone()).await;
    let started = Instant::now();
    pipeline.run(bookings.clone()).await;
    let took = started.elapsed();
    pipeline.stop().await;
    took
}

#[expect(clippy::cast_precision_loss, reason = "a rate needs no 53 bits")]
fn rate(took: Duration) -> f64 {
    COMMANDS as f64 / took.as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
