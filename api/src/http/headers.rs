//! Headers that change what a request means.

use super::params::header_text;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use rowlock_engine::ids::RequestId;
use serde::Serialize;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

/// `Idempotency-Replayed: true`: this answer was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Characters of an Idempotency-Key.
const KEY_CHARACTERS_MAX: usize = 255;

/// The caller's own name for a request, so that it can be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        let Some(key) = parts.headers.get("idempotency-key") else { return Ok(None) };
        let text = key.to_str().unwrap_or_default();
        if (1..=KEY_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Some(Self(text.to_owned())));
        }
        let detail = format!("the key must have 1 to {KEY_CHARACTERS_MAX} visible ASCII characters");
        Err(Problem::new(StatusCode::BAD_REQUEST, "bad_idempotency_key", detail))
    }
}

impl IdempotencyKey {
    /// The key within `scope`, which names the caller and what is asked for.
    #[must_use]
    pub fn hash(&self, scope: &str) -> u128 {
        let mut hasher = Xxh3Default::new();
        hasher.update(scope.as_bytes());
        // No scope contains it, so that no two pairs read the same.
        hasher.update(&[0]);
        hasher.update(self.0.as_bytes());
        hasher.digest128()
    }

    /// What makes a command of this request idempotent.
    #[must_use]
    pub fn request_id(&self, scope: &str, fingerprint: u64) -> RequestId {
        RequestId { key: self.hash(scope), fingerprint }
    }
}

/// Digest of what a request asks for, whatever its white space.
///
/// # Panics
/// If `body` cannot be written as JSON, which plain data always can.
pub fn fingerprint(body: &impl Serialize) -> u64 {
    xxh3_64(&serde_json::to_vec(body).expect("plain data can be written as JSON"))
}

/// Whether the caller prefers 202 to waiting (`Prefer: respond-async`).
#[derive(Clone, Copy, Debug)]
pub struct PreferAsync(pub bool);

impl<S: Send + Sync> FromRequestParts<S> for PreferAsync {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let preferences = header_text(parts, "prefer")?.unwrap_or_default().split(',');
        Ok(Self(preferences.map(str::trim).any(|name| name.eq_ignore_ascii_case("respond-async"))))
    }
}
