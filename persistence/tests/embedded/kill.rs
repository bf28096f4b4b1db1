//! kill -9 in mid-load, several times over: everything acknowledged is there, in order, once.

use super::{open, small};
use crate::command_log::P;
use crate::log_steps::payload;
use rowlock_engine::ids::{Offset, PartitionId};
use rowlock_engine::ports::{CommandAppender, CommandLog};
use rowlock_persistence::embedded::LogOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

const PATH: &str = "ROWLOCK_TEST_KILLED_DIRECTORY";
const KILLS: u64 = 6;
const PARTITIONS: [PartitionId; 2] = [PartitionId(0), P];

fn options() -> LogOptions {
    LogOptions { segment_bytes: 64 << 10, allocate_bytes: 16 << 10, ..small() }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_every_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = [0; PARTITIONS.len()];
    for round in 0..KILLS {
        // Later and later, so that it hits different moments.
        run_and_kill(directory.path(), 500 + round * 377, &mut acknowledged);
        let log = open(directory.path(), options());
        for (partition, acknowledged) in PARTITIONS.into_iter().zip(&mut acknowledged) {
            let end = log.end(partition).await.unwrap().0;
            assert!(end >= *acknowledged, "{end} records, {acknowledged} acknowledged");
            read_all(&log, partition, end).await;
            *acknowledged = end;
        }
        log.close();
    }
    assert!(acknowledged.iter().all(|records| *records > 500), "{acknowledged:?}");
}

/// Records of all lives, each once, in order.
async fn read_all(log: &impl CommandLog, partition: PartitionId, end: u64) {
    if end > 0 {
        let mut reader = log.reader(partition, Offset(0)).await.unwrap();
        crate::log_steps::expect_numbered(&mut reader, partition, 0..end).await;
    }
}

fn run_and_kill(path: &Path, after: u64, acknowledged: &mut [u64]) {
    let test = ["--exact", "embedded::kill::child", "--ignored", "--nocapture"];
    let mut child = Command::new(std::env::current_exe().unwrap());
    let mut child = child.args(test).env(PATH, path).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut note = |line: &str| {
        let Some((partition, offset)) = line.strip_prefix("ack ").and_then(|rest| rest.split_once(' ')) else {
            return 0;
        };
        let at = PARTITIONS.iter().position(|it| it.0.to_string() == partition).unwrap();
        acknowledged[at] = acknowledged[at].max(offset.parse::<u64>().unwrap() + 1);
        1
    };
    let mut told = 0;
    while told < after {
        told += note(&lines.next().expect("the child goes on until it is killed").unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts; a line that was cut does not.
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    rest.iter().take(rest.len().saturating_sub(1)).for_each(|line| told += note(line));
    assert!(told >= after);
}

/// Appends until it is killed; up to a hundred records are under way at any time.
#[tokio::test]
#[ignore = "run by another test, as a process of its own"]
async fn child() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let log = open(Path::new(&path), options());
    let (told, fates) = std::sync::mpsc::sync_channel(100);
    let mut next = [0; PARTITIONS.len()];
    for (next, partition) in next.iter_mut().zip(PARTITIONS) {
        *next = log.end(partition).await.unwrap().0;
    }
    let mut under_way = 0;
    loop {
        for (next, partition) in next.iter_mut().zip(PARTITIONS) {
            let told = told.clone();
            let done = Box::new(move |fate: Result<Offset, _>| told.send((partition, fate.unwrap())).unwrap());
            log.append(partition, payload(partition, *next).into(), done).unwrap();
            *next += 1;
            under_way += 1;
        }
        if under_way >= 100 {
            let (partition, offset) = fates.recv().unwrap();
            writeln!(std::io::stdout(), "ack {partition} {offset}").unwrap();
            let (partition, offset) = fates.recv().unwrap();
            writeln!(std::io::stdout(), "ack {partition} {offset}").unwrap();
            under_way -= 2;
        }
    }
}
