//! Payments whose money was taken a moment ago, so that the settlement need not ask the provider for each of them again.

use rowlock_engine::ids::PaymentId;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Payments of one generation. The provider is asked about those that were forgotten.
const GENERATION_MAX: usize = 32_768;

/// The youngest payments whose money was taken, two generations of them.
#[derive(Default)]
pub(super) struct Captured(Mutex<[HashSet<PaymentId>; 2]>);

impl Captured {
    pub fn note(&self, payment: PaymentId) {
        let [young, old] = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if young.len() == GENERATION_MAX {
            *old = std::mem::take(young);
        }
        young.insert(payment);
    }

    /// Whether it was noted; it is forgotten with that.
    pub fn take(&self, payment: PaymentId) -> bool {
        let [young, old] = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        young.remove(&payment) || old.remove(&payment)
    }
}

#[cfg(test)]
mod tests {
    use super::{Captured, GENERATION_MAX};
    use rowlock_engine::ids::PaymentId;
    use uuid::Uuid;

    #[test]
    fn a_payment_is_known_once_and_the_oldest_are_forgotten() {
        let (captured, id) = (Captured::default(), |number: usize| PaymentId(Uuid::from_u128(number as u128)));
        captured.note(id(0));
        assert!(captured.take(id(0)) && !captured.take(id(0)));
        (0..=2 * GENERATION_MAX).for_each(|number| captured.note(id(number)));
        let known = (0..=2 * GENERATION_MAX).filter(|number| captured.take(id(*number)));
        assert_eq!(known.min(), Some(GENERATION_MAX));
    }
}
