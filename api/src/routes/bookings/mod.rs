//! What buyers do with bookings.

pub mod change;
pub mod create;
pub mod read;
mod stream;
pub mod target;
pub mod view;
pub mod wish;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of /api/booking, but for payment and streams.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create, read::list))
        .routes(routes!(read::get, change::cancel, change::patch))
        .routes(routes!(stream::stream))
        .routes(routes!(change::extend))
        .routes(routes!(change::exchange))
}
