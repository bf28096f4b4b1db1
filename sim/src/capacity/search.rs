//! The highest rate that is carried, by trying.

/// Lowest and highest rate that is tried.
const RATES: (u32, u32) = (1, 1_000_000);
/// Rates that are tried at most: enough to come from one end to within a thirty-second of any rate.
const TRIALS_MAX: usize = 40;
/// The search ends when what was met and what was missed are closer than this part of it.
const CLOSE: u32 = 32;

/// The highest rate that `is_met`, to within a thirty-second, beginning at `first`; 0 if none is.
///
/// Grows or shrinks by half until one is met and one is missed, then halves what lies between.
///
/// # Errors
/// What `is_met` failed with.
pub async fn search<E>(first: u32, mut is_met: impl AsyncFnMut(u32) -> Result<bool, E>) -> Result<u32, E> {
    let (mut met, mut missed) = (0, None);
    let mut next = first.clamp(RATES.0, RATES.1);
    for _ in 0..TRIALS_MAX {
        if is_met(next).await? {
            met = next;
        } else {
            missed = Some(next);
        }
        next = match missed {
            None => next.saturating_add(next / 2 + 1).min(RATES.1),
            Some(missed) if met == 0 => missed * 2 / 3,
            Some(missed) => met + (missed - met) / 2,
        };
        let is_close = missed.is_some_and(|missed: u32| missed - met <= met / CLOSE);
        if is_close || next == met || next < RATES.0 {
            break;
        }
    }
    Ok(met)
}

#[cfg(test)]
mod tests {
    use super::{CLOSE, RATES, search};
    use std::convert::Infallible;

    #[tokio::test]
    async fn it_comes_close_from_either_side() {
        for capacity in [0, 1, 2, 70, 9_999, 10_000, 123_456, RATES.1] {
            for first in [0, 1, 5_000, 10_000, 900_000, u32::MAX] {
                let mut trials = 0;
                let found = search(first, async |rate| {
                    trials += 1;
                    Ok::<_, Infallible>(rate <= capacity)
                });
                let Ok(found) = found.await;
                assert!(
                    found <= capacity && capacity - found <= capacity / CLOSE,
                    "{found} of {capacity} from {first}"
                );
                assert!(trials <= 40, "{trials} trials of {capacity} from {first}");
            }
        }
    }

    #[tokio::test]
    async fn a_trial_that_fails_ends_it() {
        assert_eq!(search(10, async |_| Err("it broke")).await, Err("it broke"));
    }
}
