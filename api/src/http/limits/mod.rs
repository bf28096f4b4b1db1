//! Requests a second that one caller may make, by the algorithm that governor implements (GCRA).

mod key;
mod limit;

pub use key::CallerKey;
pub use limit::Allowance;

use crate::config::Config;
use crate::problem::Problem;
use governor::Quota;
use limit::Limit;
use std::net::IpAddr;
use std::num::NonZeroU32;

/// The limits that are in force.
pub struct Limits {
    requests: Option<Limit>,
    logins: Option<Limit>,
}

impl Limits {
    /// As configured; 0 is no limit.
    pub fn new(config: &Config) -> Self {
        let limit = |rate, quota: fn(NonZeroU32) -> Quota| NonZeroU32::new(rate).map(|rate| Limit::new(quota(rate)));
        Self {
            requests: limit(config.rate_limit, Quota::per_second),
            logins: limit(config.login_rate_limit, Quota::per_minute),
        }
    }

    /// Counts a request of `caller`, who is looked for only if there is a limit.
    ///
    /// # Errors
    /// When there were too many: nothing is left.
    pub fn request(&self, caller: impl FnOnce() -> CallerKey) -> Result<Option<Allowance>, Allowance> {
        self.requests.as_ref().map(|limit| limit.count(caller())).transpose()
    }

    /// Counts a login or registration from `address`.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub fn login(&self, address: IpAddr) -> Result<(), Problem> {
        let Some(limit) = &self.logins else { return Ok(()) };
        limit.count(address.into()).map(drop).map_err(Allowance::problem)
    }
}
