//! JSON bodies, with every way to get them wrong told apart.

use super::misfit::{message, misfit};
use crate::problem::{FieldError, Problem};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Bytes of a request's body: 1 MiB.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// Bytes of the body that describes an event: 2 MiB.
pub const EVENT_BODY_BYTES_MAX: usize = 2 << 20;
/// How long a body may take.
const BODY_LIMIT: Duration = Duration::from_secs(30);

/// A JSON body of at most [`BODY_BYTES_MAX`], or a JSON answer.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// A JSON body whose fields are in their bounds.
#[derive(Clone, Copy, Debug)]
pub struct Valid<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(request, BODY_BYTES_MAX).await.map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context = ()>> FromRequest<S> for Valid<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let value: T = read(request, BODY_BYTES_MAX).await?;
        check(&value)?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Says which fields are out of their bounds.
///
/// # Errors
/// 422 with all of them.
pub fn check(value: &impl Validate<Context = ()>) -> Result<(), Problem> {
    value.validate().map_err(|report| {
        let errors = report.iter().map(|(path, error)| FieldError::new(path.to_string(), error.to_string()));
        Problem::invalid(errors.collect())
    })
}

/// Reads a JSON body of at most `bytes_max`.
///
/// # Errors
/// 400, 413, 415 or 422, naming what is wrong where.
pub async fn read<T: DeserializeOwned>(request: Request, bytes_max: usize) -> Result<T, Problem> {
    if !is_json(request.headers()) {
        let detail = "send the body as JSON, with Content-Type: application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
    }
    parse(&collect(request.into_body(), bytes_max).await?)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

async fn collect(body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let collected = tokio::time::timeout(BODY_LIMIT, Limited::new(body, bytes_max).collect()).await;
    let Ok(collected) = collected else {
        let detail = format!("the body was not there within {BODY_LIMIT:?}");
        return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail));
    };
    match collected {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("the body may have at most {bytes_max} bytes");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail))
        }
        Err(error) => Err(Problem::new(StatusCode::BAD_REQUEST, "malformed_body", error.to_string())),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| wrong(&error.path().to_string(), error.inner()))?;
    deserializer.end().map_err(|error| wrong("", &error))?;
    // A list would do for the fields in their written order, which is nothing that anybody should rely on.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::invalid(vec![FieldError::new("", "the body must be a JSON object")]));
    }
    Ok(value)
}

fn wrong(path: &str, error: &serde_json::Error) -> Problem {
    if error.is_data() {
        return Problem::invalid(vec![misfit(path, &message(error))]);
    }
    Problem::new(StatusCode::BAD_REQUEST, "malformed_json", error.to_string())
        .with("line", error.line())
        .with("column", error.column())
}

#[cfg(test)]
mod tests;
