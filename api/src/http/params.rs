//! Parameters in the path and behind the question mark.

use super::misfit::misfit;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// Parameters of the path. What cannot be one is not there.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

/// Parameters of the query.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = <axum::extract::Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        found.map(|path| Self(path.0)).map_err(|error| Problem::not_found(error.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(pairs)
            .map(Self)
            .map_err(|error| Problem::invalid(vec![misfit(&error.path().to_string(), &error.inner().to_string())]))
    }
}

/// A header's text, or 400 when it is none.
///
/// # Errors
/// 400 `bad_header` naming it.
pub(super) fn header_text<'a>(parts: &'a Parts, name: &'static str) -> Result<Option<&'a str>, Problem> {
    let Some(value) = parts.headers.get(name) else { return Ok(None) };
    let bad = |_| Problem::new(StatusCode::BAD_REQUEST, "bad_header", format!("{name} is not visible ASCII"));
    value.to_str().map(Some).map_err(bad)
}
