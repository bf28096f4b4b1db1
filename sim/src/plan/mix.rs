//! What is asked in which proportion.

use super::Fate;
use rand::Rng;
use std::fmt;
use std::str::FromStr;

/// What is asked in which proportion.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// Looks at an event for each booking request.
    pub browse: f64,
    /// Weights of how seats are asked for: the best, named ones.
    wishes: [f64; 2],
    /// Weights of what becomes of a booking, in the order of [`FATES`].
    fates: [f64; 4],
    /// Share of the booking requests that are sent again.
    retry: f64,
}

const FATES: [(&str, Fate); 4] =
    [("pay", Fate::Pay), ("abandon", Fate::Abandon), ("cancel", Fate::Cancel), ("exchange", Fate::Exchange)];
const WISHES: [&str; 2] = ["best", "named"];

/// What is wrong with a mix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MixError {
    /// Not `name=number`, with a name that there is.
    #[error(
        "{0:?} is not one of browse, best, named, pay, abandon, cancel, exchange, retry with a number, as in `pay=0.6`"
    )]
    Part(String),
    /// Out of range.
    #[error("{0} must be from 0 to {1}")]
    Range(&'static str, u32),
    /// Nothing to choose from.
    #[error("one of {0} must be more than 0")]
    Nothing(&'static str),
}

impl Default for Mix {
    fn default() -> Self {
        Self { browse: 0.2, wishes: [0.8, 0.2], fates: [0.6, 0.25, 0.1, 0.05], retry: 0.02 }
    }
}

impl Mix {
    /// Whether named seats are wanted.
    pub(super) fn is_named(&self, random: &mut impl Rng) -> bool {
        choose(&self.wishes, random) == 1
    }

    /// Whether the request is sent again.
    pub(super) fn is_retried(&self, random: &mut impl Rng) -> bool {
        random.random_bool(self.retry)
    }

    /// What becomes of a booking.
    pub(super) fn fate(&self, random: &mut impl Rng) -> Fate {
        FATES[choose(&self.fates, random)].1
    }

    fn set(&mut self, name: &str, value: f64) -> bool {
        let place = |names: &[&str]| names.iter().position(|known| *known == name);
        match name {
            "browse" => self.browse = value,
            "retry" => self.retry = value,
            _ => match (place(&WISHES), place(&FATES.map(|(name, _)| name))) {
                (Some(wish), _) => self.wishes[wish] = value,
                (_, Some(fate)) => self.fates[fate] = value,
                _ => return false,
            },
        }
        true
    }

    fn checked(self) -> Result<Self, MixError> {
        if !(0.0..=10.0).contains(&self.browse) {
            return Err(MixError::Range("browse", 10));
        }
        if !(0.0..=1.0).contains(&self.retry) {
            return Err(MixError::Range("retry", 1));
        }
        if self.wishes.iter().sum::<f64>() <= 0.0 {
            return Err(MixError::Nothing("best, named"));
        }
        if self.fates.iter().sum::<f64>() <= 0.0 {
            return Err(MixError::Nothing("pay, abandon, cancel, exchange"));
        }
        Ok(self)
    }
}

fn choose(weights: &[f64], random: &mut impl Rng) -> usize {
    let mut left = random.random_range(0.0..weights.iter().sum());
    weights
        .iter()
        .position(|weight| {
            left -= weight;
            left < 0.0
        })
        .unwrap_or(weights.len() - 1)
}

impl FromStr for Mix {
    type Err = MixError;

    /// `name=number,…`; what is not named keeps its default.
    fn from_str(text: &str) -> Result<Self, MixError> {
        let mut mix = Self::default();
        for part in text.split(',') {
            let wrong = || MixError::Part(part.to_owned());
            let (name, number) = part.split_once('=').ok_or_else(wrong)?;
            let number = number.parse().ok().filter(|number| (0.0..=1_000.0).contains(number)).ok_or_else(wrong)?;
            if !mix.set(name.trim(), number) {
                return Err(wrong());
            }
        }
        mix.checked()
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "browse={},best={},named={}", self.browse, self.wishes[0], self.wishes[1])?;
        for ((name, _), weight) in FATES.iter().zip(self.fates) {
            write!(f, ",{name}={weight}")?;
        }
        write!(f, ",retry={}", self.retry)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mix, MixError};

    #[test]
    fn a_mix_is_read_as_it_is_written() {
        let mix: Mix = "best=1, named=0,pay=0.5,retry=0".parse().unwrap();
        assert_eq!(mix.to_string().parse(), Ok(mix.clone()));
        assert_eq!((mix.wishes, mix.fates[0], mix.retry, mix.browse), ([1.0, 0.0], 0.5, 0.0, 0.2));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (text, expected) in [
            ("", MixError::Part(String::new())),
            ("pay", MixError::Part("pay".to_owned())),
            ("steal=1", MixError::Part("steal=1".to_owned())),
            ("pay=-1", MixError::Part("pay=-1".to_owned())),
            ("pay=NaN", MixError::Part("pay=NaN".to_owned())),
            ("retry=2", MixError::Range("retry", 1)),
            ("browse=11", MixError::Range("browse", 10)),
            ("best=0,named=0", MixError::Nothing("best, named")),
            ("pay=0,abandon=0,cancel=0,exchange=0", MixError::Nothing("pay, abandon, cancel, exchange")),
        ] {
            assert_eq!(text.parse::<Mix>(), Err(expected), "{text:?}");
        }
    }
}
