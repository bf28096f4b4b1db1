//! Which event somebody wants.

use rand::Rng;
use rand_distr::{Distribution, Zipf};

/// How fast interest falls from one event to the next, where one of them is hot.
const ZIPF_EXPONENT: f64 = 1.0;

/// Chooses events.
#[derive(Clone, Debug)]
pub struct Popularity {
    events: usize,
    /// The first event's share, and how the others share the rest.
    hot: Option<(f64, Option<Zipf<f64>>)>,
}

impl Popularity {
    /// Of `events`, the first has the share `hot`; all have the same if that is `None`.
    #[expect(clippy::cast_precision_loss, reason = "there are few events")]
    pub fn new(events: usize, hot: Option<f64>) -> Self {
        let others = Zipf::new((events - 1) as f64, ZIPF_EXPONENT).ok();
        Self { events, hot: hot.map(|share| (share, others)) }
    }

    /// The index of an event.
    pub fn pick(&self, random: &mut impl Rng) -> usize {
        match &self.hot {
            None => random.random_range(0..self.events),
            Some((_, None)) => 0,
            Some((share, _)) if random.random_bool(*share) => 0,
            Some((_, Some(others))) => others.sample(random) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Popularity;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn counts(events: usize, hot: Option<f64>) -> Vec<u32> {
        let (popularity, mut random) = (Popularity::new(events, hot), ChaCha8Rng::seed_from_u64(1));
        let mut counts = vec![0; events];
        for _ in 0..10_000 {
            counts[popularity.pick(&mut random)] += 1;
        }
        counts
    }

    #[test]
    fn the_hot_event_has_its_share_and_the_others_follow_zipf() {
        assert!(counts(4, None).iter().all(|count| (2_300..2_700).contains(count)));
        let hot = counts(4, Some(0.9));
        assert!((8_800..9_200).contains(&hot[0]), "{hot:?}");
        assert!(hot[1] > hot[2] && hot[2] > hot[3] && hot[3] > 0, "{hot:?}");
        assert_eq!(counts(1, Some(0.5)), [10_000]);
    }
}
