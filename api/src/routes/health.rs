//! Whether the service, and this process alone, is well.

use crate::app::App;
use crate::problem::{Otherwise, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rowlock_engine::actors::PartitionState;
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes that say how the service is.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(user_health))
        .routes(routes!(live))
        .routes(routes!(ready))
}

/// How the service is
///
/// `healthy`, or `degraded` with what is wrong.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses((status = 200, description = "how it is", body = Value), (status = 503, description = "how it is", body = Value), Otherwise)
)]
pub async fn health(State(app): State<App>) -> Response {
    let ticketing = app.database.ping().await.map_err(|error| error.to_string());
    let reservation = partitions(&app);
    let healthy = ticketing.is_ok() && reservation.is_ok();
    let say = |service: Result<(), String>| Value::from(service.err().unwrap_or_else(|| "ok".to_owned()));
    let body = json!({
        "status": if healthy { "healthy" } else { "degraded" },
        "services": { "ticketing": say(ticketing), "reservation": say(reservation) },
    });
    let status = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

/// How the service is, at another place
#[utoipa::path(
    get, path = "/api/user/health", tag = "health",
    responses((status = 200, description = "how it is", body = Value), (status = 503, description = "how it is", body = Value), Otherwise)
)]
pub async fn user_health(state: State<App>) -> Response {
    health(state).await
}

/// Whether this process lives
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, description = "how it is", body = Value), Otherwise))]
pub async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// Whether this process can serve: its partitions are restored, and it is not draining
#[utoipa::path(
    get, path = "/health/ready", tag = "health", responses((status = 200, description = "how it is", body = Value), Otherwise,
    )
)]
pub async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    let not_ready = |why: String| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", why).retry_after(1);
    if app.gateway.is_draining() {
        return Err(not_ready("this instance is shutting down".to_owned()));
    }
    partitions(&app).map_err(not_ready)?;
    Ok(Json(json!({ "status": "ready" })))
}

/// Which partitions do not serve, and why.
fn partitions(app: &App) -> Result<(), String> {
    let states = app.statuses.all();
    let mut wrong = Map::new();
    for partition in (0..app.config.partitions).map(rowlock_engine::ids::PartitionId) {
        let why = match states.get(&partition) {
            Some(PartitionState::Serving { .. }) if app.is_serving(partition) => continue,
            Some(PartitionState::Serving { .. } | PartitionState::Restoring) | None => "restoring".to_owned(),
            Some(PartitionState::BackingOff { reason }) => format!("restarting after: {reason}"),
            Some(PartitionState::Halted { reason }) => format!("halted: {reason}"),
        };
        wrong.insert(partition.to_string(), why.into());
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("partitions: {}", Value::Object(wrong))) }
}
