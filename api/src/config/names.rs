//! The variables' names, and what becomes of one that is nearly right.

use super::ConfigError;

pub(super) const LISTEN: &str = "ROWLOCK_LISTEN";
pub(super) const DATA_DIR: &str = "ROWLOCK_DATA_DIR";
pub(super) const JWT_SECRET: &str = "JWT_SECRET";
pub(super) const BOOKING_WAIT_MS: &str = "BOOKING_WAIT_MS";
pub(super) const PARTITIONS: &str = "ROWLOCK_PARTITIONS";
pub(super) const LOG: &str = "ROWLOCK_LOG";
pub(super) const LOG_FILTER: &str = "ROWLOCK_LOG_FILTER";
pub(super) const RATE_LIMIT: &str = "ROWLOCK_RATE_LIMIT";
pub(super) const LOGIN_RATE_LIMIT: &str = "ROWLOCK_LOGIN_RATE_LIMIT";
pub(super) const PAYMENT_TIMEOUT_MS: &str = "ROWLOCK_PAYMENT_TIMEOUT_MS";
pub(super) const IN_FLIGHT_MAX: &str = "ROWLOCK_IN_FLIGHT_MAX";

const PREFIX: &str = "ROWLOCK_";
const PREFIXED: [&str; 9] =
    [LISTEN, DATA_DIR, PARTITIONS, LOG, LOG_FILTER, RATE_LIMIT, LOGIN_RATE_LIMIT, PAYMENT_TIMEOUT_MS, IN_FLIGHT_MAX];

/// Refuses a name that has the service's prefix and means nothing to it: most likely a slip of the keys
/// that would go unnoticed otherwise.
pub(super) fn refuse_unknown(names: impl Iterator<Item = String>) -> Result<(), ConfigError> {
    let mut unknown: Vec<_> =
        names.filter(|name| name.starts_with(PREFIX) && !PREFIXED.contains(&name.as_str())).collect();
    unknown.sort();
    match unknown.into_iter().next() {
        None => Ok(()),
        Some(name) => {
            Err(ConfigError { name, problem: format!("there is no such setting; there are {}", PREFIXED.join(", ")) })
        }
    }
}
