//! The request under way, for whatever is answered or logged on its behalf.

use axum::http::{HeaderMap, HeaderValue, Uri};
use std::future::Future;

/// Bytes of an X-Request-Id that is taken over; a longer one is replaced.
const REQUEST_ID_BYTES_MAX: usize = 128;

tokio::task_local! {
    static CURRENT: RequestContext;
}

/// What is known of a request while it is answered.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The caller's X-Request-Id, or a new one.
    pub id: HeaderValue,
    uri: Uri,
}

impl RequestContext {
    /// Of a request with these headers.
    pub fn new(headers: &HeaderMap, uri: &Uri) -> Self {
        let given = headers.get("x-request-id").filter(|id| is_sane(id.as_bytes()));
        let id = given.cloned().unwrap_or_else(|| {
            let id = format!("{:016x}", rand::random::<u64>());
            HeaderValue::try_from(id).expect("hexadecimal digits are visible ASCII")
        });
        Self { id, uri: uri.clone() }
    }

    /// Of the request under way, to be taken along to another task.
    pub(super) fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs `work` as part of this request.
    pub async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }
}

fn is_sane(id: &[u8]) -> bool {
    (1..=REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
}

/// The id of the request under way; `-` outside of one.
pub fn request_id() -> String {
    let id = CURRENT.try_with(|request| request.id.to_str().unwrap_or("-").to_owned());
    id.unwrap_or_else(|_| "-".to_owned())
}

/// Gives `use_path` the path of the request under way, if there is one.
pub fn instance<T>(use_path: impl FnOnce(Option<&str>) -> T) -> T {
    match CURRENT.try_with(|request| request.uri.clone()) {
        Ok(uri) => use_path(Some(uri.path())),
        Err(_) => use_path(None),
    }
}
