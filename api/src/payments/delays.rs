//! Payments that could not be settled, and when they are due again; so that they do not hold up the others.

use rowlock_engine::ids::PaymentId;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Payments that may be put off. Beyond that they are tried in every round.
const DELAYED_MAX: usize = 1_000;
/// First delay; doubles up to `DELAY_MAX`.
const DELAY: Duration = Duration::from_secs(1);
const DELAY_MAX: Duration = Duration::from_secs(60);
/// A payment that nobody asked for since is settled by somebody else.
const FORGET_AFTER: Duration = Duration::from_secs(300);

#[derive(Default)]
pub(super) struct Delays {
    delays: HashMap<PaymentId, Delay>,
    /// Whether the alarm was given that there are too many; there is no second one before half of them are gone.
    is_alarmed: bool,
}

struct Delay {
    length: Duration,
    until: Instant,
}

impl Delays {
    /// How many rows to read so that `batch` of them are due, if there are as many.
    pub fn limit(&self, batch: u32) -> u32 {
        batch + u32::try_from(self.delays.len()).expect("delays are capped")
    }

    pub fn is_due(&self, payment: PaymentId, now: Instant) -> bool {
        self.delays.get(&payment).is_none_or(|delay| delay.until <= now)
    }

    /// Notes what was settled and what was not; gives back what was.
    pub fn note(&mut self, results: Vec<(PaymentId, bool)>, now: Instant) -> HashSet<PaymentId> {
        self.delays.retain(|_, delay| delay.until + FORGET_AFTER > now);
        let mut settled = HashSet::new();
        for (payment, is_settled) in results {
            if is_settled {
                self.delays.remove(&payment);
                settled.insert(payment);
            } else {
                self.put_off(payment, now);
            }
        }
        self.is_alarmed &= self.delays.len() > DELAYED_MAX / 2;
        settled
    }

    fn put_off(&mut self, payment: PaymentId, now: Instant) {
        let known = self.delays.get(&payment).map(|delay| (delay.length * 2).min(DELAY_MAX));
        if known.is_none() && self.delays.len() == DELAYED_MAX {
            if !std::mem::replace(&mut self.is_alarmed, true) {
                tracing::error!("ALARM: more than {DELAYED_MAX} payments cannot be settled; see the errors before");
            }
            return;
        }
        let length = known.unwrap_or(DELAY);
        self.delays.insert(payment, Delay { length, until: now + length });
    }
}

#[cfg(test)]
mod tests {
    use super::{DELAY, DELAY_MAX, DELAYED_MAX, Delays};
    use rowlock_engine::ids::PaymentId;
    use std::time::{Duration, Instant};
    use uuid::Uuid;

    #[test]
    fn failures_are_put_off_ever_longer_and_forgotten_once_settled() {
        let (mut delays, payment) = (Delays::default(), PaymentId(Uuid::from_u128(1)));
        let (mut now, mut length) = (Instant::now(), DELAY);
        assert!(delays.is_due(payment, now));
        for _ in 0..8 {
            assert!(delays.note(vec![(payment, false)], now).is_empty());
            assert_eq!(delays.limit(10), 11);
            now += length;
            assert!(!delays.is_due(payment, now - Duration::from_millis(1)));
            assert!(delays.is_due(payment, now));
            length = (length * 2).min(DELAY_MAX);
        }
        assert!(delays.note(vec![(payment, true)], now).contains(&payment));
        assert_eq!(delays.limit(10), 10);
    }

    #[test]
    fn delays_are_capped() {
        let (mut delays, now) = (Delays::default(), Instant::now());
        let failed = (0..=DELAYED_MAX as u128).map(|id| (PaymentId(Uuid::from_u128(id)), false));
        delays.note(failed.collect(), now);
        assert_eq!(delays.limit(0) as usize, DELAYED_MAX);
        assert!(delays.is_due(PaymentId(Uuid::from_u128(DELAYED_MAX as u128)), now));
        for (settled, is_alarmed) in [(DELAYED_MAX / 2 - 1, true), (DELAYED_MAX / 2, false)] {
            delays.note((0..settled as u128).map(|id| (PaymentId(Uuid::from_u128(id)), true)).collect(), now);
            assert_eq!(delays.is_alarmed, is_alarmed, "once {settled} are settled");
        }
    }
}
