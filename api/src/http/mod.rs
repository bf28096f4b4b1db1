//! What every route shares: bodies and parameters, idempotency, limits, and the layer that all requests pass.

mod body;
mod edge;
mod headers;
pub mod idempotency;
pub mod limits;
mod misfit;
mod overload;
mod page;
mod params;
mod request;
pub mod time;

pub use body::{BODY_BYTES_MAX, EVENT_BODY_BYTES_MAX, Json, Valid, check, read};
pub use edge::{edge, no_method, no_route};
pub use headers::{IdempotencyKey, PreferAsync, REPLAYED, fingerprint};
pub use limits::Limits;
pub use page::{PageQuery, PageView};
pub use params::{Path, Query};
pub use request::{RequestContext, instance, request_id};
