//! Random appends, reads, trims and reopenings against a list in memory.

use super::{crashed, open, small};
use crate::command_log::PARTITIONS;
use crate::log_steps::{append, next};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rowlock_engine::ids::{Offset, PartitionId, TimeMs};
use rowlock_engine::ports::{CommandLog, ReadError, Record};
use rowlock_persistence::embedded::{LocalLog, LogOptions};
use tempfile::TempDir;

const CASES: u32 = 48;

#[derive(Clone, Debug)]
enum Step {
    Append { partition: u16, sizes: Vec<usize> },
    Read { partition: u16, from: u64, batches: usize },
    Trim { partition: u16, before: u64 },
    Close,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![6 => 0..200_usize, 1 => 0..5_000_usize];
    prop_oneof![
        6 => (0..PARTITIONS, vec(size, 1..20)).prop_map(|(partition, sizes)| Step::Append { partition, sizes }),
        4 => (0..PARTITIONS, 0..80_u64, 1..10_usize)
            .prop_map(|(partition, from, batches)| Step::Read { partition, from, batches }),
        2 => (0..PARTITIONS, 0..90_u64).prop_map(|(partition, before)| Step::Trim { partition, before }),
        1 => Just(Step::Close),
        1 => Just(Step::Crash),
    ]
}

fn options() -> impl Strategy<Value = LogOptions> {
    let few = 1..40_usize;
    let bytes = 100..6_000_usize;
    (few.clone(), few, bytes.clone(), bytes.clone(), bytes).prop_map(|(records, group, batch, tail, segment)| {
        LogOptions {
            segment_bytes: segment as u64,
            group_records_max: group,
            tail_bytes_max: tail,
            batch_records_max: records,
            batch_bytes_max: batch,
            ..small()
        }
    })
}

/// What the log should be.
struct Model {
    records: Vec<Vec<Vec<u8>>>,
    trimmed: Vec<u64>,
}

struct Run {
    directory: TempDir,
    log: LocalLog,
    options: LogOptions,
    model: Model,
}

impl Run {
    fn new(options: LogOptions) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = open(directory.path(), options);
        let partitions = usize::from(PARTITIONS);
        Self {
            directory,
            log,
            options,
            model: Model { records: vec![vec![]; partitions], trimmed: vec![0; partitions] },
        }
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Append { partition, sizes } => self.append(*partition, sizes).await,
            Step::Read { partition, from, batches } => self.read(*partition, *from, *batches).await,
            Step::Trim { partition, before } => {
                self.log.trim(PartitionId(*partition), Offset(*before)).await.unwrap();
                let end = self.model.records[usize::from(*partition)].len() as u64;
                let trimmed = &mut self.model.trimmed[usize::from(*partition)];
                *trimmed = (*trimmed).max((*before).min(end));
            }
            Step::Close => {
                self.log.close();
                // The directory is let go with the last clone.
                let elsewhere = tempfile::tempdir().unwrap();
                self.log = open(elsewhere.path(), self.options);
                self.log = open(self.directory.path(), self.options);
            }
            Step::Crash => {
                self.directory = crashed(self.directory.path());
                self.log = open(self.directory.path(), self.options);
            }
        }
    }

    /// All at once, so that some share a group.
    async fn append(&mut self, partition: u16, sizes: &[usize]) {
        let records = &mut self.model.records[usize::from(partition)];
        let payloads: Vec<Vec<u8>> =
            (records.len()..).zip(sizes).map(|(n, size)| vec![u8::try_from(n % 250).unwrap(); *size]).collect();
        let log = &self.log;
        let appends = payloads.iter().map(|payload| append(log, PartitionId(partition), payload.clone()));
        for (n, fate) in (records.len() as u64..).zip(in_order(appends).await) {
            assert_eq!(fate, Ok(Offset(n)));
        }
        records.extend(payloads);
    }

    async fn read(&self, partition: u16, from: u64, batches: usize) {
        let (records, first) =
            (&self.model.records[usize::from(partition)], self.model.trimmed[usize::from(partition)]);
        let partition = PartitionId(partition);
        assert_eq!(self.log.end(partition).await, Ok(Offset(records.len() as u64)));
        let reader = self.log.reader(partition, Offset(from)).await;
        if from < first {
            assert_eq!(reader.err(), Some(ReadError::Trimmed { partition, asked: from, first }));
            return;
        }
        let (mut reader, mut due, mut last) = (reader.unwrap(), from, TimeMs(0));
        for _ in 0..batches {
            if due >= records.len() as u64 {
                return;
            }
            for Record { offset, at, payload } in next(&mut reader).await.unwrap() {
                assert_eq!((offset, &*payload), (Offset(due), &*records[usize::try_from(due).unwrap()]));
                assert!(at >= last);
                (due, last) = (due + 1, at);
            }
        }
    }
}

/// Starts all of them before the first is waited for.
async fn in_order<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut done: Vec<_> = futures
        .iter_mut()
        .map(|future| match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(done) => Some(done),
            std::task::Poll::Pending => None,
        })
        .collect();
    for (future, done) in futures.into_iter().zip(&mut done) {
        if done.is_none() {
            *done = Some(future.await);
        }
    }
    done.into_iter().flatten().collect()
}

async fn check(options: LogOptions, steps: &[Step]) {
    let mut run = Run::new(options);
    for step in steps {
        run.step(step).await;
    }
    run.step(&Step::Close).await;
    for partition in 0..PARTITIONS {
        let trimmed = run.model.trimmed[usize::from(partition)];
        run.read(partition, trimmed, usize::MAX).await;
    }
}

#[test]
fn the_log_is_the_list_that_was_appended() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(options(), vec(step(), 0..40)), |(options, steps)| {
            runtime.block_on(check(options, &steps));
            Ok(())
        })
        .unwrap();
}
