//! POST /api/reservation.

use super::holder;
use crate::app::App;
use crate::auth::Program;
use crate::http::{IdempotencyKey, PreferAsync, Valid, fingerprint};
use crate::problem::{FieldError, Otherwise, Problem};
use crate::routes::bookings::create::{Hold, reserve};
use crate::routes::bookings::target;
use crate::routes::bookings::view::BookingView;
use crate::routes::bookings::wish::{Best, places, seats};
use axum::extract::State;
use axum::response::Response;
use garde::Validate;
use rowlock_engine::command::Wish;
use rowlock_engine::ids::EventId;
use rowlock_engine::limits::{HOLD_MS_MAX, HOLDER_BYTES_MAX};
use rowlock_engine::seat_map::SeatMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest time that seats can be held for a program.
const TTL_SECONDS_MAX: u32 = (HOLD_MS_MAX / 1000) as u32;

/// Asks for seats: named ones, places of an area, or the best there are.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema, Validate)]
pub struct NewReservation {
    /// The event.
    #[garde(skip)]
    pub event_id: u64,
    /// Whom it is for: any name of the program's own, 1 to 128 bytes.
    #[garde(length(bytes, min = 1, max = HOLDER_BYTES_MAX))]
    #[schema(min_length = 1, max_length = 128)]
    pub holder: String,
    /// How long the seats are held; as the event says unless given.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = TTL_SECONDS_MAX)))]
    #[schema(minimum = 1, maximum = 86400)]
    pub ttl_seconds: Option<u32>,
    /// Labels of just these seats.
    #[serde(default)]
    #[garde(skip)]
    pub seats: Option<Vec<String>>,
    /// Name of an area, with `quantity`.
    #[serde(default)]
    #[garde(skip)]
    pub area: Option<String>,
    /// Tickets and filters, where seats are not named.
    #[serde(flatten)]
    #[garde(skip)]
    pub best: Option<Best>,
}

impl NewReservation {
    fn wish(&self, map: &SeatMap) -> Result<Wish, Problem> {
        match (&self.seats, &self.area, &self.best) {
            (Some(labels), None, None) => Ok(Wish::Named(seats(map, labels)?)),
            (None, Some(area), Some(best)) if best.is_plain() => places(map, area, best.quantity),
            (None, None, Some(best)) => best.wish(map),
            _ => Err(Problem::invalid(vec![FieldError::new("seats", "give seats, or quantity, or area and quantity")])),
        }
    }
}

/// Hold seats for somebody
#[utoipa::path(
    post, path = "/api/reservation", tag = "reservations", request_body = NewReservation,
    params(("Idempotency-Key" = Option<String>, Header), ("Prefer" = Option<String>, Header)),
    security(("api_key" = [])),
    responses(
        (status = 201, description = "the seats are held", body = BookingView), (status = 202, description = "under way; see `Location`"),
        Otherwise,
    )
)]
pub async fn create(
    State(app): State<App>,
    program: Program,
    key: Option<IdempotencyKey>,
    prefer_async: PreferAsync,
    Valid(new): Valid<NewReservation>,
) -> Result<Response, Problem> {
    let sale = target::sale(&app, EventId(new.event_id)).await?;
    let wish = new.wish(&sale.event.map)?;
    let request = key.map(|key| key.request_id(&format!("reservation:{}", program.key.0), fingerprint(&new)));
    let hold = Hold {
        buyer: holder::buyer(program.key, &new.holder),
        holder: Some(new.holder.into()),
        hold_ms: new.ttl_seconds.map(|seconds| u64::from(seconds) * 1000),
        wish,
        location: "/api/reservation",
    };
    reserve(&app, &sale, request, hold, prefer_async.0).await
}
