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

/// Handlers are named within their module, operations within the whole document: the tag makes the difference.
fn named() -> (Router<App>, OpenApi) {
    let (routes, mut document) = router().split_for_parts();
    let items = document.paths.paths.values_mut();
    let operations =
        items.flat_map(|item| [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete]).flatten();
    for operation in operations {
        let tag = operation.tags.as_ref().and_then(|tags| tags.first());
        if let (Some(tag), Some(name)) = (tag, &operation.operation_id) {
            operation.operation_id = Some(format!("{tag}_{name}"));
        }
    }
    (routes, document)
}

/// The OpenAPI document, made from the routes that are served.
pub fn document() -> OpenApi {
    named().1
}

/// All routes behind the layer that every request passes.
pub fn service(app: App) -> Router {
    let (routes, document) = named();
    routes
        .merge(docs::router(&document))
        .fallback(http::no_route)
        .method_not_allowed_fallback(http::no_method)
        .layer(axum::middleware::from_fn_with_state(app.clone(), http::edge))
        .with_state(app)
}
