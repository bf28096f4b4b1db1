//! What every command log must do, whatever it is made of.

use crate::log_steps::{append, append_numbered, expect_nothing, expect_numbered, next, payload};
use rowlock_engine::ids::{Offset, PartitionId, TimeMs};
use rowlock_engine::ports::{CommandLog, CommandReader, ReadError};
use std::time::Duration;

/// Partitions of the log under test.
pub const PARTITIONS: u16 = 3;
pub const P: PartitionId = PartitionId(1);
const Q: PartitionId = PartitionId(2);
/// A log with a place of its own, which it can be opened on again.
pub trait Backend {
    type Log: CommandLog + Clone;
    async fn fresh() -> Self;
    async fn open(&self) -> Self::Log;
    async fn close(log: Self::Log);
}

/// Makes a test of every clause of the contract for one backend.
macro_rules! command_log_contract {
    ($backend:ty: $($clause:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $clause() {
            $crate::command_log::$clause::<$backend>().await;
        })*
    };
}
pub(crate) use command_log_contract;

pub async fn offsets_count_from_zero_in_each_partition<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    assert_eq!(log.end(P).await, Ok(Offset(0)));
    append_numbered(&log, P, 0..5).await;
    append_numbered(&log, Q, 0..2).await;
    append_numbered(&log, P, 5..7).await;
    assert_eq!(log.end(P).await, Ok(Offset(7)));
    assert_eq!(log.end(Q).await, Ok(Offset(2)));
    assert_eq!(log.end(PartitionId(0)).await, Ok(Offset(0)));
}

pub async fn a_reader_gets_what_was_there_and_what_comes<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    append_numbered(&log, P, 0..10).await;
    append_numbered(&log, Q, 0..3).await;
    let mut reader = log.reader(P, Offset(0)).await.unwrap();
    expect_numbered(&mut reader, P, 0..10).await;
    for n in 10..20 {
        append_numbered(&log, P, n..n + 1).await;
        append_numbered(&log, Q, n - 7..n - 6).await;
        expect_numbered(&mut reader, P, n..n + 1).await;
    }
    expect_nothing(&mut reader).await;
}

pub async fn a_reader_begins_where_it_is_told<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    append_numbered(&log, P, 0..10).await;
    for from in 0..10 {
        let mut reader = log.reader(P, Offset(from)).await.unwrap();
        expect_numbered(&mut reader, P, from..10).await;
    }
}

pub async fn a_reader_at_the_end_waits<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    append_numbered(&log, P, 0..3).await;
    let mut reader = log.reader(P, Offset(3)).await.unwrap();
    expect_nothing(&mut reader).await;
    let waiting = tokio::spawn(async move {
        expect_numbered(&mut reader, P, 3..4).await;
    });
    append_numbered(&log, P, 3..4).await;
    waiting.await.unwrap();
}

pub async fn giving_up_a_read_loses_nothing<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    append_numbered(&log, P, 0..50).await;
    B::close(log).await;
    let log = backend.open().await;
    let mut reader = log.reader(P, Offset(0)).await.unwrap();
    let mut due = 0;
    for round in 0..200_u64 {
        let read = tokio::time::timeout(Duration::from_micros(round % 50), reader.next()).await;
        for record in read.map(Result::unwrap).unwrap_or_default() {
            assert_eq!(record.offset, Offset(due));
            due += 1;
        }
        if round % 4 == 0 {
            let n = 50 + round / 4;
            append_numbered(&log, P, n..n + 1).await;
        }
    }
    expect_numbered(&mut reader, P, due..100).await;
}

pub async fn what_was_acknowledged_outlives_the_process<B: Backend>() {
    let backend = B::fresh().await;
    for round in 0..5 {
        let log = backend.open().await;
        assert_eq!(log.end(P).await, Ok(Offset(round * 10)));
        append_numbered(&log, P, round * 10..round * 10 + 10).await;
        append_numbered(&log, Q, round..round + 1).await;
        let mut reader = log.reader(P, Offset(0)).await.unwrap();
        expect_numbered(&mut reader, P, 0..round * 10 + 10).await;
        B::close(log).await;
    }
}

pub async fn stamps_never_go_back<B: Backend>() {
    let backend = B::fresh().await;
    for round in 0..3 {
        let log = backend.open().await;
        append_numbered(&log, P, round * 5..round * 5 + 5).await;
        B::close(log).await;
    }
    let log = backend.open().await;
    let mut reader = log.reader(P, Offset(0)).await.unwrap();
    let (mut last, mut seen) = (TimeMs(1_600_000_000_000), 0);
    while seen < 15 {
        for record in next(&mut reader).await.unwrap() {
            assert!(record.at >= last, "{} after {last}", record.at);
            last = record.at;
            seen += 1;
        }
    }
}

pub async fn records_of_any_size_come_back<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    let sizes = [0, 1, 150, 4_096, 300_000, 0, 1 << 20, 7];
    let payload = |n: usize| vec![u8::try_from(n % 251).unwrap(); n];
    for size in sizes {
        append(&log, P, payload(size)).await.unwrap();
    }
    let check = async |log: &B::Log| {
        let mut reader = log.reader(P, Offset(0)).await.unwrap();
        let mut records = Vec::new();
        while records.len() < sizes.len() {
            records.extend(next(&mut reader).await.unwrap());
        }
        assert!(records.iter().zip(sizes).all(|(record, size)| *record.payload == *payload(size)));
    };
    check(&log).await;
    B::close(log).await;
    check(&backend.open().await).await;
}

pub async fn many_callers_get_one_order<B: Backend>() {
    const CALLERS: u64 = 16;
    const EACH: u64 = 200;
    let backend = B::fresh().await;
    let log = backend.open().await;
    let mut reader = log.reader(P, Offset(0)).await.unwrap();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let log = log.clone();
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for n in 0..EACH {
                    let payload = payload(P, caller * EACH + n);
                    acknowledged.push((append(&log, P, payload.clone()).await.unwrap(), payload));
                }
                assert!(acknowledged.is_sorted(), "a caller's records keep their order");
                acknowledged
            })
        })
        .collect();
    let mut records = Vec::new();
    while (records.len() as u64) < CALLERS * EACH {
        records.extend(next(&mut reader).await.unwrap());
    }
    let mut acknowledged = Vec::new();
    for caller in callers {
        acknowledged.extend(caller.await.unwrap());
    }
    acknowledged.sort();
    let read: Vec<_> = records.into_iter().map(|record| (record.offset, record.payload.to_vec())).collect();
    assert_eq!(acknowledged, read);
}

pub async fn an_acknowledged_record_can_be_read_at_once<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    for n in 0..50 {
        append_numbered(&log, P, n..n + 1).await;
        assert_eq!(log.end(P).await, Ok(Offset(n + 1)));
        let mut reader = log.reader(P, Offset(n)).await.unwrap();
        expect_numbered(&mut reader, P, n..n + 1).await;
    }
}

pub async fn trimmed_records_are_refused<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    append_numbered(&log, P, 0..10).await;
    append_numbered(&log, Q, 0..10).await;
    let mut behind = log.reader(P, Offset(2)).await.unwrap();
    log.trim(P, Offset(6)).await.unwrap();
    let trimmed = |asked| ReadError::Trimmed { partition: P, asked, first: 6 };
    assert_eq!(log.reader(P, Offset(5)).await.err(), Some(trimmed(5)));
    assert_eq!(next(&mut behind).await, Err(trimmed(2)));
    log.trim(P, Offset(3)).await.unwrap();
    assert_eq!(log.reader(P, Offset(5)).await.err(), Some(trimmed(5)), "a trim is not taken back");
    B::close(log).await;
    let log = backend.open().await;
    assert_eq!(log.reader(P, Offset(0)).await.err(), Some(trimmed(0)));
    expect_numbered(&mut log.reader(P, Offset(6)).await.unwrap(), P, 6..10).await;
    expect_numbered(&mut log.reader(Q, Offset(0)).await.unwrap(), Q, 0..10).await;
}

pub async fn offsets_go_on_when_everything_was_trimmed<B: Backend>() {
    let backend = B::fresh().await;
    let log = backend.open().await;
    append_numbered(&log, P, 0..10).await;
    log.trim(P, Offset(10)).await.unwrap();
    B::close(log).await;
    let log = backend.open().await;
    assert_eq!(log.end(P).await, Ok(Offset(10)));
    let mut reader = log.reader(P, Offset(10)).await.unwrap();
    append_numbered(&log, P, 10..12).await;
    expect_numbered(&mut reader, P, 10..12).await;
}
