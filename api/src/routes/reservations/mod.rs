//! Seats for programs: a program names whom it reserves for, and confirms without a payment.

mod change;
mod create;
mod holder;
mod read;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of /api/reservation.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create))
        .routes(routes!(read::get, change::cancel))
        .routes(routes!(change::confirm))
        .routes(routes!(change::extend))
        .routes(routes!(change::exchange))
}
