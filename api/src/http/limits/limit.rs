//! One limit, for each of many callers, in bounded memory.

use super::CallerKey;
use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Callers that are told apart. While there are more, new ones and old ones share limits.
const CALLERS_MAX: usize = 65_536;
/// Limits that they share.
const CROWDS: u16 = 1_024;
/// Requests between two looks at how many callers are remembered.
const LOOK_EVERY: u64 = 4_096;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

type Limiter = RateLimiter<CallerKey, DashMapStateStore<CallerKey>, DefaultClock, StateInformationMiddleware>;

/// One limit, for many callers.
pub(super) struct Limit {
    limiter: Limiter,
    burst: u32,
    callers_max: usize,
    requests: AtomicU64,
    crowded: AtomicBool,
    seed: RandomState,
}

/// What a caller has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    limit: u32,
    remaining: u32,
    retry_seconds: u64,
}

impl Limit {
    pub(super) fn new(quota: Quota) -> Self {
        Self::of_callers(quota, CALLERS_MAX)
    }

    fn of_callers(quota: Quota, callers_max: usize) -> Self {
        let limiter = RateLimiter::dashmap(quota).with_middleware();
        let (requests, crowded, seed) = (AtomicU64::new(0), AtomicBool::new(false), RandomState::new());
        Self { limiter, burst: quota.burst_size().get(), callers_max, requests, crowded, seed }
    }

    pub(super) fn count(&self, caller: CallerKey) -> Result<Allowance, Allowance> {
        if self.requests.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY) {
            self.look();
        }
        let caller = if self.crowded.load(Ordering::Relaxed) { self.crowd_of(caller) } else { caller };
        let left = |remaining, retry_seconds| Allowance { limit: self.burst, remaining, retry_seconds };
        match self.limiter.check_key(&caller) {
            Ok(state) => Ok(left(state.remaining_burst_capacity(), 0)),
            Err(until) => Err(left(0, until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)),
        }
    }

    fn look(&self) {
        if self.limiter.len() >= self.callers_max {
            self.limiter.retain_recent();
        }
        self.crowded.store(self.limiter.len() >= self.callers_max, Ordering::Relaxed);
    }

    fn crowd_of(&self, caller: CallerKey) -> CallerKey {
        let crowd = self.seed.hash_one(caller) % u64::from(CROWDS);
        CallerKey::Crowd(u16::try_from(crowd).expect("less than CROWDS"))
    }
}

impl Allowance {
    /// Tells the caller. A second's quota is whole again after a second at the latest.
    pub fn write(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(1));
    }

    /// 429 for a caller who has nothing left.
    #[must_use]
    pub fn problem(self) -> Problem {
        let Self { limit, retry_seconds, .. } = self;
        let detail = format!("more than {limit} requests at once; try again in {retry_seconds} s");
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).retry_after(retry_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::{CROWDS, LOOK_EVERY, Limit};
    use crate::http::limits::CallerKey;
    use governor::Quota;
    use rowlock_persistence::sql::UserId;
    use std::num::NonZeroU32;

    fn user(id: u64) -> CallerKey {
        CallerKey::User(UserId(id.cast_signed()))
    }

    #[test]
    fn a_caller_has_a_burst_and_then_waits_while_others_go_on() {
        let limit = Limit::new(Quota::per_minute(NonZeroU32::new(3).unwrap()));
        let left: Vec<_> = (0..3).map(|_| limit.count(user(1)).unwrap().remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = limit.count(user(1)).unwrap_err();
        assert_eq!((refused.limit, refused.remaining), (3, 0));
        assert!((1..=21).contains(&refused.retry_seconds), "{refused:?}");
        assert!(limit.count(user(2)).is_ok());
    }

    #[test]
    fn however_many_call_the_memory_is_bounded() {
        let limit = Limit::of_callers(Quota::per_hour(NonZeroU32::new(1_000_000).unwrap()), 100);
        for id in 0..5 * LOOK_EVERY {
            limit.count(user(id)).unwrap();
        }
        let bound = 100 + usize::try_from(LOOK_EVERY).unwrap() + usize::from(CROWDS);
        assert!(limit.limiter.len() <= bound, "{} callers", limit.limiter.len());
    }
}
