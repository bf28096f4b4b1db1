//! A data directory, and the actors that run on it.

use super::commands::command;
use rowlock_engine::actors::{Backends, Options, PartitionState, Ports, Running, start};
use rowlock_engine::codec::encode_command;
use rowlock_engine::command::CommandBody;
use rowlock_engine::ids::{CorrelationId, Offset, OutcomeNumber, PartitionId};
use rowlock_engine::outcome::{BookingChangeKind, Change, Outcome, OutcomeBody};
use rowlock_engine::ports::{CommandAppender, CommandLog, CommandReader, Ledger, OutcomeLog, OutcomeReader, Record};
use rowlock_persistence::embedded::{
    AllPartitions, DataDir, LocalCheckpoints, LocalLog, LogOptions, OpenError, OutcomeBus, OutcomeBusOptions,
    StopHandle,
};
use rowlock_persistence::sql::Database;
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

pub const P: PartitionId = PartitionId(0);
pub const Q: PartitionId = PartitionId(1);
pub const PARTITIONS: u16 = 3;
/// Whatever is awaited longer than this will not come.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Embedded;

impl Backends for Embedded {
    type Log = LocalLog;
    type Outcomes = OutcomeBus;
    type Checkpoints = LocalCheckpoints;
    type Ledger = Database;
}

/// One life of the service.
pub struct Life {
    pub ports: Ports<Embedded>,
    pub running: Running,
    stop: StopHandle,
}

pub fn options() -> Options {
    // Checkpoints only on letting go, unless a test asks for more.
    Options {
        checkpoint_interval: Duration::from_secs(3600),
        restart_backoff: Duration::from_millis(5),
        ..Options::default()
    }
}

pub async fn ports(path: &Path) -> Ports<Embedded> {
    let data_dir = opened(path).await;
    Ports {
        log: Arc::new(LocalLog::open(&data_dir, PARTITIONS, LogOptions::default()).unwrap()),
        outcomes: Arc::new(OutcomeBus::new(PARTITIONS, OutcomeBusOptions::default())),
        checkpoints: Arc::new(LocalCheckpoints::open(&data_dir, PARTITIONS).unwrap()),
        ledger: Arc::new(Database::open_sqlite(&path.join("ledger.db")).await.unwrap()),
    }
}

/// Tasks of a life before this one may have the directory for a moment after they were told to go.
async fn opened(path: &Path) -> DataDir {
    let opening = async {
        loop {
            match DataDir::open(path) {
                Err(OpenError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(2)).await,
                opened => return opened.unwrap(),
            }
        }
    };
    tokio::time::timeout(PATIENCE, opening).await.expect("the life before lets go of the directory")
}

impl Life {
    pub async fn start(path: &Path, options: Options) -> Self {
        Self::with(ports(path).await, options).await
    }

    pub async fn with(ports: Ports<Embedded>, options: Options) -> Self {
        let (assignments, stop) = AllPartitions::new(PARTITIONS);
        let running = start(ports.clone(), options, assignments).await.unwrap();
        Self { ports, running, stop }
    }

    /// Lets every partition go, and gives back what they worked with.
    pub async fn stop(self) -> Ports<Embedded> {
        self.stop.stop();
        tokio::time::timeout(PATIENCE, self.running.stopped()).await.expect("letting go ends");
        self.ports
    }

    pub async fn reader(&self, partition: PartitionId, after: u64) -> <OutcomeBus as OutcomeLog>::Reader {
        self.ports.outcomes.reader(partition, OutcomeNumber(after)).await.unwrap()
    }

    pub async fn append(&self, partition: PartitionId, payload: impl Into<bytes::Bytes>) -> Offset {
        append(&self.ports, partition, payload.into()).await
    }

    pub async fn give(&self, partition: PartitionId, correlation: u64, body: CommandBody) {
        self.append(partition, encode_command(&command(correlation, body))).await;
    }

    pub async fn until(&self, partition: PartitionId, is_it: impl Fn(Option<&PartitionState>) -> bool) {
        until(async || is_it(self.running.statuses().all().get(&partition))).await;
    }

    pub async fn until_ledger_is_at(&self, partition: PartitionId, number: u64) {
        until(async || self.ports.ledger.position(partition).await == Ok(OutcomeNumber(number))).await;
    }
}

/// Appends a record and waits until it is durable.
pub async fn append(ports: &Ports<Embedded>, partition: PartitionId, payload: bytes::Bytes) -> Offset {
    let (told, fate) = oneshot::channel();
    let done = Box::new(move |fate| drop(told.send(fate)));
    ports.log.append(partition, payload, done).unwrap();
    fate.await.unwrap().unwrap()
}

/// Waits until `condition` holds.
pub async fn until(condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it becomes true");
}

/// The next `count` outcomes.
pub async fn outcomes(reader: &mut impl OutcomeReader, count: usize) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    while outcomes.len() < count {
        let batch = tokio::time::timeout(PATIENCE, reader.next()).await.expect("an outcome comes").unwrap();
        outcomes.extend(batch.iter().cloned());
    }
    assert_eq!(outcomes.len(), count);
    outcomes
}

/// What the outcome did to a booking, and whose command that was.
pub fn kind(outcome: &Outcome) -> (BookingChangeKind, Option<u64>) {
    let OutcomeBody::Done(Change::Booking(change)) = &outcome.body else { panic!("{outcome:?}") };
    (change.kind, outcome.correlation.map(|CorrelationId(n)| n))
}

/// Every record that `partition` has.
pub async fn records(log: &LocalLog, partition: PartitionId, from: Offset) -> Vec<Record> {
    let end = log.end(partition).await.unwrap();
    let mut reader = log.reader(partition, from).await.unwrap();
    let mut records = Vec::new();
    while from.0 + (records.len() as u64) < end.0 {
        records.extend(tokio::time::timeout(PATIENCE, reader.next()).await.unwrap().unwrap());
    }
    records
}

/// Runs statements behind the ledger's back.
pub async fn meddle(path: &Path, sql: &'static str) {
    let url = format!("sqlite://{}", path.join("ledger.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
