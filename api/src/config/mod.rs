//! The configuration: the process environment, read once, before anything starts.

mod embedded;
mod names;
mod reader;
mod values;

pub use reader::{Shown, Source};
pub use values::{LogFormat, Secret};

use reader::Reader;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct ConfigError {
    /// The environment variable.
    pub name: String,
    /// What is wrong with it, and what to do.
    pub problem: String,
}

/// How this process runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where its files are.
    pub data_dir: PathBuf,
    /// What tokens are signed with; made and kept in the database when there is none.
    pub jwt_secret: Option<Secret>,
    /// How long a booking's request waits for its outcome before it is answered with 202.
    pub booking_wait: Duration,
    /// Partitions of the command log.
    pub partitions: u16,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines there are, in the syntax of `tracing_subscriber`'s `EnvFilter`.
    pub log_filter: String,
    /// Requests a second that one caller may make; 0 is no limit.
    pub rate_limit: u32,
    /// Logins and registrations a minute from one address; 0 is no limit.
    pub login_rate_limit: u32,
    /// How long the payment provider has to answer.
    pub payment_timeout: Duration,
    /// Commands under way at one time; more are refused.
    pub in_flight_max: usize,
    shown: Vec<Shown>,
}

impl Config {
    /// Reads the process environment.
    ///
    /// # Errors
    /// The first variable that cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        names::refuse_unknown(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()))?;
        Self::read(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Reads variables through `lookup`. An empty value is none.
    ///
    /// # Errors
    /// The first variable that cannot be used.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        embedded::refuse_clustered(lookup)?;
        let mut reader = Reader::new(lookup);
        let config = Self {
            listen: reader.value(names::LISTEN, "127.0.0.1:8000", values::listen)?,
            data_dir: reader.value(names::DATA_DIR, "./data", values::path)?,
            jwt_secret: reader.secret(names::JWT_SECRET, values::secret)?,
            booking_wait: reader.value(names::BOOKING_WAIT_MS, "2000", values::milliseconds)?,
            partitions: reader.value(names::PARTITIONS, "8", values::partitions)?,
            log_format: reader.value(names::LOG, LogFormat::for_stdout().as_str(), LogFormat::parse)?,
            log_filter: reader.value(names::LOG_FILTER, "info", values::filter)?,
            rate_limit: reader.value(names::RATE_LIMIT, "200", values::rate)?,
            login_rate_limit: reader.value(names::LOGIN_RATE_LIMIT, "60", values::rate)?,
            payment_timeout: reader.value(names::PAYMENT_TIMEOUT_MS, "30000", values::milliseconds)?,
            in_flight_max: reader.value(names::IN_FLIGHT_MAX, "4096", values::in_flight)?,
            shown: Vec::new(),
        };
        Ok(Self { shown: reader.into_shown(), ..config })
    }

    /// Every variable with its value and where that came from, secrets masked.
    #[must_use]
    pub fn show(&self) -> &[Shown] {
        &self.shown
    }

    /// The file of the SQL database.
    #[must_use]
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join("ledger.db")
    }

    /// The file of the simulated payment provider.
    #[must_use]
    pub fn payments_file(&self) -> PathBuf {
        self.data_dir.join("payments.db")
    }
}

#[cfg(test)]
mod tests;
