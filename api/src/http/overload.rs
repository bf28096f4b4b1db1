//! Bookings beyond what may be under way: refused before anything else costs time, with an answer that is ready.

use super::edge::NO_SNIFF;
use super::request::Names;
use crate::app::App;
use crate::gateway::AskError;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response};
use std::sync::LazyLock;
use std::time::Instant;

/// Where buyers book.
const BOOKING: &str = "/api/booking";

/// What all of them are told.
static REFUSAL: LazyLock<Response<Bytes>> = LazyLock::new(|| {
    let mut refusal = Problem::from(AskError::Overloaded).answer_to(Some(BOOKING)).map(Bytes::from);
    refusal.headers_mut().insert(NO_SNIFF.0, NO_SNIFF.1);
    refusal
});

/// Whether this is a booking that there is no room for.
pub(super) fn is_beyond_room<B>(app: &App, request: &Request<B>) -> bool {
    !app.gateway.has_room_for_booking() && request.method() == Method::POST && request.uri().path() == BOOKING
}

/// 503 `overloaded`. It is counted, and the log is spared.
pub(super) fn refuse<B>(app: &App, request: &Request<B>, started: Instant) -> Response<Body> {
    let mut response = REFUSAL.clone().map(Body::from);
    Names::of(request.headers()).write(response.headers_mut());
    app.request_times.count(&Method::POST, BOOKING, response.status(), started.elapsed());
    response
}
