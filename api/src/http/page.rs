//! Lists come in pages.

use rowlock_persistence::sql::PAGE_MAX;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which page of a list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub struct PageQuery {
    /// `next_cursor` of the page before; the first page has none.
    pub cursor: Option<String>,
    /// Entries, at most 100.
    #[serde(default, deserialize_with = "limit")]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

impl PageQuery {
    /// How many entries the page may have.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(PAGE_MAX)
    }
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    // Flattened into a query, numbers arrive as text.
    let text = String::deserialize(deserializer)?;
    match text.parse() {
        Ok(limit @ 1..=PAGE_MAX) => Ok(Some(limit)),
        _ => Err(serde::de::Error::custom(format!("limit must be 1 to {PAGE_MAX}"))),
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageView<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins; `null` on the last one.
    #[schema(required)]
    pub next_cursor: Option<String>,
}
