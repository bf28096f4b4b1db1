//! Requests a second that one caller may make, by the algorithm that governor implements (GCRA).

use crate::config::Config;
use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

/// Callers that are remembered before those that have been quiet are forgotten.
const CALLERS_MAX: usize = 65_536;
/// Requests between two looks at how many callers are remembered.
const LOOK_EVERY: u64 = 4_096;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

type Limiter = RateLimiter<u64, DashMapStateStore<u64>, DefaultClock, StateInformationMiddleware>;

/// One limit, for many callers.
struct Limit {
    limiter: Limiter,
    burst: u32,
    requests: AtomicU64,
}

/// The limits that are in force.
pub struct Limits {
    requests: Option<Limit>,
    logins: Option<Limit>,
}

/// What a caller has left.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    limit: u32,
    remaining: u32,
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

    /// Counts a request of `caller`.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub fn request(&self, caller: u64) -> Result<Option<Allowance>, Problem> {
        self.requests.as_ref().map(|limit| limit.count(caller)).transpose()
    }

    /// Counts a login or registration from `address`.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub fn login(&self, address: IpAddr) -> Result<(), Problem> {
        let Some(limit) = &self.logins else { return Ok(()) };
        let caller = match address {
            IpAddr::V4(address) => u64::from(address.to_bits()),
            // One subscriber has a whole /64.
            IpAddr::V6(address) => (address.to_bits() >> 64) as u64,
        };
        limit.count(caller).map(drop)
    }
}

impl Limit {
    fn new(quota: Quota) -> Self {
        let limiter = RateLimiter::dashmap(quota).with_middleware();
        Self { limiter, burst: quota.burst_size().get(), requests: AtomicU64::new(0) }
    }

    fn count(&self, caller: u64) -> Result<Allowance, Problem> {
        if self.requests.fetch_add(1, Ordering::Relaxed) % LOOK_EVERY == 0 && self.limiter.len() > CALLERS_MAX {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&caller) {
            Ok(state) => Ok(Allowance { limit: self.burst, remaining: state.remaining_burst_capacity() }),
            Err(until) => {
                let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                let detail = format!("more than {} requests at once; try again in {seconds} s", self.burst);
                Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).retry_after(seconds))
            }
        }
    }
}

impl Allowance {
    /// Tells the caller. A second's quota is whole again after a second at the latest.
    pub fn write(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(1));
    }
}
