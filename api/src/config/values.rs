//! What each variable may say.

use std::fmt;
use std::io::IsTerminal;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Bytes of a secret, at least.
pub const SECRET_BYTES_MIN: usize = 32;
/// Partitions of the command log, at most.
const PARTITIONS_MAX: u16 = 1_024;
/// Longest time that can be set, in milliseconds: 10 minutes.
const MILLISECONDS_MAX: u64 = 600_000;
/// Highest rate limit; above it, 0 (no limit) is what is meant.
const RATE_MAX: u32 = 1_000_000;
/// Most commands under way that can be allowed: their answers have to fit into memory.
const IN_FLIGHT_MAX: usize = 1_048_576;

/// Bytes that are neither shown nor printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A secret of these bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, for whoever signs with them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(********)")
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

impl LogFormat {
    /// For people when there is a terminal.
    #[must_use]
    pub fn for_stdout() -> Self {
        if std::io::stdout().is_terminal() { Self::Text } else { Self::Json }
    }

    /// The name that the environment uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("{text:?} is neither text nor json")),
        }
    }
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    let mut addresses =
        text.to_socket_addrs().map_err(|error| format!("{text:?} is not an address and a port: {error}"))?;
    addresses.next().ok_or_else(|| format!("{text:?} has no address"))
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

pub(super) fn secret(text: &str) -> Result<Secret, String> {
    if text.len() < SECRET_BYTES_MIN {
        return Err(format!("{} bytes are too few; at least {SECRET_BYTES_MIN}", text.len()));
    }
    Ok(Secret::new(text.as_bytes().to_vec()))
}

pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    within(text, 1, MILLISECONDS_MAX).map(Duration::from_millis)
}

pub(super) fn partitions(text: &str) -> Result<u16, String> {
    within(text, 1, PARTITIONS_MAX)
}

pub(super) fn rate(text: &str) -> Result<u32, String> {
    within(text, 0, RATE_MAX)
}

pub(super) fn in_flight(text: &str) -> Result<usize, String> {
    within(text, 1, IN_FLIGHT_MAX)
}

pub(super) fn filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("{text:?} is not a filter such as info or rowlock=debug: {error}")),
    }
}

fn within<T: FromStr + PartialOrd + fmt::Display>(text: &str, min: T, max: T) -> Result<T, String> {
    match text.parse() {
        Ok(number) if number >= min && number <= max => Ok(number),
        _ => Err(format!("{text:?} is not a whole number from {min} to {max}")),
    }
}
