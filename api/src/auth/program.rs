//! Programs, as routes ask for them.

use crate::app::App;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use rowlock_persistence::sql::ApiKeyId;

/// A program that sent a good `X-Api-Key`.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Which key.
    pub key: ApiKeyId,
}

impl Program {
    /// The key that a request carries, if it was found good a short while ago.
    pub(crate) fn recall(app: &App, headers: &HeaderMap) -> Option<ApiKeyId> {
        app.auth.keys.recall(headers.get("x-api-key")?.to_str().ok()?)
    }
}

impl FromRequestParts<App> for Program {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let key = parts.headers.get("x-api-key").and_then(|key| key.to_str().ok());
        let key = key.ok_or_else(|| Problem::unauthenticated("send a key as `X-Api-Key`"))?;
        Ok(Self { key: app.auth.keys.check(key).await? })
    }
}
