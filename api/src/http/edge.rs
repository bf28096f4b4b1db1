//! The layer that every request passes, on its way in and out.

use super::limits::CallerKey;
use super::request::RequestContext;
use crate::app::App;
use crate::auth::{Caller, Program};
use crate::problem::Problem;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

/// How long an answer may take to begin; longer than any payment, since those are answered when they are done.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const NO_SNIFF: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));

/// Names the request, counts it against its caller's limit, bounds its time, and catches panics.
pub async fn edge(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let context = RequestContext::new(request.headers(), request.uri());
    let seen = Seen::of(&request, &context);
    let (allowance, mut response) = match app.limits.request(caller_of(&app, &request)) {
        Ok(allowance) => (allowance, context.scope(answer(request, next)).await),
        Err(nothing) => (Some(nothing), context.scope(async { nothing.problem().into_response() }).await),
    };
    let headers = response.headers_mut();
    if let Some(allowance) = allowance {
        allowance.write(headers);
    }
    headers.insert(NO_SNIFF.0, NO_SNIFF.1);
    seen.report(&mut response, started.elapsed());
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

async fn answer(request: Request, next: Next) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(ANSWER_LIMIT, answered).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => Problem::internal(&panic_text(&*panic)).into_response(),
        Err(_) => {
            let detail = format!("no answer within {ANSWER_LIMIT:?}");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", detail).retry_after(1).into_response()
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("a panic: {}", text.unwrap_or("without a message"))
}

/// Whoever calls: a user or a program that is known to be one, else whoever is at this address. What was not
/// checked does not count, or every made-up token would bring a limit of its own.
fn caller_of(app: &App, request: &Request) -> CallerKey {
    if let Some(key) = Program::recall(app, request.headers()) {
        return CallerKey::Program(key);
    }
    if let Some(caller) = Caller::by_token(app, request.headers()) {
        return CallerKey::User(caller.id);
    }
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>();
    address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip()).into()
}

/// What is said of a request once it is answered.
struct Seen {
    method: Method,
    uri: Uri,
    id: HeaderValue,
    traceparent: Option<HeaderValue>,
    route: Option<MatchedPath>,
}

impl Seen {
    fn of(request: &Request, context: &RequestContext) -> Self {
        let headers: &HeaderMap = request.headers();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            id: context.id.clone(),
            traceparent: headers.get(&TRACEPARENT).cloned(),
            route: request.extensions().get::<MatchedPath>().cloned(),
        }
    }

    fn report(self, response: &mut Response, took: Duration) {
        let status = response.status();
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        crate::metrics::request(&self.method, route, status, took);
        let (id, path, trace) = (&self.id, self.uri.path(), &self.traceparent);
        if status.is_server_error() {
            tracing::warn!(?id, method = %self.method, path, %status, ?took, ?trace, "answered");
        } else {
            tracing::debug!(?id, method = %self.method, path, %status, ?took, ?trace, "answered");
        }
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, self.id);
        if let Some(traceparent) = self.traceparent {
            headers.insert(TRACEPARENT, traceparent);
        }
    }
}
