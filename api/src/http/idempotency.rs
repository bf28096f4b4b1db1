//! Idempotency of routes that are not commands: their first answers are kept in the database.

use super::headers::{IdempotencyKey, REPLAYED};
use super::request::{RequestContext, request_id};
use super::time::now;
use crate::app::App;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use rowlock_persistence::sql::Remembered;
use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// Requests with a key that may run at once.
const RUNNING_MAX: usize = 10_000;

/// Keys whose first request is still running. Clones share them.
#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<HashSet<u128>>>);

/// Takes the key out again, whatever becomes of the request.
struct Runs(Running, u128);

impl Drop for Runs {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl Running {
    fn start(&self, key: u128) -> Result<Runs, Problem> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.len() >= RUNNING_MAX {
            return Err(Problem::overloaded("too many requests with an Idempotency-Key are running"));
        }
        if running.insert(key) {
            return Ok(Runs(self.clone(), key));
        }
        let detail = "the first request with this key has not been answered yet";
        Err(Problem::new(StatusCode::CONFLICT, "idempotency_in_progress", detail).retry_after(1))
    }
}

/// Runs `work` once for a key within `scope`, which names the caller and the route; a repeated request gets
/// the first answer again. Without a key it just runs. Either way it runs to its end, even if the client leaves.
///
/// # Errors
/// 422 when the key came with another request, 409 while the first is running.
pub async fn once(
    app: &App,
    scope: &str,
    key: Option<IdempotencyKey>,
    fingerprint: u64,
    work: impl Future<Output = Result<Response, Problem>> + Send + 'static,
) -> Result<Response, Problem> {
    let Some(key) = key else { return to_the_end(work).await };
    let key = key.hash(scope);
    let runs = app.running.start(key)?;
    if let Some(first) = app.database.recall(key, now()).await? {
        return replay(first, fingerprint);
    }
    let app = app.clone();
    to_the_end(async move {
        let _runs = runs;
        let response = work.await.unwrap_or_else(IntoResponse::into_response);
        if is_final(response.status()) { keep(&app, key, fingerprint, response).await } else { Ok(response) }
    })
    .await
}

/// As a task of its own: a client that leaves must not leave half of it done, and its key free.
async fn to_the_end(
    work: impl Future<Output = Result<Response, Problem>> + Send + 'static,
) -> Result<Response, Problem> {
    let task = match RequestContext::current() {
        Some(context) => tokio::spawn(context.scope(work)),
        None => tokio::spawn(work),
    };
    task.await.map_err(|fault| Problem::internal(&fault))?
}

fn replay(first: Remembered, fingerprint: u64) -> Result<Response, Problem> {
    if first.fingerprint != fingerprint {
        let detail = "the key was used with another request";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail));
    }
    let status = StatusCode::from_u16(first.status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (REPLAYED, HeaderValue::from_static("true"))];
    Ok((status, headers, first.body).into_response())
}

/// Whether the same request would be answered the same way for good.
fn is_final(status: StatusCode) -> bool {
    let passing = [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    (status.is_success() && status != StatusCode::ACCEPTED) || status.is_client_error() && !passing.contains(&status)
}

async fn keep(app: &App, key: u128, fingerprint: u64, response: Response) -> Result<Response, Problem> {
    let (parts, body) = response.into_parts();
    let bytes: Bytes = body.collect().await.map_err(|error| Problem::internal(&error))?.to_bytes();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    let remembered = Remembered { fingerprint, status: parts.status.as_u16(), body };
    // It is done: that a repeat will not know is the lesser evil than to deny it.
    if let Err(error) = app.database.remember(key, remembered, now()).await {
        tracing::error!(request_id = %request_id(), %error, "an answer was not kept; a repeat would be carried out");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}
