//! The embedded choice of backends: one directory, one process.

use crate::config::Config;
use rowlock_engine::actors::{Backends, Ports};
use rowlock_persistence::embedded::{
    DataDir, LocalCheckpoints, LocalLog, LogError, LogOptions, OpenError, OutcomeBus, OutcomeBusOptions,
};
use rowlock_persistence::sql::{Database, DbError};
use std::sync::Arc;

/// Local log, outcomes in memory, local checkpoints, SQLite.
pub struct Embedded;

impl Backends for Embedded {
    type Log = LocalLog;
    type Outcomes = OutcomeBus;
    type Checkpoints = LocalCheckpoints;
    type Ledger = Database;
}

/// Why the backends could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The data directory.
    #[error("{0}")]
    DataDir(#[from] OpenError),
    /// The command log.
    #[error("{0}")]
    Log(#[from] LogError),
    /// The ledger.
    #[error("{0}")]
    Ledger(#[from] DbError),
}

/// Opens everything in the data directory, making it if need be.
///
/// # Errors
/// What is wrong, where, and what to do.
pub async fn open(config: &Config) -> Result<Ports<Embedded>, BackendError> {
    let (path, partitions) = (config.data_dir.clone(), config.partitions);
    let opened = tokio::task::spawn_blocking(move || -> Result<_, BackendError> {
        let data_dir = DataDir::open(path)?;
        let partitions = data_dir.partitions(partitions)?;
        let log = LocalLog::open(&data_dir, partitions, LogOptions::default())?;
        let checkpoints = LocalCheckpoints::open(&data_dir, partitions)?;
        Ok((log, checkpoints))
    });
    let (log, checkpoints) = opened.await.expect("opening the backends does not panic")?;
    let ledger = Database::open_sqlite(&config.database_file()).await?;
    let outcomes = OutcomeBus::new(config.partitions, OutcomeBusOptions::default());
    Ok(Ports {
        log: Arc::new(log),
        outcomes: Arc::new(outcomes),
        checkpoints: Arc::new(checkpoints),
        ledger: Arc::new(ledger),
    })
}
