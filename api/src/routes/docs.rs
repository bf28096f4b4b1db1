//! The OpenAPI document, a page to try it, and the metrics.

use crate::app::App;
use crate::metrics;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

/// The page to try the routes: one file without scripts from elsewhere, so that it works without the internet.
const PAGE: &str = include_str!("docs.html");
/// What the page may do: run itself, and call the service.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; \
                           base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Prometheus' text format.
const METRICS_TYPE: &str = "text/plain; version=0.0.4";

/// What the document says besides the routes.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Rowlock",
        description = "Sells assigned seats when everybody wants them at once. Money is an integer in minor units; times are \
                       RFC 3339 in UTC; whatever goes wrong is answered as `application/problem+json` with a stable `code`."
    ),
    components(schemas(crate::problem::ProblemBody)),
    modifiers(&Security)
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let cookie = ApiKey::Cookie(ApiKeyValue::new(crate::auth::COOKIE));
        let key = ApiKey::Header(ApiKeyValue::new("X-Api-Key"));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
    }
}

/// The document without its routes.
pub fn base() -> OpenApi {
    Document::openapi()
}

/// The paths of [`router`].
pub const PATHS: [&str; 3] = ["/openapi.json", "/docs", "/metrics"];

/// Routes that serve `document`, and what Prometheus asks for.
///
/// # Panics
/// Never: a document can be written as JSON.
pub fn router(document: &OpenApi) -> Router<App> {
    let document = Bytes::from(document.to_json().expect("a document can be written as JSON"));
    let json = ([(header::CONTENT_TYPE, "application/json")], document);
    let [openapi, docs, metrics] = PATHS;
    Router::new()
        .route(openapi, get(move || async move { json }))
        .route(docs, get(|| async { ([(header::CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(PAGE)) }))
        .route(metrics, get(prometheus))
}

async fn prometheus(State(app): State<App>) -> Response {
    metrics::gauge("rowlock_partitions_serving", count(app.statuses.serving()));
    metrics::gauge("rowlock_bookings_on_boards", count(app.boards.bookings.len()));
    metrics::gauge("rowlock_commands_in_flight", count(app.gateway.in_flight()));
    ([(header::CONTENT_TYPE, METRICS_TYPE)], metrics::render()).into_response()
}

#[expect(clippy::cast_precision_loss, reason = "a gauge needs no 53 bits")]
fn count(number: usize) -> f64 {
    number as f64
}
