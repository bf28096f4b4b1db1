//! A number, or each one of a list. Told apart by hand: serde's untagged enums forget where in the JSON an error is.

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Reads a number with `count`, and a list with `each`.
pub(super) fn count_or_each<'de, D: Deserializer<'de>, T: Deserialize<'de>, R>(
    deserializer: D,
    count: fn(u32) -> R,
    each: fn(Vec<T>) -> R,
) -> Result<R, D::Error> {
    deserializer.deserialize_any(CountOrEach { count, each })
}

struct CountOrEach<T, R> {
    count: fn(u32) -> R,
    each: fn(Vec<T>) -> R,
}

impl<'de, T: Deserialize<'de>, R> Visitor<'de> for CountOrEach<T, R> {
    type Value = R;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("how many there are, or a list of them")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<R, E> {
        let number = u32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))?;
        Ok((self.count)(number))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<R, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(self.each)
    }
}
