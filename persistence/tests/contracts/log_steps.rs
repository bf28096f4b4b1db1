//! Steps that tests of command logs have in common.

use rowlock_engine::ids::{Offset, PartitionId};
use rowlock_engine::ports::{AppendError, CommandAppender, CommandReader, ReadError, Record};
use std::time::Duration;
use tokio::sync::oneshot;

/// Whatever is awaited longer than this will not come.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Whatever has not come by then is not on its way.
const A_MOMENT: Duration = Duration::from_millis(30);

pub fn payload(partition: PartitionId, n: u64) -> Vec<u8> {
    format!("{partition}/{n}").into_bytes()
}

/// Appends a record and waits for its fate.
pub async fn append(
    log: &impl CommandAppender,
    partition: PartitionId,
    payload: Vec<u8>,
) -> Result<Offset, AppendError> {
    let (told, fate) = oneshot::channel();
    log.append(partition, payload.into(), Box::new(move |fate| drop(told.send(fate))))?;
    tokio::time::timeout(PATIENCE, fate).await.expect("a record's fate becomes known").expect("it is told")
}

pub async fn append_numbered(log: &impl CommandAppender, partition: PartitionId, numbers: std::ops::Range<u64>) {
    for n in numbers {
        assert_eq!(append(log, partition, payload(partition, n)).await, Ok(Offset(n)));
    }
}

pub async fn next(reader: &mut impl CommandReader) -> Result<Vec<Record>, ReadError> {
    tokio::time::timeout(PATIENCE, reader.next()).await.expect("the reader has something to say")
}

/// Checks that the next records are `numbers`, in order, each once.
pub async fn expect_numbered(reader: &mut impl CommandReader, partition: PartitionId, numbers: std::ops::Range<u64>) {
    let mut due = numbers.start;
    while due < numbers.end {
        let records = next(reader).await.unwrap();
        assert!(!records.is_empty());
        for record in records {
            assert_eq!((record.offset, &*record.payload), (Offset(due), &*payload(partition, due)));
            due += 1;
        }
    }
    assert_eq!(due, numbers.end, "more than was appended");
}

pub async fn expect_nothing(reader: &mut impl CommandReader) {
    let got = tokio::time::timeout(A_MOMENT, reader.next()).await;
    assert!(got.is_err(), "{got:?}");
}
