//! The request under way, for whatever is answered or logged on its behalf.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use std::future::Future;
use std::sync::Arc;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Bytes of an X-Request-Id that is taken over; a longer one is replaced.
const REQUEST_ID_BYTES_MAX: usize = 128;

tokio::task_local! {
    static CURRENT: Arc<RequestContext>;
}

/// What a request goes by, in the log and in its answer.
#[derive(Debug)]
pub struct Names {
    /// The caller's X-Request-Id, or a new one.
    pub id: HeaderValue,
    /// The caller's trace, as W3C Trace Context has it.
    pub traceparent: Option<HeaderValue>,
}

impl Names {
    /// Of the request with these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).filter(|id| is_sane(id.as_bytes()));
        let id = given.cloned().unwrap_or_else(|| {
            let id = format!("{:016x}", rand::random::<u64>());
            HeaderValue::try_from(id).expect("hexadecimal digits are visible ASCII")
        });
        Self { id, traceparent: headers.get(TRACEPARENT).cloned() }
    }

    /// Puts them into an answer's headers.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(REQUEST_ID, self.id.clone());
        if let Some(traceparent) = &self.traceparent {
            headers.insert(TRACEPARENT, traceparent.clone());
        }
    }
}

/// What is known of a request while it is answered.
#[derive(Debug)]
pub struct RequestContext {
    /// What it goes by.
    pub names: Names,
    /// What to do.
    pub method: Method,
    /// With what.
    pub uri: Uri,
}

impl RequestContext {
    /// Of `request`.
    pub fn new(request: &Request) -> Self {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        Self { names: Names::of(request.headers()), method, uri }
    }

    /// Of the request under way, to be taken along to another task.
    pub(super) fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs `work` as part of this request.
    pub fn scope<T, W: Future<Output = T>>(self: Arc<Self>, work: W) -> impl Future<Output = T> + use<T, W> {
        CURRENT.scope(self, work)
    }
}

fn is_sane(id: &[u8]) -> bool {
    (1..=REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

/// The id of the request under way; `-` outside of one.
pub fn request_id() -> String {
    let id = CURRENT.try_with(|request| request.names.id.to_str().unwrap_or("-").to_owned());
    id.unwrap_or_else(|_| "-".to_owned())
}

/// Gives `use_path` the path of the request under way, if there is one.
pub fn instance<T>(use_path: impl FnOnce(Option<&str>) -> T) -> T {
    match CURRENT.try_with(|request| request.uri.clone()) {
        Ok(uri) => use_path(Some(uri.path())),
        Err(_) => use_path(None),
    }
}
