//! What every request passes, on its way in and out.

use super::limits::CallerKey;
use super::overload;
use super::request::{Names, RequestContext};
use crate::app::App;
use crate::auth::{Caller, Program};
use crate::problem::Problem;
use crate::routes::Routes;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use hyper::body::Incoming;
use std::any::Any;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(super) const NO_SNIFF: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));

/// Names the request, counts it against its caller's limit, has it answered, and catches panics.
pub async fn edge(app: &App, routes: &Routes, peer: SocketAddr, request: Request<Incoming>) -> Response {
    let started = Instant::now();
    if overload::is_beyond_room(app, &request) {
        return overload::refuse(app, &request, started);
    }
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let context = Arc::new(RequestContext::new(&request));
    let (allowance, mut response) = match app.limits.request(|| caller_of(app, peer, &request)) {
        Ok(allowance) => (allowance, context.clone().scope(answer(routes, request)).await),
        Err(nothing) => {
            let refuse = async { nothing.problem().into_response() };
            (Some(nothing), context.clone().scope(refuse).await)
        }
    };
    let headers = response.headers_mut();
    if let Some(allowance) = allowance {
        allowance.write(headers);
    }
    headers.insert(NO_SNIFF.0, NO_SNIFF.1);
    context.names.write(headers);
    report(app, routes, &context, &response, started.elapsed());
    response
}

/// 404 for a path that no route has.
pub async fn no_route(uri: Uri) -> Problem {
    Problem::not_found(format!("there is nothing at {}", uri.path()))
}

/// 405 for a route without this method.
pub async fn no_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} has no {method}; see Allow", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

async fn answer(routes: &Routes, request: Request) -> Response {
    match AssertUnwindSafe(routes.answer(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => Problem::internal(&panic_text(&*panic)).into_response(),
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("a panic: {}", text.unwrap_or("without a message"))
}

/// Whoever calls: a user or a program that is known to be one, else whoever is at this address. What was not
/// checked does not count, or every made-up token would bring a limit of its own.
fn caller_of(app: &App, peer: SocketAddr, request: &Request) -> CallerKey {
    if let Some(key) = Program::recall(app, request.headers()) {
        return CallerKey::Program(key);
    }
    if let Some(caller) = Caller::by_token(app, request.headers()) {
        return CallerKey::User(caller.id);
    }
    peer.ip().into()
}

/// Counts the request and tells the log.
fn report(app: &App, routes: &Routes, context: &RequestContext, response: &Response, took: Duration) {
    let status = response.status();
    let RequestContext { names: Names { id, traceparent }, method, uri } = context;
    let path = uri.path();
    app.request_times.count(method, routes.name(path).unwrap_or("none"), status, took);
    // A line for each of those that are refused for load would add to it: they are counted.
    let is_expected = response.headers().contains_key(RETRY_AFTER);
    if status.is_server_error() && !is_expected {
        tracing::warn!(?id, %method, path, %status, ?took, ?traceparent, "answered");
    } else {
        tracing::debug!(?id, %method, path, %status, ?took, ?traceparent, "answered");
    }
}
