//! What a run must meet.

use humantime::format_duration;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What a run must meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slo {
    /// Highest 99th percentile of a booking's latency.
    pub p99: Option<Duration>,
    /// Fewest booking requests a second that are answered with seats or a refusal; nearly all that come if `None`.
    pub carried: Option<u32>,
    /// Highest 99th percentile of how soon a refusal for load comes, since the request was due.
    pub shed: Option<Duration>,
    /// Most errors; a refusal is an answer, not an error.
    pub errors: u64,
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not p99 or shed with a time, or carried or errors with a number, as in `p99=25ms,errors=0`")]
pub struct SloError(String);

impl FromStr for Slo {
    type Err = SloError;

    fn from_str(text: &str) -> Result<Self, SloError> {
        let mut slo = Self::default();
        for part in text.split(',') {
            let wrong = || SloError(part.to_owned());
            match part.trim().split_once('=').ok_or_else(wrong)? {
                ("p99", limit) => slo.p99 = Some(humantime::parse_duration(limit).map_err(|_| wrong())?),
                ("shed", limit) => slo.shed = Some(humantime::parse_duration(limit).map_err(|_| wrong())?),
                ("carried", least) => slo.carried = Some(least.parse().map_err(|_| wrong())?),
                ("errors", most) => slo.errors = most.parse().map_err(|_| wrong())?,
                _ => return Err(wrong()),
            }
        }
        Ok(slo)
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, limit) in [("p99", self.p99), ("shed", self.shed)] {
            if let Some(limit) = limit {
                write!(f, "{name}={},", format_duration(limit).to_string().replace(' ', ""))?;
            }
        }
        if let Some(carried) = self.carried {
            write!(f, "carried={carried},")?;
        }
        write!(f, "errors={}", self.errors)
    }
}

#[cfg(test)]
mod tests {
    use super::{Slo, SloError};
    use std::time::Duration;

    #[test]
    fn it_is_read_as_it_is_written() {
        let [p99, shed] = [1_025, 100].map(|limit| Some(Duration::from_millis(limit)));
        let slo = Slo { p99, carried: Some(9_000), shed, errors: 3 };
        assert_eq!(slo.to_string(), "p99=1s25ms,shed=100ms,carried=9000,errors=3");
        assert_eq!(slo.to_string().parse(), Ok(slo));
        assert_eq!(Slo::default().to_string().parse(), Ok(Slo::default()));
        assert_eq!("p99=1".parse::<Slo>(), Err(SloError("p99=1".to_owned())));
        assert_eq!("p50=1ms".parse::<Slo>(), Err(SloError("p50=1ms".to_owned())));
    }
}
