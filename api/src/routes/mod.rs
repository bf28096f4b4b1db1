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
use axum::extract::Request;
use axum::response::Response;
use std::sync::Arc;
use tower::ServiceExt;
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

/// All routes, and the name of the one that a path belongs to.
#[derive(Clone)]
pub struct Routes {
    router: Router,
    names: Arc<matchit::Router<Box<str>>>,
}

impl Routes {
    /// The routes of `app`.
    ///
    /// # Panics
    /// Never: the router has taken the same paths.
    pub fn new(app: App) -> Self {
        let (routes, document) = named();
        let mut names = matchit::Router::new();
        for path in document.paths.paths.keys().map(String::as_str).chain(docs::PATHS) {
            names.insert(path, path.into()).expect("the router has taken the same paths");
        }
        let router = routes
            .merge(docs::router(&document))
            .fallback(http::no_route)
            .method_not_allowed_fallback(http::no_method)
            .with_state(app);
        Self { router, names: Arc::new(names) }
    }

    /// The path, with parameters for names, of the route that `path` belongs to.
    pub fn name(&self, path: &str) -> Option<&str> {
        self.names.at(path).ok().map(|found| &**found.value)
    }

    /// What the request's route answers.
    pub async fn answer(&self, request: Request) -> Response {
        self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
    }
}
