//! GET /api/reservation/{id}.

use super::holder;
use crate::app::App;
use crate::auth::Program;
use crate::http::Path;
use crate::problem::{Otherwise, Problem};
use crate::routes::bookings::read::show;
use crate::routes::bookings::view::BookingView;
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

/// One reservation
#[utoipa::path(
    get, path = "/api/reservation/{id}", tag = "reservations", params(("id" = Uuid, Path)),
    security(("api_key" = [])),
    responses(
        (status = 200, description = "the booking, as it is now", body = BookingView), Otherwise,
    )
)]
pub async fn get(State(app): State<App>, program: Program, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    show(&app, id, |buyer, holder| holder::is_own(program.key, buyer, holder)).await
}
