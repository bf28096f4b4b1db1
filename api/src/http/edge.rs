//! What every request passes, on its way in and out.

use super::limits::CallerKey;
use super::request::RequestContext;
use crate::app::App;
use crate::auth::{Caller, Program};
use crate::gateway::AskError;
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

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const NO_SNIFF: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));

/// Where buyers book.
const BOOKING: &str = "/api/booking";

/// Names the request, counts it against its caller's limit, has it answered, and catches panics.
pub async fn edge(app: &App, routes: &Routes, peer: SocketAddr, request: Request<Incoming>) -> Response {
    let started = Instant::now();
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let context = Arc::new(RequestContext::new(&request));
    let refuse = |problem: Problem| context.clone().scope(async move { problem.into_response() });
    let (allowance, mut response) = if is_too_much(app, &request) {
        (None, refuse(AskError::Overloaded.into()).await)
    } else {
        match app.limits.request(|| caller_of(app, peer, &request)) {
            Ok(allowance) => (allowance, context.clone().scope(answer(routes, request)).await),
            Err(nothing) => (Some(nothing), refuse(nothing.problem()).await),
        }
    };
    let headers = response.headers_mut();
    if let Some(allowance) = allowance {
        allowance.write(headers);
    }
    headers.insert(NO_SNIFF.0, NO_SNIFF.1);
    headers.insert(REQUEST_ID, context.id.clone());
    if let Some(traceparent) = &context.traceparent {
        headers.insert(TRACEPARENT, traceparent.clone());
    }
    report(app, routes, &context, &response, started.elapsed());
    response
}

/// Whether this is a booking, and no command has room any more: that is seen before anything else costs time.
fn is_too_much(app: &App, request: &Request) -> bool {
    !app.gateway.has_room() && request.method() == Method::POST && request.uri().path() == BOOKING
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
    let RequestContext { id, method, uri, traceparent } = context;
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
