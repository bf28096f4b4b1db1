//! Pay for a booking.

use super::bookings::target;
use crate::app::App;
use crate::auth::Buyer;
use crate::http::time::rfc3339;
use crate::http::{IdempotencyKey, Json, Path, fingerprint, idempotency};
use crate::payments::provider::ProviderError;
use crate::payments::{Paid, PayError, Payment, PaymentMethod};
use crate::problem::{Otherwise, Problem, ProblemBody};
use crate::refusals;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rowlock_engine::booking::Status;
use rowlock_engine::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// How a booking is paid for.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
pub struct PayRequest {
    /// The simulated provider behaves as the name says.
    pub payment_method: PaymentMethod,
}

/// A payment that was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentView {
    /// The payment.
    pub payment_id: Uuid,
    /// The booking.
    pub booking_id: Uuid,
    /// Of the booking: its seats are sold.
    #[schema(example = "completed")]
    pub status: &'static str,
    /// When the money was set aside; it is taken once the seats are sold.
    #[schema(format = DateTime)]
    pub paid_at: String,
}

/// The route of payments.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(pay))
}

/// Pay for a booking
///
/// The money is set aside, the seats are sold, then the money is taken. Answers once that is done; a payment
/// whose approval comes after its deadline takes the seats again if they are free, and gives the money back with
/// 409 `hold_expired` if they are not. 402 `payment_declined` leaves the hold as it was. 202 says that it is not
/// known yet what became of the payment: fetch the booking, seats and money will agree. 503 says that no money was
/// asked for, or that the provider is away; repeat the request with the same Idempotency-Key.
#[utoipa::path(
    post, path = "/api/booking/{id}/pay", tag = "bookings", request_body = PayRequest,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "paid", body = PaymentView), (status = 202, description = "under way; see `Location`"),
        (status = 402, description = "declined", body = ProblemBody, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub async fn pay(
    State(app): State<App>,
    Buyer(caller): Buyer,
    key: Option<IdempotencyKey>,
    Path(id): Path<Uuid>,
    Json(request): Json<PayRequest>,
) -> Result<Response, Problem> {
    let scope = format!("pay:{}:{id}", caller.id);
    let found = target::own(&app, id, caller.id.as_buyer()).await?;
    // The same key is the same payment, even where the first answer was never given.
    let payment = Payment {
        id: Payment::id(found.booking.id, key.as_ref().map(|key| key.hash(&scope))),
        currency: found.sale.currency.to_string(),
        booking: found.booking,
        method: request.payment_method,
    };
    let event = payment.booking.event;
    idempotency::once(&app.clone(), &scope, key, fingerprint(&request), async move {
        match app.payments.pay(payment).await {
            Ok(paid) => Ok(view(id, paid).into_response()),
            Err(PayError::UnderWay(_)) => Ok(target::accepted(id, event, &format!("/api/booking/{id}"))),
            Err(error) => Err(problem(error)),
        }
    })
    .await
}

fn view(booking: Uuid, Paid { payment, at }: Paid) -> Json<PaymentView> {
    Json(PaymentView {
        payment_id: payment.0,
        booking_id: booking,
        status: Status::Completed.as_str(),
        paid_at: rfc3339(at),
    })
}

fn problem(error: PayError) -> Problem {
    let detail = error.to_string();
    match error {
        PayError::Declined => Problem::new(StatusCode::PAYMENT_REQUIRED, "payment_declined", detail),
        PayError::Refused(refusal) => refused(&refusal),
        PayError::NotBegun(error) => error.into(),
        PayError::Overloaded => Problem::overloaded(detail),
        PayError::Stopping => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "draining", detail).retry_after(1),
        PayError::Provider(ProviderError::OtherOrder(_)) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
        }
        PayError::Provider(_) | PayError::UnderWay(_) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "payment_unavailable", detail).retry_after(1)
        }
    }
}

fn refused(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::WrongStatus { status: Status::Completed } => {
            Problem::new(StatusCode::CONFLICT, "already_paid", "the booking is paid for")
        }
        // Paid too late, some time before.
        Refusal::WrongStatus { status: Status::Failed } => refusals::problem(&Refusal::HoldExpired, None),
        // The timeout is the service's own: whoever pays cannot help it.
        Refusal::Invalid { field, problem } => Problem::internal(&format!("{field}: {problem}")),
        refusal => refusals::problem(refusal, None),
    }
}
