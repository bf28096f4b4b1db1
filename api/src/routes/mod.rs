//! Every route: extract, call, respond.

pub mod bookings;
pub mod docs;
pub mod events;
pub mod health;
pub mod pay;
pub mod reservations;
mod sse;
pub mod users;

pub use sse::STREAMS_MAX;

use crate::app::App;
use crate::http;
use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(docs::base())
        .merge(users::router())
        .merge(events::router())
        .merge(bookings::router())
        .merge(pay::router())
        .merge(reservations::router())
        .merge(health::router())
}

/// The OpenAPI document, made from the routes that are served.
pub fn document() -> OpenApi {
    router().split_for_parts().1
}

/// All routes behind the layer that every request passes.
pub fn service(app: App) -> Router {
    let (routes, document) = router().split_for_parts();
    routes
        .merge(docs::router(&document))
        .fallback(http::no_route)
        .method_not_allowed_fallback(http::no_method)
        .layer(axum::middleware::from_fn_with_state(app.clone(), http::edge))
        .with_state(app)
}
