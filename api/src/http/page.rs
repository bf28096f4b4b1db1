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
    let text = String::deserialize(deserializer)?;
    match text.parse() {
        Ok(limit @ 1..=PAGE_MAX) => Ok(Some(limit)),
        _ => Err(serde::de::Error::custom(format!("{text:?} is not a number from 1 to {PAGE_MAX}"))),
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

#[cfg(test)]
mod tests {
    use super::PageQuery;
    use crate::http::Query;
    use axum::extract::FromRequestParts;
    use axum::http::Request;
    use rowlock_persistence::sql::PAGE_MAX;

    async fn page(query: &str) -> Result<(Option<String>, u32), serde_json::Value> {
        let (mut parts, ()) = Request::builder().uri(format!("/?{query}")).body(()).unwrap().into_parts();
        let read = Query::<PageQuery>::from_request_parts(&mut parts, &()).await;
        read.map(|Query(page)| (page.cursor.clone(), page.limit())).map_err(|problem| problem.to_json())
    }

    #[tokio::test]
    async fn pages_are_asked_for_within_bounds() {
        for (query, cursor, limit) in
            [("", None, PAGE_MAX), ("limit=1", None, 1), ("q=x&cursor=a%2Bb&limit=100", Some("a+b"), 100)]
        {
            assert_eq!(page(query).await.unwrap(), (cursor.map(str::to_owned), limit), "{query}");
        }
        for bad in ["limit=0", "limit=101", "limit=-1", "limit=ten", "limit="] {
            let told = page(bad).await.unwrap_err();
            assert_eq!((&told["code"], &told["errors"][0]["field"]), (&"invalid".into(), &"limit".into()), "{bad}");
        }
    }
}
