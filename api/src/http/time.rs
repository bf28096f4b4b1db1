//! Times: milliseconds inside, RFC 3339 in UTC outside.

use ::time::format_description::well_known::Rfc3339;
use ::time::{OffsetDateTime, UtcOffset};
use rowlock_engine::ids::TimeMs;
use serde::{Deserialize, Deserializer};

/// What the time is.
pub fn now() -> TimeMs {
    TimeMs(u64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or(0))
}

/// As the HTTP contract writes a time, to the millisecond.
pub fn rfc3339(at: TimeMs) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000);
    // Nothing after the year 9999 can be written; nothing that far comes in either.
    time.ok().and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| "9999-12-31T23:59:59Z".to_owned())
}

/// Reads a time with any offset; none before 1970.
pub fn parse(text: &str) -> Option<TimeMs> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?.to_offset(UtcOffset::UTC);
    u64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok().map(TimeMs)
}

/// A time in a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp(pub TimeMs);

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let expected = "a time after 1970 as RFC 3339 writes it, such as 2030-06-01T19:30:00Z";
        parse(&text).map(Self).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is not {expected}")))
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, rfc3339};
    use rowlock_engine::ids::TimeMs;

    #[test]
    fn times_go_out_in_utc_and_come_in_with_any_offset() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2030-06-01T19:30:00.250Z", 1_906_572_600_250),
            ("2030-06-01T21:30:00.250+02:00", 1_906_572_600_250),
        ] {
            assert_eq!(parse(text), Some(TimeMs(ms)), "{text}");
            assert_eq!(parse(&rfc3339(TimeMs(ms))), Some(TimeMs(ms)));
        }
        assert_eq!(rfc3339(TimeMs(1_906_572_600_250)), "2030-06-01T19:30:00.25Z");
        for bad in ["", "tomorrow", "2030-06-01", "1969-12-31T23:59:59Z", "2030-06-01T19:30:00"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(rfc3339(TimeMs(u64::MAX)), "9999-12-31T23:59:59Z");
    }
}
